"""Seekers by month and technology, and the jobs a seeker, of the published store."""

from __future__ import annotations

import math

import duckdb
import pytest

from include.insights.filters import JobFilter
from include.insights.seekers import seekers
from include.insights.store import Snapshot
from include.insights.volume import volume

MONTHS = ("2024-06", "2025-05")


def test_jobs_a_seeker_are_those_of_gold(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    rows = warehouse.sql(
        "select strftime(month, '%Y-%m'), seekers_count, jobs_count, jobs_squares, postings_count "
        "from gold.monthly_seekers where month between '2024-06-01' and '2025-05-01' order by 1"
    ).fetchall()
    found = seekers(snapshot, "wants", MONTHS, None, 5)
    assert len(rows) == 12
    for point, (month, count, jobs, squares, postings) in zip(found.data, rows, strict=True):
        assert (point.month, point.seekers, point.jobs) == (month, count, jobs)
        assert point.postings == postings
        half = 1.96 * math.sqrt(squares / jobs**2 + 1 / count)
        assert point.per_seeker == pytest.approx(jobs / count, abs=1e-3)
        assert point.low == pytest.approx(jobs / count * math.exp(-half), abs=1e-3)
        assert point.high == pytest.approx(jobs / count * math.exp(half), abs=1e-3)


def test_a_technology_has_its_own_seekers_and_postings(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    found = seekers(snapshot, "wants", MONTHS, None, 100)
    most = found.meta.technologies[0]
    ((named, postings, total),) = warehouse.sql(
        "select sum(seekers_count), sum(postings_count), (select sum(seekers_count) "
        "from gold.monthly_seekers where month between '2024-06-01' and '2025-05-01') "
        f"from gold.monthly_seeker_skills where technology_id = '{most.technology_id}' "
        "and month between '2024-06-01' and '2025-05-01'"
    ).fetchall()
    assert (most.seekers, most.postings) == (named, postings)
    assert most.share == pytest.approx(named / total)
    assert most.low < most.share < most.high
    points = seekers(snapshot, "wants", MONTHS, most.technology_id, 5).data
    assert sum(point.seekers for point in points) == named
    assert all(point.jobs is None for point in points)
    few = [p for p in points if min(p.seekers, p.postings or 0) < 10]
    assert all((p.per_seeker, p.enough) == (None, "none") for p in few)


def test_nothing_is_shown_of_threads_that_are_not_read(snapshot: Snapshot) -> None:
    found = seekers(snapshot, "freelancer", MONTHS, None, 5)
    assert (found.data, found.meta.technologies) == ([], [])


def test_the_volume_has_its_control(snapshot: Snapshot) -> None:
    control = volume(snapshot, JobFilter(location="Dallas, TX"), *MONTHS).meta.control
    assert control == seekers(snapshot, "wants", MONTHS, None, 5).data
    of_one = volume(snapshot, JobFilter(technologies=("python",)), *MONTHS).meta.control
    assert of_one == seekers(snapshot, "wants", MONTHS, "python", 5).data
