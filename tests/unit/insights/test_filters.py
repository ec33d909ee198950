"""Any filter selects what a plain look at each job selects."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import Any

import duckdb
import pytest

from include.insights.counted import count, selected
from include.insights.filters import JobFilter
from include.insights.job_skills import job_insights
from include.insights.postings import postings
from include.insights.store import Snapshot
from include.postings.family import FAMILIES
from include.postings.places.tree import ancestors
from include.web.params import FilterParams

TODAY = date(2026, 1, 1)
Job = dict[str, Any]


@pytest.fixture(scope="module")
def jobs(warehouse: duckdb.DuckDBPyConnection) -> list[Job]:
    """Every job, with what is said of its posting under ``posting``."""
    skills: dict[str, list[str]] = {}
    for posting_id, skill in warehouse.sql(
        "select posting_id, skill from gold.fct_posting_skills"
    ).fetchall():
        skills.setdefault(posting_id, []).append(skill)
    places: dict[str, list[tuple[str, str]]] = {}
    for posting_id, place_id, relation in warehouse.sql(
        "select posting_id, place_id, relation from gold.fct_posting_places"
    ).fetchall():
        places.setdefault(posting_id, []).append((relation, place_id))
    is_open = {
        row[0]
        for row in warehouse.sql("select posting_id from silver.job_spans where is_open").fetchall()
    }
    found = warehouse.sql("select * from gold.fct_postings").to_arrow_table().to_pylist()
    of = {
        row["posting_id"]: row
        | {
            "skills": skills.get(row["posting_id"], []),
            "places": places.get(row["posting_id"], []),
            "day": row["date_posted"].date(),
            "is_open": row["posting_id"] in is_open,
            "key": row["company"] and (row["company_key"] or row["company"].strip().lower()),
        }
        for row in found
    }
    newest = max(posting["day"] for posting in of.values())
    names: dict[str, set[str]] = {}
    for posting in of.values():
        names.setdefault(posting["key"], set()).add(posting["company"].lower())
    for posting in of.values():
        posting |= {"newest": newest, "names": names[posting["key"]] - {""}}
    rows = warehouse.sql("select * from gold.fct_jobs").to_arrow_table().to_pylist()
    return [
        row
        | {
            "posting": of[row["posting_id"]],
            "way": row["remote"] or of[row["posting_id"]]["remote"],
            "places": [(one["relation"], one["place_id"]) for one in row["places"] or ()]
            or of[row["posting_id"]]["places"],
        }
        for row in rows
    ]


def is_wanted(job: Job, wanted: JobFilter) -> bool:
    """The rules of docs/api.md, one job at a time."""
    posting = job["posting"]
    said = job["places"]
    day = posting["day"]
    return (
        (wanted.seniors or posting["level_bucket"] != "senior_excluded")
        and (wanted.repeats or posting["duplicate_of"] is None)
        and wanted.role in ("any", posting["role_bucket"])
        and wanted.level in ("any", posting["level_bucket"])
        and wanted.source in ("any", posting["source"])
        and (not wanted.sources or posting["source"] in wanted.sources)
        and (not wanted.roles or bool({*(job["roles"] or ["unspecified"])} & {*wanted.roles}))
        and (not wanted.levels or bool({*(job["levels"] or ["unspecified"])} & {*wanted.levels}))
        and (not wanted.families or job["family"] in wanted.families)
        and (not wanted.remote or job["way"] in wanted.remote)
        and {*wanted.technologies} <= {*posting["skills"]}
        and (wanted.state == "posted" or posting["is_open"])
        and (
            wanted.company is None
            or wanted.company.lower() in (posting["company"].lower(), posting["key"])
            or wanted.company.lower() in posting["names"]
        )
        and (wanted.days is None or 0 <= (posting["newest"] - day).days <= wanted.days)
        and (wanted.months is None or wanted.months[0] <= f"{day:%Y-%m}" <= wanted.months[1])
        and PLACES[wanted.location](said, job["way"])
        and (wanted.apply_from is None or may_apply(said, job["way"], wanted))
    )


def lies_in(said: list[tuple[str, str]], place_id: str) -> bool:
    return any(relation != "excluded" and place_id in ancestors(one) for relation, one in said)


def is_open_to(said: list[tuple[str, str]], place_id: str) -> bool:
    around = ancestors(place_id)
    hires = any(relation == "hire_from" and one in around for relation, one in said)
    return lies_in(said, place_id) or (hires and not refuses(said, place_id))


def refuses(said: list[tuple[str, str]], place_id: str) -> bool:
    around = ancestors(place_id)
    return any(relation == "excluded" and one in around for relation, one in said)


def may_apply(said: list[tuple[str, str]], way: str, wanted: JobFilter) -> bool:
    place_id = PLACE_IDS[wanted.apply_from or ""]
    if way in ("remote", "mixed"):
        unnamed = not any(relation == "hire_from" for relation, _ in said)
        if is_open_to(said, place_id) or (
            wanted.unstated == "include" and unnamed and not refuses(said, place_id)
        ):
            return True
    return way != "remote" and lies_in(said, place_id)


PLACE_IDS = {"Germany": "DE", "Europe": "europe", "US": "US", "Berlin": "2950159"}
PLACES = {
    "Anywhere": lambda said, way: True,
    "Remote": lambda said, way: way in ("remote", "mixed"),
    "Berlin": lambda said, way: lies_in(said, "2950159"),
    "US": lambda said, way: lies_in(said, "US"),
    "Remote, US": lambda said, way: way in ("remote", "mixed") and is_open_to(said, "US"),
}


def drawn(rng: random.Random, jobs: list[Job]) -> JobFilter:
    """A filter of some restrictions, each of which a job of the store satisfies."""

    def some(values: list[str]) -> tuple[str, ...]:
        return tuple(rng.sample(values, rng.randrange(1, 3)))

    job = rng.choice(jobs)
    posting = job["posting"]
    choices: dict[str, Any] = {
        "location": rng.choice([*PLACES]),
        "apply_from": rng.choice([*PLACE_IDS]),
        "unstated": rng.choice(["include", "exclude"]),
        "remote": some(["remote", "hybrid", "onsite", "mixed", "unspecified"]),
        "roles": some(["backend", "software", "design", "frontend", "data"]),
        "levels": some(["senior", "entry", "mid", "unspecified"]),
        "families": some([*FAMILIES[:3]]),
        "role": posting["role_bucket"],
        "level": rng.choice(["entry", "junior_mid"]),
        "source": posting["source"],
        "sources": some(["hacker_news", "remotive", "theirstack"]),
        "company": rng.choice([posting["company"].upper(), posting["key"]]) or None,
        "technologies": tuple(posting["skills"][: rng.randrange(3)]),
        "state": "open",
        "seniors": rng.random() < 0.5,
        "repeats": rng.random() < 0.5,
    }
    kept = {name: choices[name] for name in rng.sample([*choices], rng.randrange(5))}
    if rng.random() < 0.5:
        kept |= rng.choice([{"days": rng.choice([30, 200])}, {"months": ("2024-05", "2025-02")}])
    return JobFilter(**kept)


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
