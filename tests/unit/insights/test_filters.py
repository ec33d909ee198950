"""Any filter selects what a plain look at each job selects."""

from __future__ import annotations

import random
from collections import Counter

import duckdb
import pytest

from include.insights.counted import count, selected
from include.insights.filters import JobFilter
from include.insights.job_skills import job_insights
from include.insights.postings import postings
from include.insights.store import Snapshot
from include.web.params import FilterParams
from tests.unit.insights.plain import TODAY, Job, drawn, is_wanted, jobs_of


@pytest.fixture(scope="module")
def jobs(warehouse: duckdb.DuckDBPyConnection) -> list[Job]:
    return jobs_of(warehouse)


@pytest.mark.parametrize("seed", range(40))
def test_every_count_is_that_of_the_rows(snapshot: Snapshot, jobs: list[Job], seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(6):
        wanted = drawn(rng, jobs)
        chosen = [job for job in jobs if is_wanted(job, wanted)]
        of = {job["posting_id"]: job["posting"] for job in chosen}
        counted = count(snapshot, selected(snapshot, wanted, TODAY))
        assert (counted.jobs, counted.postings) == (len(chosen), len(of)), wanted
        assert counted.companies == len({one["key"] for one in of.values()} - {""}), wanted
        days = [one["day"] for one in of.values()]
        assert (counted.first_day, counted.last_day) == (
            (min(days), max(days)) if days else (None, None)
        )
        sources = Counter(one["source"] for one in of.values())
        assert {one.source: one.postings for one in counted.sources} == sources
        answer = job_insights(snapshot, wanted, today=TODAY)
        skills = Counter(skill for one in of.values() for skill in one["skills"])
        assert answer.totals.postings_count == len(of)
        firms = {
            skill: {one["key"] for one in of.values() if skill in one["skills"]} - {""}
            for skill in skills
        }
        ranked = sorted(
            (n if wanted.company else len(firms[skill]), n) for skill, n in skills.items()
        )
        shown = [
            (one.count if wanted.company else one.companies, one.count) for one in answer.skills
        ]
        assert shown == [pair for pair in ranked[::-1] if pair[0]][:25], wanted
        assert all(len(firms[one.id or ""]) == one.companies for one in answer.skills)
        assert postings(snapshot, wanted, TODAY, limit=1).meta.total_count == len(of)


def test_what_is_counted_is_said_in_one_line(snapshot: Snapshot) -> None:
    counted = count(snapshot, selected(snapshot, JobFilter(months=("2025-01", "2025-02")), TODAY))
    assert counted.line.startswith(f"{counted.jobs} jobs in {counted.postings} postings of ")
    assert "companies, Jan 2025 to Feb 2025, Hacker News " in counted.line
    assert counted.line.endswith(" %; seniors in, repeats out")
    nothing = count(snapshot, selected(snapshot, JobFilter(company="nobody"), TODAY))
    assert nothing.line == "0 jobs in 0 postings of 0 companies; seniors in, repeats out"
    assert (nothing.months, nothing.sources) == (0, [])


def test_the_nearest_filter_with_enough_is_named(snapshot: Snapshot) -> None:
    asked = JobFilter(location="Berlin", families=("design",), roles=("design",), days=30)
    answer = job_insights(snapshot, asked, today=TODAY)
    assert (answer.enough, answer.share_of) != ("full", "companies")
    assert answer.nearest is not None
    assert answer.nearest.drop in ("location", "days")
    assert answer.nearest.counted.companies >= 30
    wider = FilterParams.model_validate(
        {name: str(value) for name, value in answer.nearest.filter.items()}
    ).job_filter()
    assert count(snapshot, selected(snapshot, wider, TODAY)) == answer.nearest.counted
    whole = job_insights(snapshot, JobFilter(days=400), today=TODAY)
    assert (whole.enough, whole.nearest) == ("full", None)
    nothing = job_insights(snapshot, JobFilter(location="Atlantis", company="nobody"), today=TODAY)
    assert (nothing.enough, nothing.skills) == ("none", [])
    assert nothing.nearest is not None
    assert nothing.nearest.drop == "location,company"
    assert nothing.nearest.filter == {}


def test_the_nearest_of_three_that_exclude_each_other_drops_them_all(snapshot: Snapshot) -> None:
    asked = JobFilter(location="Atlantis", company="nobody", families=("other",), days=1)
    found = job_insights(snapshot, asked, today=TODAY).nearest
    assert found is not None
    assert found.drop == "location,families,company,days"
    assert found.filter == {"days": 36_500}


def test_shares_are_of_companies_but_of_one_company_of_its_postings(snapshot: Snapshot) -> None:
    first = job_insights(snapshot, JobFilter(), today=TODAY)
    assert first.counted is not None
    top = first.skills[0]
    assert top.companies is not None
    assert top.low is not None
    assert top.high is not None
    assert top.share == top.companies / first.counted.companies
    assert top.low < top.share < top.high
    company = snapshot.index.companies.all[0]
    one = job_insights(snapshot, JobFilter(company=company.key), today=TODAY)
    assert one.counted is not None
    assert one.counted.companies == 1
    assert (one.share_of, one.skills[0].share) == (
        "postings",
        one.skills[0].count / one.counted.postings,
    )


def test_a_company_is_found_by_its_key_and_by_each_spelling(
    snapshot: Snapshot, jobs: list[Job]
) -> None:
    companies = snapshot.index.companies
    names: dict[str, set[str]] = {}
    for job in jobs:
        if key := job["posting"]["key"]:
            names.setdefault(key, set()).add(job["posting"]["company"])
    assert any(len(spellings) > 1 for spellings in names.values())
    for key, spellings in names.items():
        own = companies.called(key.upper())
        assert own
        assert all(own & ~companies.called(f" {name} ") == 0 for name in spellings)
    assert companies.called("nobody") == companies.called("") == 0
