"""Pay: the mart's where it asks the same, and a plain count's under any filter."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from typing import Any

import duckdb
import pytest

from include.insights.filters import JobFilter
from include.insights.models import SalaryRow
from include.insights.pay import salaries
from include.insights.store import Snapshot
from include.insights.trends import AS_THE_MARTS

MONTHS = ("2024-01", "2025-06")
EVERY = JobFilter(repeats=True)
Job = dict[str, Any]


@pytest.fixture(scope="module")
def paid(warehouse: duckdb.DuckDBPyConnection) -> list[Job]:
    """Every job that states yearly pay, its posting's where no job of it has pay of its own."""
    query = """
        with jobs as (
            select j.*, p.country, p.source, p.company, p.company_key,
                bool_or(j.salary_currency is not null) over (partition by posting_id) as is_own,
                p.salary_currency as currency_of_posting, p.salary_min as min_of_posting,
                p.salary_max as max_of_posting
            from gold.fct_jobs as j
            join gold.fct_postings as p using (posting_id)
        )
        select *, if(is_own, salary_currency, currency_of_posting) as currency,
            (if(is_own, salary_min, min_of_posting)
                + if(is_own, salary_max, max_of_posting)) / 2 as pay
        from jobs where pay is not null and currency is not null
        order by posting_id, position
    """
    return warehouse.sql(query).to_arrow_table().to_pylist()


def once(jobs: list[Job]) -> list[float]:
    """What a posting states once for several jobs counts once."""
    return sorted({(job["posting_id"], job["pay"]): job["pay"] for job in jobs}.values())


def figures(values: list[float]) -> tuple[int, Any, Any, Any]:
    quartiles = statistics.quantiles(values, n=4, method="inclusive") if values[1:] else values * 3
    return len(values), *map(pytest.approx, quartiles)


def own(row: SalaryRow) -> tuple[int, float | None, float | None, float | None]:
    return row.postings_count, row.p25, row.median, row.p75


def test_without_a_filter_the_months_are_the_marts(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    answer = salaries(snapshot, AS_THE_MARTS, MONTHS, as_the_mart=True)
    expected = warehouse.sql("""
        select strftime(month, '%Y-%m'), currency, postings_count, p25, median, p75
        from gold.monthly_salaries order by currency, month
    """).fetchall()
    assert [(row.month, row.currency, *own(row)) for row in answer.data] == expected
    # Each posting of the sample states one pay, for all of its jobs: the bitmaps find the same.
    counted = salaries(snapshot, AS_THE_MARTS, MONTHS)
    assert {(row.month, row.currency): own(row) for row in counted.data} == {
        (month, currency): (n, *map(pytest.approx, rest)) for month, currency, n, *rest in expected
    }


def test_months_are_pooled_until_they_suffice(snapshot: Snapshot, paid: list[Job]) -> None:
    answer = salaries(snapshot, EVERY, MONTHS, currency="USD")
    of_month: defaultdict[str, list[Job]] = defaultdict(list)
    for job in paid:
        if job["currency"] == "USD":
            of_month[f"{job['month']:%Y-%m}"].append(job)
    assert answer.data
    for row in answer.data:
        assert row.month is not None
        assert own(row) == figures(once(of_month[row.month]))
        months = sorted(month for month in of_month if month <= row.month)
        pooled = [job for month in months[-row.pooled_months :] for job in of_month[month]]
        values = once(pooled)
        assert row.n == len(values)
        assert row.n >= 30 or row.pooled_months in (12, len(months))
        assert row.pooled_median == (
            pytest.approx(statistics.median(values)) if row.n >= 10 else None
        )
        assert row.enough == ("full" if row.n >= 30 else "grey" if row.n >= 10 else "none")
        if row.low is not None and row.high is not None:
            assert values[0] <= row.low <= statistics.median(values) <= row.high <= values[-1]
    assert {row.enough for row in answer.data} >= {"full"}


@pytest.mark.parametrize("by", ["all", "role", "level", "country", "role_level_country"])
def test_groups_have_the_pay_of_their_jobs(snapshot: Snapshot, paid: list[Job], by: Any) -> None:
    answer = salaries(snapshot, EVERY, MONTHS, by=by, currency="USD")
    groups: defaultdict[tuple[str | None, ...], list[Job]] = defaultdict(list)
    for job in paid:
        if job["currency"] == "USD":
            parts = {
                "role": job["roles"] or ["unspecified"],
                "level": job["levels"] or ["unspecified"],
                "country": [job["country"]] if job["country"] else [],
            }
            roles, levels, countries = (
                values if part in by.split("_") else [None] for part, values in parts.items()
            )
            for cell in ((r, v, c) for r in roles for v in levels for c in countries):
                groups[cell].append(job)
    expected = {cell: once(jobs) for cell, jobs in groups.items()}
    assert {(row.role, row.level, row.country): own(row) for row in answer.data} == {
        cell: figures(values) for cell, values in expected.items() if len(values) >= 10
    }
    assert answer.data
    assert all(row.month is None and row.n == row.postings_count for row in answer.data)


def test_share_that_states_pay_is_of_the_months_jobs(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection, paid: list[Job]
) -> None:
    jobs = dict(
        warehouse.sql("select strftime(month, '%Y-%m'), count(*) from gold.fct_jobs group by 1")
        .fetchall()
    )  # fmt: skip
    for row in salaries(snapshot, EVERY, MONTHS, currency="USD").data:
        stating = sum(f"{job['month']:%Y-%m}" == row.month for job in paid)
        assert row.share_stating == pytest.approx(stating / jobs[row.month])


def test_technologies_have_the_pay_of_the_postings_that_name_them(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection, paid: list[Job]
) -> None:
    named: defaultdict[str, set[str]] = defaultdict(set)
    for posting_id, skill in warehouse.sql(
        "select posting_id, skill from gold.fct_posting_skills"
    ).fetchall():
        named[posting_id].add(skill)
    answer = salaries(snapshot, EVERY, MONTHS, by="technology", currency="USD")
    assert answer.data
    for row in answer.data:
        having = [
            job
            for job in paid
            if job["currency"] == "USD" and row.technology_id in named[job["posting_id"]]
        ]
        assert own(row) == figures(once(having))
    counts = [row.n for row in answer.data]
    assert counts == sorted(counts, reverse=True)


def test_jobs_of_a_kind_have_the_same_roles_levels_and_country(snapshot: Snapshot) -> None:
    pay = snapshot.index.pay
    kinds = pay.kinds
    countries = pay.values("country")
    assert [kind > 0 for kind in kinds] == [bool(countries[at]) for at in range(len(kinds))]
    said: defaultdict[int, set[tuple[Any, ...]]] = defaultdict(set)
    for at, kind in enumerate(kinds):
        facets = ("job_role", "job_level", "country")
        said[kind].add(tuple(pay.values(facet)[at] for facet in facets))
    del said[0]
    assert len(said) > 5
    assert all(len(one) == 1 for one in said.values())
    assert len(set.union(*said.values())) == len(said)


def test_growth_is_of_the_newest_whole_year(snapshot: Snapshot) -> None:
    growth = {one.currency: one for one in salaries(snapshot, EVERY, MONTHS).meta.growth}
    usd = growth["USD"]
    assert (usd.now, usd.before) == (["2024-07", "2025-06"], ["2023-07", "2024-06"])
    assert usd.cells > 0
    assert math.isfinite(usd.change)
    assert usd.low is None or (usd.high is not None and usd.low <= usd.change <= usd.high)


def test_filter_restricts_pay_and_says_so(snapshot: Snapshot) -> None:
    answer = salaries(snapshot, JobFilter(company="no such company"), MONTHS)
    assert (answer.data, answer.meta.growth) == ([], [])
    assert answer.meta.counted is not None
    assert answer.meta.counted.jobs == 0
    assert answer.meta.nearest is not None
    assert salaries(snapshot, EVERY, MONTHS, currency="XXX").data == []
