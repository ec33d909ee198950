"""Skill insights equal a recount of the postings, written independently."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from include.insights.index import FacetIndex
from include.insights.skills import skill_insights, whole_percent
from include.insights.store import Snapshot
from include.postings.model import IngestionQuery, QueryLevel, RoleBucket
from include.postings.places import find_places
from include.postings.places.tree import ancestors

NEWEST = date(2025, 6, 28)
PLACES = {
    "Anywhere": lambda row: True,
    "Remote": lambda row: row["remote"] in ("remote", "mixed"),
    "Berlin": lambda row: lies_in(row, "2950159"),
    "Dallas, Texas": lambda row: lies_in(row, "4684888"),
    "US": lambda row: lies_in(row, "US"),
    "Remote, US": lambda row: (
        row["remote"] in ("remote", "mixed") and (lies_in(row, "US") or is_open_to(row, "US"))
    ),
    "Europe": lambda row: lies_in(row, "europe"),
    "Atlantis": lambda row: False,
}


def lies_in(row: dict[str, Any], place_id: str) -> bool:
    """Whether one of the places is this one or lies in it."""
    found = [place for name in row["locations"] for place in find_places(name)]
    return any(p.place_id and place_id in ancestors(p.place_id) for p in found)


def is_open_to(row: dict[str, Any], place_id: str) -> bool:
    """Whether one may apply from a region around the place: "Worldwide"."""
    found = [place for name in row["locations"] for place in find_places(name)]
    return any(p.relation == "hire_from" and p.place_id in ancestors(place_id) for p in found)


def recount(
    rows: list[dict[str, Any]], place: str, role: str, level: str, source: str, days: int
) -> tuple[int, int, list[tuple[str, int, int]]]:
    newest = max(row["day"] for row in rows)
    found = [
        row
        for row in rows
        if row["level_bucket"] != "senior_excluded"
        and row["duplicate_of"] is None
        and PLACES[place](row)
        and role in ("any", row["role_bucket"])
        and level in ("any", row["level_bucket"])
        and source in ("any", row["source"])
        and newest - timedelta(days=days) <= row["day"] <= newest
    ]
    companies = {row["company"].strip().lower() for row in found} - {""}
    counts = Counter(name for row in found for name in row["names"] or ())
    skills = [(name, n, int(100 * n / len(found) + 0.5)) for name, n in counts.items()]
    skills.sort(key=lambda skill: (-skill[2], -skill[1], skill[0]))
    return len(found), len(companies), skills[:25]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", ["any", "backend", "fullstack"])
@pytest.mark.parametrize("level", ["any", "junior_mid"])
@pytest.mark.parametrize(("source", "days"), [("any", 30), ("hacker_news", 400), ("remotive", 90)])
def test_insights_equal_a_recount(
    snapshot: Snapshot,
    plain: list[dict[str, Any]],
    place: str,
    role: RoleBucket,
    level: QueryLevel,
    source: str,
    days: int,
) -> None:
    query = IngestionQuery(location=place, role_bucket=role, level_bucket=level, days=days)
    answer = skill_insights(snapshot, query, source=source, today=date(2026, 1, 1))
    postings, companies, skills = recount(plain, place, role, level, source, days)
    assert answer.totals.postings_count == postings
    assert answer.totals.unique_companies_count == companies
    assert [(skill.name, skill.count, skill.pct) for skill in answer.skills] == skills


def test_recount_covers_seniors_duplicates_and_unnamed_companies(
    plain: list[dict[str, Any]],
) -> None:
    assert any(row["level_bucket"] == "senior_excluded" for row in plain)
    assert any(row["duplicate_of"] for row in plain)
    assert any(not row["company"] for row in plain)


def test_top_limits_the_skills_only(snapshot: Snapshot) -> None:
    query = IngestionQuery(location="Anywhere", days=400)
    whole = skill_insights(snapshot, query)
    short = skill_insights(snapshot, query, top=3)
    assert len(whole.skills) == 25
    assert short.skills == whole.skills[:3]
    assert short.totals == whole.totals


def test_window_counts_back_from_the_newest_posting_of_old_data(snapshot: Snapshot) -> None:
    newest = snapshot.index.newest_day
    assert newest is not None
    assert snapshot.index.as_of(date(2031, 1, 1)) == newest
    assert skill_insights(
        snapshot, IngestionQuery(location="Anywhere"), today=date(2031, 1, 1)
    ).totals.postings_count


def test_window_never_ends_after_today(snapshot: Snapshot) -> None:
    assert snapshot.index.as_of(date(2024, 3, 1)) == date(2024, 3, 1)
    early = skill_insights(
        snapshot, IngestionQuery(location="Anywhere", days=10_000), today=date(2024, 3, 1)
    )
    whole = skill_insights(snapshot, IngestionQuery(location="Anywhere", days=10_000))
    assert 0 < early.totals.postings_count < whole.totals.postings_count


@pytest.mark.parametrize(
    ("role", "level", "title"),
    [
        ("any", "any", "Software Engineer"),
        ("backend", "junior_mid", "Junior Backend Software Engineer"),
        ("frontend", "any", "Frontend Software Engineer"),
        ("fullstack", "entry", "Entry-Level Full-Stack Software Engineer"),
    ],
)
def test_title(snapshot: Snapshot, role: RoleBucket, level: QueryLevel, title: str) -> None:
    query = IngestionQuery(location="Dallas, TX", role_bucket=role, level_bucket=level)
    assert skill_insights(snapshot, query).title == title


def test_subtitle_says_what_the_answer_rests_on(snapshot: Snapshot) -> None:
    answer = skill_insights(snapshot, IngestionQuery(location="Atlantis", days=1))
    assert answer.subtitle == "Based on 0 job postings in Atlantis from the last day"
    answer = skill_insights(snapshot, IngestionQuery(location="Anywhere", days=30))
    count = answer.totals.postings_count
    assert answer.subtitle == f"Based on {count} job postings anywhere from the last 30 days"


def test_empty_store_answers_with_nothing() -> None:
    index = FacetIndex([])
    assert index.as_of(date(2026, 1, 1)) == date(2026, 1, 1)
    assert index.companies.count(index.all) == 0
    assert list(index.newest(index.all)) == []


@pytest.mark.parametrize(
    ("part", "total", "percent"), [(0, 0, 0), (1, 200, 1), (1, 201, 0), (2, 3, 67), (5, 5, 100)]
)
def test_whole_percent_rounds_halves_up(part: int, total: int, percent: int) -> None:
    assert whole_percent(part, total) == percent


def test_query_without_a_place_is_refused() -> None:
    with pytest.raises(ValidationError):
        IngestionQuery(location="  ")
