"""Jobs of companies' boards, as the marts have them."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from include.insights.open_jobs import open_jobs
from include.insights.store import Snapshot


def test_weeks_are_those_of_the_mart(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    expected = warehouse.sql("""
        select week, open_jobs, opened_jobs, closed_jobs, boards_count, not is_complete
        from gold.weekly_open_jobs where dimension = 'all' order by week
    """).fetchall()
    answer = open_jobs(snapshot)
    assert [tuple(row.model_dump().values()) for row in answer.weekly] == expected
    assert (answer.meta.first_week, answer.meta.last_week) == (expected[0][0], expected[-1][0])
    assert [row.is_running for row in answer.weekly].count(True) == 1


def test_weeks_are_bounded_by_the_months_of_their_mondays(snapshot: Snapshot) -> None:
    weeks = [row.week for row in open_jobs(snapshot, "role", "2025-02", "2025-03").weekly]
    assert (weeks[0], weeks[-1], len(weeks)) == (date(2025, 2, 3), date(2025, 3, 31), 9)
    assert open_jobs(snapshot, "role", "2031-01", None).meta.first_week is None


@pytest.mark.parametrize(
    ("by", "groups"), [("family", ["all", "design", "engineering"]), ("role", ["all", "backend"])]
)
def test_days_open_have_their_intervals_and_what_is_censored(
    snapshot: Snapshot, by: str, groups: list[str]
) -> None:
    rows = open_jobs(snapshot, by).days_open
    assert [row.value for row in rows] == groups
    for row in rows:
        assert (row.n, row.closed, row.censored, row.left_out) == (500, 400, 100, 7)
        # exp(-days / 60), and its powers of 1.2 and 0.8
        assert (row.p25, row.median, row.p75, row.low, row.high) == (18, 42, 84, 35, 52)


def test_the_curve_falls_within_its_band(snapshot: Snapshot) -> None:
    curve = open_jobs(snapshot).curve
    assert [point.days for point in curve] == list(range(1, 121))
    assert all(p.low is not None and p.high is not None for p in curve)
    assert all((p.low or 0) <= p.share <= (p.high or 1) for p in curve)
    assert curve[-1].at_risk == 20
