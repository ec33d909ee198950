"""Roles and levels ask for a job that has both; a posting matches by one of its jobs."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import duckdb
import pytest

from include.insights.filters import JobFilter
from include.insights.job_skills import job_insights
from include.insights.models import JobInsightsResponse
from include.insights.postings import postings
from include.insights.skills import skill_insights
from include.insights.store import Snapshot
from include.postings.model import IngestionQuery, Level, Role
from include.postings.roles import LEVELS, ROLES

TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def jobs(warehouse: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """The jobs by posting that is no duplicate."""
    rows = warehouse.sql("select * from gold.fct_jobs where duplicate_of is null order by position")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_arrow_table().to_pylist():
        found.setdefault(row["posting_id"], []).append(row)
    return found


def test_the_parameters_know_what_the_classifier_reads() -> None:
    assert (get_args(Role), get_args(Level)) == (ROLES, LEVELS)


@pytest.mark.parametrize("roles", [(), ("backend",), ("design",), ("backend", "data"), ("qa",)])
@pytest.mark.parametrize("levels", [(), ("senior",), ("entry", "mid"), ("unspecified",)])
def test_a_posting_matches_when_one_of_its_jobs_has_both(
    snapshot: Snapshot,
    jobs: dict[str, list[dict[str, Any]]],
    roles: tuple[str, ...],
    levels: tuple[str, ...],
) -> None:
    wanted = JobFilter(roles=roles, levels=levels)
    page = postings(snapshot, wanted, TODAY, limit=1000)
    expected = {
        posting_id
        for posting_id, offered in jobs.items()
        if any(
            (not roles or {*job["roles"]} & {*roles})
            and (not levels or {*(job["levels"] or ["unspecified"])} & {*levels})
            for job in offered
        )
    }
    assert {row.id for row in page.data} == expected
    assert page.meta.total_count == len(expected)


def test_a_senior_engineer_beside_a_designer_is_no_senior_designer(snapshot: Snapshot) -> None:
    mixed = JobFilter(roles=("design",), levels=("senior",))
    assert postings(snapshot, mixed, TODAY, limit=1).data == []


def test_a_listed_posting_shows_its_jobs(
    snapshot: Snapshot, jobs: dict[str, list[dict[str, Any]]]
) -> None:
    page = postings(snapshot, JobFilter(roles=("design",)), TODAY, limit=5)
    for row in page.data:
        shown = [(job.title, job.roles, job.levels, job.family) for job in row.jobs]
        assert shown == [
            (job["title"], job["roles"], job["levels"], job["family"]) for job in jobs[row.id]
        ]
        assert len(shown) == 2


def test_a_request_for_jobs_is_answered_as_1_1_0(snapshot: Snapshot) -> None:
    query = JobFilter(days=400, roles=("backend",), levels=("senior", "staff"))
    answer = job_insights(snapshot, query, today=TODAY)
    assert isinstance(answer, JobInsightsResponse)
    assert (answer.schema_version, answer.title) == ("1.1.0", "Senior or Staff Backend Jobs")
    assert (answer.filters.roles, answer.filters.levels) == (["backend"], ["senior", "staff"])
    assert (answer.filters.days, answer.filters.seniors) == (400, "include")
    assert answer.totals.postings_count > 0


def test_seniors_count_unless_they_are_left_out(snapshot: Snapshot) -> None:
    def count(**filters: Any) -> int:
        query = JobFilter(days=400, roles=("backend",), **filters)
        return job_insights(snapshot, query, today=TODAY).totals.postings_count

    assert count(seniors=False) < count() == count(levels=(*get_args(Level), "unspecified"))


def test_a_request_without_them_is_answered_as_1_0_0(snapshot: Snapshot) -> None:
    answer = skill_insights(snapshot, IngestionQuery(location="Anywhere"), today=TODAY)
    assert answer.schema_version == "1.0.0"
    assert "roles" not in answer.model_dump()["filters"]
