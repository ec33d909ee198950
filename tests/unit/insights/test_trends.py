"""Trends: the marts' own counts from the bitmaps, pooled shares, and a month that is not over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from include.insights.filters import JobFilter
from include.insights.models import Envelope, TrendMeta, TrendSeries
from include.insights.monthly import Monthly
from include.insights.statistics.intervals import wilson
from include.insights.store import ServingStore, Snapshot
from include.insights.trend_series import filtered_trends, marts_trends, most_named
from include.insights.trends import AS_THE_MARTS
from include.serving.publish import publish
from sample.gold.postings import GoldSize, fill_gold

Answer = Envelope[TrendSeries, TrendMeta]


def of_filter(
    snapshot: Snapshot, wanted: JobFilter, ids: list[str], first: str, last: str
) -> Answer:
    return Answer.model_validate_json(
        filtered_trends(Monthly.of(snapshot, wanted, first, last), ids)
    )


def of_marts(snapshot: Snapshot, ids: list[str], first: str, last: str) -> Answer:
    monthly = Monthly.of(snapshot, AS_THE_MARTS, first, last)
    return Answer.model_validate_json(marts_trends(monthly, ids))


@pytest.fixture(scope="module")
def running(own_store_url: Callable[[], str]) -> Iterator[Snapshot]:
    url = own_store_url()
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(600, date(2024, 1, 1), date(2025, 6, 1), companies=90))
        warehouse.execute(
            "update gold.monthly_trends set is_complete = false, mom_growth_pct = null, "
            "yoy_growth_pct = null where month = '2025-06-01'"
        )
        publish(warehouse, url)
    store = ServingStore(url)
    with store.read() as snapshot:
        yield snapshot
    store.close()


def test_the_marts_are_answered_as_they_are(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    answer = of_marts(snapshot, ["rust", "go"], "2025-02", "2025-05")
    assert [series.name for series in answer.data] == ["Rust", "Go"]
    for series in answer.data:
        expected = warehouse.execute(
            "select strftime(month, '%Y-%m'), mention_count, total_jobs, share, "
            "mom_growth_pct, yoy_growth_pct from gold.monthly_trends where technology_id = ? "
            "and month between '2025-02-01' and '2025-05-01' order by month",
            [series.technology_id],
        ).fetchall()
        assert [tuple(point.model_dump().values())[:6] for point in series.points] == expected


@pytest.mark.parametrize("first", ["2024-01", "2025-01"])
def test_the_bitmaps_count_what_the_marts_count(snapshot: Snapshot, first: str) -> None:
    ids = [skill.skill for skill in snapshot.index.skills[:10]]
    found = of_filter(snapshot, AS_THE_MARTS, ids, first, "2025-06")
    expected = of_marts(snapshot, ids, first, "2025-06")
    for one, other in zip(found.data, expected.data, strict=True):
        assert one.name == other.name
        for point, mart in zip(one.points, other.points, strict=True):
            assert point.model_dump() == pytest.approx(mart.model_dump())
    assert found.meta == expected.meta


def test_a_running_month_has_no_growth_and_no_part_in_what_is_pooled(running: Snapshot) -> None:
    ids = [running.index.skills[0].skill]
    for answer in (
        of_filter(running, AS_THE_MARTS, ids, "2025-04", "2025-06"),
        of_marts(running, ids, "2025-04", "2025-06"),
    ):
        *whole, last = answer.data[0].points
        assert [point.is_running for point in whole] == [False, False]
        assert None not in {point.mom_growth_pct for point in whole}
        assert None not in {point.pooled_share for point in whole}
        assert last.is_running
        assert last.mention_count > 0
        assert {last.mom_growth_pct, last.yoy_growth_pct, last.pooled_share, last.low} == {None}
        assert answer.meta.windows is not None
        assert answer.meta.windows.now == ["2024-06", "2025-05"]


def test_months_follow_the_filter(snapshot: Snapshot, plain: list[dict[str, Any]]) -> None:
    wanted = JobFilter(role="backend", location="Dallas, TX", technologies=("python",))
    answer = of_filter(snapshot, JobFilter(role="backend"), ["python"], "2024-06", "2025-06")
    chosen = [
        row for row in plain if row["role_bucket"] == "backend" and row["duplicate_of"] is None
    ]
    totals = Counter(f"{row['month']:%Y-%m}" for row in chosen)
    named = Counter(f"{row['month']:%Y-%m}" for row in chosen if "Python" in (row["names"] or ()))
    for point in answer.data[0].points:
        assert (point.mention_count, point.total_jobs) == (named[point.month], totals[point.month])
    part = of_filter(snapshot, wanted, ["python"], "2024-06", "2025-06")
    assert {p.share for p in part.data[0].points} <= {1.0, None}


def test_a_point_pools_its_month_and_the_two_before(snapshot: Snapshot) -> None:
    wanted = JobFilter(role="backend")
    (series,) = of_filter(snapshot, wanted, ["python"], "2025-01", "2025-03").data
    count = sum(point.mention_count for point in series.points)
    total = sum(point.total_jobs for point in series.points)
    last = series.points[-1]
    assert last.pooled_share == pytest.approx(count / total, abs=1e-5)
    assert (last.low, last.high) == pytest.approx(wilson(count, total, 1.6), abs=1e-5)


def test_what_is_counted_is_the_months_shown(snapshot: Snapshot) -> None:
    answer = of_filter(snapshot, JobFilter(role="backend"), ["python"], "2025-01", "2025-03")
    counted = answer.meta.counted
    assert counted is not None
    assert counted.postings == sum(point.total_jobs for point in answer.data[0].points)
    assert (counted.first_day, counted.months) >= (date(2025, 1, 1), 3)


def test_a_filter_that_leaves_nothing_has_months_without_shares(snapshot: Snapshot) -> None:
    text = filtered_trends(
        Monthly.of(snapshot, JobFilter(company="nobody"), "2025-01", "2025-03"), ["python"]
    )
    points = json.loads(text)["data"][0]["points"]
    assert [(point["share"], point["pooled_share"]) for point in points] == [(None, None)] * 3
    assert Answer.model_validate_json(text).meta.change == {}


def test_the_most_named_are_of_the_filter(snapshot: Snapshot) -> None:
    wanted = JobFilter(technologies=("rust",))
    found = most_named(Monthly.of(snapshot, wanted, "2024-01", "2025-06"), 3)
    assert found[0] == "rust"
    assert len(found) == 3


def test_growth_from_nothing_stays_null(running: Snapshot) -> None:
    """January 2024 is the first month: there is nothing to compare it with."""
    ids = [running.index.skills[0].skill]
    for answer in (
        of_filter(running, AS_THE_MARTS, ids, "2024-01", "2024-01"),
        of_marts(running, ids, "2024-01", "2024-01"),
    ):
        (point,) = answer.data[0].points
        assert (point.mom_growth_pct, point.yoy_growth_pct) == (None, None)
