"""The mix of the market: the marts' own counts, many values, pooled shares, causes of a change."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import duckdb
import pytest

from include.insights.filters import JobFilter
from include.insights.mix import DIMENSIONS, market_mix
from include.insights.models import MarketMixRow
from include.insights.statistics.intervals import wilson
from include.insights.store import Snapshot
from include.insights.trends import AS_THE_MARTS

FIRST, LAST = "2024-06", "2025-06"


@pytest.mark.parametrize("dimension", ["remote", "role", "level", "visa"])
def test_rows_without_a_filter_are_those_of_the_mart(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection, dimension: str
) -> None:
    rows = market_mix(snapshot, AS_THE_MARTS, dimension, FIRST, LAST).data
    expected = warehouse.execute(
        "select strftime(month, '%Y-%m') as month, value, postings_count, total_jobs, share "
        "from gold.monthly_market_mix where dimension = ? "
        "and month between '2024-06-01' and '2025-06-01' order by month, value",
        [dimension],
    ).fetchall()
    found = [(r.month, r.value, r.postings_count, r.total_jobs, r.share) for r in rows]
    assert found == expected


def test_what_says_nothing_is_no_part_of_the_share_of_those_stated(snapshot: Snapshot) -> None:
    by_month: defaultdict[str, list[MarketMixRow]] = defaultdict(list)
    for row in market_mix(snapshot, JobFilter(), "role", FIRST, LAST).data:
        by_month[row.month].append(row)
    for rows in by_month.values():
        assert sum(row.share or 0 for row in rows) == pytest.approx(1)
        assert sum(row.share_of_stated or 0 for row in rows) == pytest.approx(1)
        assert {row.share_of_stated for row in rows if row.value == "any"} == {None}


def test_shares_are_pooled_over_three_months_with_a_band(snapshot: Snapshot) -> None:
    rows = market_mix(snapshot, JobFilter(), "visa", "2025-02", "2025-04").data
    counts = {row.month: row for row in rows if row.value == "yes"}
    of_stated = defaultdict(int)
    for row in rows:
        if row.value != "unspecified":
            of_stated[row.month] += row.postings_count
    count, total = sum(row.postings_count for row in counts.values()), sum(of_stated.values())
    last = counts["2025-04"]
    assert last.pooled_share == pytest.approx(count / total, abs=1e-5)
    assert (last.low, last.high) == pytest.approx(wilson(count, total, 1.6), abs=1e-5)


def test_a_posting_has_each_role_of_its_jobs(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    rows = market_mix(snapshot, JobFilter(repeats=True), "roles", "2025-05", "2025-05").data
    expected = warehouse.sql(
        "select role, count(distinct posting_id) from gold.fct_jobs, unnest(if(len(roles) > 0, "
        "roles, ['unspecified'])) as r (role) where month = '2025-05-01' group by all"
    ).fetchall()
    assert {row.value: row.postings_count for row in rows if row.postings_count} == dict(expected)


def test_a_posting_is_in_every_country_that_it_names(
    snapshot: Snapshot, plain: list[dict[str, Any]]
) -> None:
    rows = market_mix(snapshot, JobFilter(repeats=True), "country", "2025-05", "2025-05").data
    single = Counter(
        row["country"] for row in plain if f"{row['month']:%Y-%m}" == "2025-05" and row["country"]
    )
    assert single
    found = {row.value: row.postings_count for row in rows}
    assert all(found[country] >= count for country, count in single.items())


def test_within_and_mix_are_the_whole_change(snapshot: Snapshot) -> None:
    for dimension in set(DIMENSIONS) - {"company"}:
        meta = market_mix(snapshot, JobFilter(), dimension, FIRST, LAST).meta
        assert meta.windows is not None
        assert meta.windows.now == ["2024-07", "2025-06"]
        for change in meta.change.values():
            assert change.within + change.mix == pytest.approx(change.total, abs=1e-9)
            assert change.share - change.earlier_share == pytest.approx(change.total, abs=1e-9)
            assert change.low <= change.total <= change.high


def test_remote_at_all_is_one_share(snapshot: Snapshot) -> None:
    answer = market_mix(snapshot, JobFilter(), "remote", LAST, LAST)
    pooled = {row.value: row.pooled_share or 0 for row in answer.data}
    found = answer.meta.any_remote
    assert found is not None
    assert found.share == pytest.approx(pooled["remote"] + pooled.get("mixed", 0), abs=1e-4)
    assert found.low < found.share < found.high
    assert "any_remote" in answer.meta.change
    assert market_mix(snapshot, JobFilter(), "visa", LAST, LAST).meta.any_remote is None


def test_companies_of_a_filter_have_one_name_each(
    snapshot: Snapshot, plain: list[dict[str, Any]]
) -> None:
    wanted = JobFilter(role="backend", repeats=True)
    rows = market_mix(snapshot, wanted, "company", "2025-05", "2025-05").data
    names = [row.value for row in rows]
    assert len(names) == len(set(names)) > 3
    of_month = [
        row
        for row in plain
        if row["role_bucket"] == "backend" and f"{row['month']:%Y-%m}" == "2025-05"
    ]
    assert {row.total_jobs for row in rows} == {len(of_month)}
    assert sum(row.postings_count for row in rows) <= len(of_month)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_dimension_counts_the_same_set(snapshot: Snapshot, dimension: str) -> None:
    wanted = JobFilter(role="backend")
    counted = market_mix(snapshot, wanted, dimension, FIRST, LAST).meta.counted
    assert counted == market_mix(snapshot, wanted, "remote", FIRST, LAST).meta.counted
