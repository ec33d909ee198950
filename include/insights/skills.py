"""Skill insights: which skills the postings that match a query ask for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from include.insights.counted import Selection, count, selected
from include.insights.filters import JobFilter
from include.insights.index import ANYWHERE, FacetIndex
from include.insights.models import (
    MAX_SKILLS,
    JobFilters,
    JobInsightsResponse,
    JobWindow,
    SkillCount,
    SkillInsightsResponse,
    Totals,
    Window,
)
from include.insights.store import Snapshot, Tally
from include.postings.model import SCHEMA_VERSION, IngestionQuery

__all__ = ["JOBS_SCHEMA_VERSION", "skill_insights", "top_skills", "whole_percent"]

JOBS_SCHEMA_VERSION = "1.1.0"
"""Contract of the answer to a JobFilter; any other query is answered as 1.0.0."""

_LEVEL_TITLES = {"any": "", "entry": "Entry-Level", "junior_mid": "Junior"}
_ROLE_TITLES = {"any": "", "frontend": "Frontend", "backend": "Backend", "fullstack": "Full-Stack"}


def skill_insights(
    snapshot: Snapshot,
    query: IngestionQuery | JobFilter,
    *,
    top: int = MAX_SKILLS,
    source: str = "any",
    today: date | None = None,
) -> SkillInsightsResponse:
    """Return the skills of the postings that match, most asked for first, at most ``top``.

    A JobFilter is answered as contract 1.1.0; any other query as 1.0.0, without seniors and
    repeats. The window ends at ``FacetIndex.as_of(today)``.
    """
    wanted = query if isinstance(query, JobFilter) else _postings_wanted(query, source)
    selection = selected(snapshot, wanted, today)
    tally = _tally(snapshot, selection)
    total = tally.postings_count
    skills = [
        SkillCount(name=snapshot.names.get(skill, skill), count=n, pct=whole_percent(n, total))
        for skill, n in tally.skills
    ]
    shared = {
        "totals": Totals(postings_count=total, unique_companies_count=tally.companies_count),
        # By name last: the tally keeps all ties for last place, so the cut is deterministic.
        "skills": sorted(skills, key=lambda s: (-s.pct, -s.count, s.name))[:top],
        # Not the current time: two servers with the same data return the same answer and ETag.
        "generated_at": datetime.fromisoformat(snapshot.meta["published_at"]),
    }
    if isinstance(query, JobFilter):
        return _job_insights(snapshot, selection, shared)
    return SkillInsightsResponse(
        title=_title(query),
        subtitle=_subtitle(query.location, total, _last_days(query.days)),
        window=Window(days=query.days),
        filters=query,
        schema_version=SCHEMA_VERSION,
        **shared,
    )


def _postings_wanted(query: IngestionQuery, source: str) -> JobFilter:
    return JobFilter(
        location=query.location,
        role=query.role_bucket,
        level=query.level_bucket,
        source=source,
        days=query.days,
        seniors=False,
        by_posting=True,
    )


def _job_insights(
    snapshot: Snapshot, selection: Selection, shared: dict[str, Any]
) -> JobInsightsResponse:
    wanted, index = selection.wanted, selection.index
    first, last = wanted.window(selection.as_of) or (
        index.days.oldest(index.all) or selection.as_of,
        selection.as_of,
    )
    days = wanted.days or (last - first).days + 1
    when = f"from {first:%b %Y} to {last:%b %Y}" if wanted.months else _last_days(days)
    total = shared["totals"].postings_count
    return JobInsightsResponse(
        title=_job_title(wanted),
        subtitle=_subtitle(wanted.location, total, when),
        window=JobWindow(days=days, first_day=first, last_day=last),
        filters=_echo(wanted, days),
        counted=count(snapshot, selection),
        schema_version=JOBS_SCHEMA_VERSION,
        **shared,
    )


def _echo(wanted: JobFilter, days: int) -> JobFilters:
    """Return the filter as the answer states it."""
    first, last = wanted.months or (None, None)
    same = ("apply_from", "unstated", "source", "company", "state")
    lists = ("remote", "roles", "levels", "families", "sources", "technologies")
    return JobFilters(
        location=wanted.location,
        role_bucket=wanted.role,
        level_bucket=wanted.level,
        days=days,
        seniors="include" if wanted.seniors else "exclude",
        repeats="include" if wanted.repeats else "exclude",
        start_date=first,
        end_date=last,
        **{name: getattr(wanted, name) for name in same},
        **{name: list(getattr(wanted, name)) for name in lists},
    )


def _tally(snapshot: Snapshot, selection: Selection) -> Tally:
    """Return the counts of a set of jobs, cached by set, because many filters select the same.

    It holds MAX_SKILLS skills and not the caller's ``top``, so that all callers share an entry.
    """
    index, by_name = selection.index, selection.wanted.by_posting
    key = (selection.bits, by_name)
    kept = snapshot.memory.tallies.get(key)
    if kept is None:
        skills = top_skills(index, selection.postings, MAX_SKILLS)
        companies = index.companies.count_names if by_name else index.companies.count
        kept = Tally(selection.postings.bit_count(), companies(selection.bits), skills)
        snapshot.memory.tallies.put(key, kept)
    return kept


def top_skills(index: FacetIndex, bits: int, top: int) -> list[tuple[str, int]]:
    """Return the ``top`` skills of a folded set with their counts, and all that tie for last place.

    Skills are scanned by total count; once that is below the last count of the top, none can enter.
    """
    found: list[tuple[str, int]] = []
    threshold = 1
    for skill in index.skills:
        if skill.count < threshold:
            break
        if (count := (skill.bits & bits).bit_count()) >= threshold:
            found.append((skill.skill, count))
            # Raise the threshold as soon as possible: it ends the scan of some 1,100 bitmaps.
            if len(found) >= top:
                found.sort(key=lambda item: -item[1])
                threshold = max(found[top - 1][1], 1)
                found = [item for item in found if item[1] >= threshold]
    return found


def whole_percent(part: int, total: int) -> int:
    """Return ``part`` of ``total`` in whole per cent, halves rounded up; 0 if ``total`` is 0."""
    # In integers: round() rounds halves to even, and floats miss exact halves.
    return (200 * part + total) // (2 * total) if total else 0


def _title(query: IngestionQuery) -> str:
    words = (_LEVEL_TITLES[query.level_bucket], _ROLE_TITLES[query.role_bucket])
    return " ".join(word for word in (*words, "Software Engineer") if word)


def _job_title(wanted: JobFilter) -> str:
    words = (
        " or ".join(word.capitalize() for word in named)
        for named in (wanted.levels, wanted.roles or wanted.families)
    )
    return " ".join(word for word in (*words, "Jobs") if word)


def _subtitle(location: str, total: int, when: str) -> str:
    postings = f"{total} job posting{'' if total == 1 else 's'}"
    place = "anywhere" if location.casefold() in ANYWHERE else f"in {location}"
    return f"Based on {postings} {place} {when}"


def _last_days(days: int) -> str:
    return "from the last day" if days == 1 else f"from the last {days} days"
