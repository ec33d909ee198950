"""Jobs of companies' boards: for a group as the marts have it, for any other filter recounted."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from include.insights.filters import JobFilter
from include.insights.open_jobs import OpenJobs, open_jobs
from include.insights.store import Snapshot

EVERYTHING = JobFilter(repeats=True)
FIRST, LAST = date(2025, 2, 1), date(2025, 3, 31)


def weeks(answer: OpenJobs) -> list[tuple[object, ...]]:
    return [tuple(row.model_dump().values()) for row in answer.weekly]


def mart_of_weeks(
    warehouse: duckdb.DuckDBPyConnection, dimension: str, value: str
) -> list[tuple[object, ...]]:
    return warehouse.execute(
        """
        select week, open_jobs, opened_jobs, closed_jobs, boards_count, not is_complete
        from gold.weekly_open_jobs where dimension = ? and value = ? order by week
        """,
        [dimension, value],
    ).fetchall()


def test_without_a_filter_the_answer_is_that_of_the_marts(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    answer = open_jobs(snapshot)
    expected = mart_of_weeks(warehouse, "all", "all")
    assert weeks(answer) == expected
    assert (answer.meta.first_week, answer.meta.last_week) == (expected[0][0], expected[-1][0])
    assert answer.meta.counted
    assert {one.source for one in answer.meta.counted.sources} == {"remotive", "theirstack"}


@pytest.mark.parametrize("by", ["family", "role"])
def test_the_filter_that_restricts_nothing_gives_the_same(snapshot: Snapshot, by: str) -> None:
    of_marts, of_spans = open_jobs(snapshot, by), open_jobs(snapshot, by, EVERYTHING)
    assert of_spans.weekly == of_marts.weekly
    assert of_spans.meta == of_marts.meta
    assert any(row.median for row in of_marts.days_open)
    for one, other in zip(of_spans.days_open, of_marts.days_open, strict=True):
        assert one.model_dump() == pytest.approx(other.model_dump(), abs=1e-6)
    for step, point in zip(of_spans.curve, of_marts.curve, strict=True):
        assert step.model_dump() == pytest.approx(point.model_dump(), abs=1e-6)


@pytest.mark.parametrize(
    ("dimension", "value", "wanted"),
    [
        ("family", "engineering", JobFilter(families=("engineering",), repeats=True)),
        ("role", "backend", JobFilter(roles=("backend",), repeats=True)),
        ("source", "theirstack", JobFilter(sources=("theirstack",), repeats=True)),
    ],
)
def test_a_group_has_the_weeks_of_its_mart(
    snapshot: Snapshot,
    warehouse: duckdb.DuckDBPyConnection,
    dimension: str,
    value: str,
    wanted: JobFilter,
) -> None:
    assert weeks(open_jobs(snapshot, wanted=wanted)) == mart_of_weeks(warehouse, dimension, value)


def test_any_filter_counts_its_own_jobs(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    answer = open_jobs(snapshot, wanted=JobFilter(technologies=("python",)))
    naming = """
        from silver.int_job_spans__weeks join gold.fct_posting_skills using (posting_id)
        join gold.fct_postings using (posting_id)
        where skill = 'python' and duplicate_of is null
    """
    (jobs, opened) = warehouse.execute(f"select count(*), count(opened_week) {naming}").fetchall()[
        0
    ]
    assert jobs
    assert sum(row.opened for row in answer.weekly) == opened
    assert answer.meta.counted
    assert answer.meta.counted.postings == jobs
    for row in answer.weekly:
        shown = f"select count(*) {naming} and ? between counted_week and last_week"
        assert warehouse.execute(shown, [row.week]).fetchall() == [(row.open,)]


@pytest.mark.parametrize("wanted", [None, EVERYTHING])
def test_weeks_are_bounded_by_their_mondays(snapshot: Snapshot, wanted: JobFilter | None) -> None:
    whole = open_jobs(snapshot, wanted=wanted)
    part = open_jobs(snapshot, wanted=wanted, window=(FIRST, LAST))
    assert part.weekly == [row for row in whole.weekly if FIRST <= row.week <= LAST]
    assert part.weekly
    assert part.days_open == whole.days_open
    later = (LAST + timedelta(days=9_000), LAST + timedelta(days=9_999))
    assert open_jobs(snapshot, wanted=wanted, window=later).meta.first_week is None


def test_a_filter_that_leaves_no_job_of_a_board_is_empty(snapshot: Snapshot) -> None:
    answer = open_jobs(snapshot, wanted=JobFilter(sources=("hacker_news",)))
    assert answer.weekly == []
    assert answer.days_open == []
    assert answer.curve == []
    assert answer.meta.counted
    assert answer.meta.counted.jobs == 0
