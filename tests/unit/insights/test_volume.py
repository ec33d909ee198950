"""Volume: the counts of a recount, the season, and a month that is not over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from include.insights.filters import JobFilter
from include.insights.store import ServingStore, Snapshot
from include.insights.volume import volume
from include.serving.publish import publish
from sample.gold.postings import GoldSize, fill_gold


@pytest.fixture(scope="module")
def running(new_store_url: Callable[[], str]) -> Iterator[Snapshot]:
    """Six months of 100 postings, ten a day from the 1st; of the last month three days."""
    url = new_store_url()
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(600, date(2025, 1, 1), date(2025, 6, 1), companies=90))
        warehouse.execute("""
            create temp table days as select posting_id,
                (row_number() over (partition by month order by posting_id) - 1) // 10 as day
            from gold.fct_postings;
            update gold.fct_postings as p set duplicate_of = null,
                date_posted = p.month + to_days(d.day::int)
            from days as d where d.posting_id = p.posting_id;
            delete from gold.fct_postings
            where month = '2025-06-01' and date_posted >= '2025-06-04';
            update gold.monthly_trends set is_complete = false where month = '2025-06-01'
        """)
        publish(warehouse, url)
    store = ServingStore(url)
    with store.read() as snapshot:
        yield snapshot
    store.close()


def test_points_are_those_of_a_recount(snapshot: Snapshot, plain: list[dict[str, Any]]) -> None:
    wanted = JobFilter(role="backend")
    answer = volume(snapshot, wanted, "2024-01", "2025-06")
    of_role = [
        row for row in plain if row["role_bucket"] == "backend" and row["duplicate_of"] is None
    ]
    expected = Counter(f"{row['month']:%Y-%m}" for row in of_role)
    assert {point.month: point.postings for point in answer.data} == expected
    assert answer.meta.counted is not None
    assert answer.meta.counted.postings == len(of_role)
    assert sum(point.jobs for point in answer.data) == answer.meta.counted.jobs
    assert max(point.companies for point in answer.data) <= answer.meta.counted.companies


def test_too_few_years_are_not_adjusted(snapshot: Snapshot) -> None:
    answer = volume(snapshot, JobFilter(), "2025-01", "2025-06")
    assert answer.meta.season is None
    assert {point.adjusted for point in answer.data} == {None}
    assert answer.meta.running is None


def test_the_running_month_stands_beside_what_is_usually_there_by_then(running: Snapshot) -> None:
    meta = volume(running, JobFilter(repeats=True), "2025-01", "2025-06").meta
    assert meta.running is not None
    assert (meta.running.month, meta.running.as_of) == ("2025-06", date(2025, 6, 3))
    assert (meta.running.postings, meta.running.usual_share_by_now) == (30, 0.3)


def test_only_the_running_month_is_marked(running: Snapshot) -> None:
    points = volume(running, JobFilter(), "2025-04", "2025-06").data
    assert [point.is_running for point in points] == [False, False, True]


def test_years_of_months_are_adjusted(own_store_url: Callable[[], str]) -> None:
    """Months of 40 postings, Januaries of 20: adjusted, each is near 38, the year's mean."""
    url = own_store_url()
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(2_400, date(2020, 1, 1), date(2024, 12, 1), companies=90))
        warehouse.execute("""
            update gold.fct_postings set duplicate_of = null;
            delete from gold.fct_postings where posting_id in (
                select posting_id from gold.fct_postings where month(month) = 1
                qualify row_number() over (partition by month order by posting_id) > 20
            )
        """)
        publish(warehouse, url)
    store = ServingStore(url)
    with store.read() as snapshot:
        answer = volume(snapshot, JobFilter(), "2022-01", "2024-12")
    store.close()
    assert answer.meta.season is not None
    assert answer.meta.season[0] == pytest.approx(0.53, abs=0.02)
    assert {point.postings for point in answer.data} == {20, 40}
    assert all(point.adjusted == pytest.approx(37.8, abs=1) for point in answer.data)
