"""Skill insights: which skills the postings that match a query ask for."""

from __future__ import annotations

from datetime import UTC, date, datetime

from include.insights.index import ANYWHERE, FacetIndex, PostingFilter
from include.insights.models import (
    MAX_SKILLS,
    JobFilters,
    JobInsightsResponse,
    SkillCount,
    SkillInsightsResponse,
    Totals,
    Window,
)
from include.insights.store import Snapshot, Tally
from include.postings.model import SCHEMA_VERSION, IngestionQuery

__all__ = ["JOBS_SCHEMA_VERSION", "skill_insights", "top_skills", "whole_percent"]

JOBS_SCHEMA_VERSION = "1.1.0"
"""Contract of the answer to a JobFilters; any other query is answered as 1.0.0."""

_LEVEL_TITLES = {"any": "", "entry": "Entry-Level", "junior_mid": "Junior"}
_ROLE_TITLES = {"any": "", "frontend": "Frontend", "backend": "Backend", "fullstack": "Full-Stack"}


def skill_insights(
    snapshot: Snapshot,
    query: IngestionQuery,
    *,
    top: int = MAX_SKILLS,
    source: str = "any",
    today: date | None = None,
) -> SkillInsightsResponse:
    """Return the skills of the postings that match, most asked for first, at most ``top``.

    Seniors count only if a JobFilters names levels, duplicates never. The window ends at
    ``FacetIndex.as_of(today)``.
    """
    jobs = query if isinstance(query, JobFilters) else None
    index = snapshot.index
    wanted = PostingFilter(
        location=query.location,
        role=query.role_bucket,
        level=query.level_bucket,
        source=source,
        days=query.days,
        job_roles=tuple(jobs.roles) if jobs else (),
        job_levels=tuple(jobs.levels) if jobs else (),
        seniors=bool(jobs and jobs.levels),
    )
    bits = index.select(wanted, index.as_of(today or datetime.now(UTC).date()))
    tally = _tally(snapshot, bits)
    total = tally.postings_count
    skills = [
        SkillCount(name=snapshot.names.get(skill, skill), count=n, pct=whole_percent(n, total))
        for skill, n in tally.skills
    ]
    response = JobInsightsResponse if jobs else SkillInsightsResponse
    return response(
        title=_job_title(jobs) if jobs else _title(query),
        subtitle=_subtitle(query, total),
        window=Window(days=query.days),
        filters=query,
        totals=Totals(postings_count=total, unique_companies_count=tally.companies_count),
        # By name last: the tally keeps all ties for last place, so the cut is deterministic.
        skills=sorted(skills, key=lambda s: (-s.pct, -s.count, s.name))[:top],
        # Not the current time: two servers with the same data return the same answer and ETag.
        generated_at=datetime.fromisoformat(snapshot.meta["published_at"]),
        schema_version=JOBS_SCHEMA_VERSION if jobs else SCHEMA_VERSION,
    )


def _tally(snapshot: Snapshot, bits: int) -> Tally:
    """Return the counts of a set of postings, cached by set, because many filters select the same.

    It holds MAX_SKILLS skills and not the caller's ``top``, so that all callers share an entry.
    """
    kept = snapshot.memory.tallies.get(bits)
    if kept is None:
        index = snapshot.index
        skills = top_skills(index, bits, MAX_SKILLS)
        kept = Tally(bits.bit_count(), index.companies(bits), skills)
        snapshot.memory.tallies.put(bits, kept)
    return kept


def top_skills(index: FacetIndex, bits: int, top: int) -> list[tuple[str, int]]:
    """Return the ``top`` skills of ``bits`` with their counts, and all that tie for last place.

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


def _job_title(query: JobFilters) -> str:
    words = (
        " or ".join(word.capitalize() for word in named) for named in (query.levels, query.roles)
    )
    return " ".join(word for word in (*words, "Jobs") if word)


def _subtitle(query: IngestionQuery, total: int) -> str:
    postings = f"{total} job posting{'' if total == 1 else 's'}"
    anywhere = query.location.casefold() in ANYWHERE
    place = "anywhere" if anywhere else f"in {query.location}"
    days = "day" if query.days == 1 else f"{query.days} days"
    return f"Based on {postings} {place} from the last {days}"
