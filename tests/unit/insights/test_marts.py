"""The bitmaps give the counts of the monthly marts, month by month."""

from __future__ import annotations

from collections import Counter

import duckdb

from include.insights.index import FacetIndex
from include.insights.store import Snapshot

# The property of a posting that each dimension of the mart counts.
DIMENSIONS = {"remote": "posting_remote", "role": "role", "level": "level", "visa": "visa"}


def of_month(index: FacetIndex, month: str) -> int:
    """Hacker News, seniors and repeats in, one bit a posting."""
    return index.fold(index.month(month) & index.bits("source", "hacker_news"))


def test_trends_are_those_of_the_mart(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    index = snapshot.index
    rows = warehouse.sql(
        "select technology_id, strftime(month, '%Y-%m'), mention_count, total_jobs "
        "from gold.monthly_trends"
    ).fetchall()
    assert len(rows) > 1_000
    postings = {month: of_month(index, month) for month in index.months}
    counted = [
        (skill, month, (postings[month] & index.bits("skill", skill)).bit_count(),
         postings[month].bit_count())
        for skill, month, *_ in rows
    ]  # fmt: skip
    assert counted == rows


def test_the_mix_is_that_of_the_mart(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    index = snapshot.index
    rows = warehouse.sql(
        "select dimension, strftime(month, '%Y-%m'), value, postings_count "
        "from gold.monthly_market_mix"
    ).fetchall()
    counted = [
        (dimension, month, value, n)
        for dimension, facet in DIMENSIONS.items()
        for value in index.values(facet)
        for month in index.months
        if (n := (of_month(index, month) & index.bits(facet, value)).bit_count())
    ]
    assert sorted(counted) == sorted(rows)


def test_each_job_is_of_the_month_of_its_posting(snapshot: Snapshot) -> None:
    index = snapshot.index
    of = Counter(index.month_numbers)
    assert of == {
        number: index.month(month).bit_count() for number, month in enumerate(index.months)
    }
    assert sum(of.values()) == index.size


def sum_of(index: FacetIndex) -> int:
    """The jobs of named companies."""
    found = 0
    for company in index.companies.all:
        found |= index.companies.called(company.key)
    return found


def test_companies_are_numbered_by_position(snapshot: Snapshot) -> None:
    index = snapshot.index
    of = Counter(index.companies.numbers)
    unnamed = of.pop(len(index.companies.all))
    assert sorted(of) == list(range(len(index.companies.all)))
    for number, company in enumerate(index.companies.all[:20]):
        called = index.companies.called(company.key)
        assert {index.companies.numbers[at] for at in index.positions(called)} >= {number}
    assert index.companies.groups.fold(index.all).bit_count() == len(of)
    unnamed_ones = index.all & ~sum_of(index)
    assert unnamed == unnamed_ones.bit_count() > 0


def test_pay_is_yearly_and_of_the_job(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    pay = snapshot.index.pay
    stated = Counter(currency for currency in pay.currency if currency)
    expected = dict(
        warehouse.sql(
            # None of a posting's several jobs has its own: each has the posting's.
            "select p.salary_currency, count(*) from gold.fct_jobs join gold.fct_postings as p "
            "using (posting_id) where p.salary_currency is not null group by all"
        ).fetchall()
    )
    assert {pay.currencies[number]: n for number, n in stated.items()} == expected
    for currency, n in expected.items():
        positions = list(snapshot.index.positions(pay.stated_in(currency)))
        assert len(positions) == n
        assert all(0 < pay.low[at] <= pay.high[at] for at in positions)
    nowhere = [at for at, currency in enumerate(pay.currency) if not currency]
    assert all(pay.low[at] != pay.low[at] for at in nowhere)
