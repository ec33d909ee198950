"""Skill insights of contract 1.0.0: which skills the postings that match a query ask for."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from include.insights.counted import Selection, selected
from include.insights.filters import JobFilter
from include.insights.index import ANYWHERE
from include.insights.models import (
    MAX_SKILLS,
    SkillCount,
    SkillInsightsResponse,
    Totals,
    Window,
)
from include.insights.store import Snapshot, Tally
from include.postings.model import SCHEMA_VERSION, IngestionQuery

__all__ = ["last_days", "skill_insights", "subtitle", "top_skills", "whole_percent", "with_ties"]

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

    Seniors and repeats never count. The window ends at ``FacetIndex.as_of(today)``.
    """
    tally = _tally(snapshot, selected(snapshot, _wanted(query, source), today))
    total = tally.postings_count
    skills = [
        SkillCount(name=snapshot.names.get(skill, skill), count=n, pct=whole_percent(n, total))
        for skill, n in tally.skills
    ]
    return SkillInsightsResponse(
        title=_title(query),
        subtitle=subtitle(query.location, total, last_days(query.days)),
        window=Window(days=query.days),
        filters=query,
        totals=Totals(postings_count=total, unique_companies_count=tally.companies_count),
        # By name last: the tally keeps all ties for last place, so the cut is deterministic.
        skills=sorted(skills, key=lambda s: (-s.pct, -s.count, s.name))[:top],
        # Not the current time: two servers with the same data return the same answer and ETag.
        generated_at=datetime.fromisoformat(snapshot.meta["published_at"]),
        schema_version=SCHEMA_VERSION,
    )


def _wanted(query: IngestionQuery, source: str) -> JobFilter:
    return JobFilter(
        location=query.location,
        role=query.role_bucket,
        level=query.level_bucket,
        source=source,
        days=query.days,
        seniors=False,
        by_posting=True,
    )


def _tally(snapshot: Snapshot, selection: Selection) -> Tally:
    """Return the counts of a set of postings, cached by set, because many filters select the same.

    It holds MAX_SKILLS skills and not the caller's ``top``, so that all callers share an entry.
    """
    kept = snapshot.memory.tallies.get(selection.key)
    if kept is None:
        skills = top_skills(selection, MAX_SKILLS)
        companies = selection.index.companies.count_names(selection.bits)
        kept = Tally(selection.postings.bit_count(), companies, skills)
        snapshot.memory.tallies.put(selection.key, kept)
    return kept


def top_skills(selection: Selection, top: int) -> list[tuple[str, int]]:
    """Return the ``top`` skills of the postings with their counts, and all that tie for last place.

    Skills are scanned by total count; once that is below the last count of the top, none can enter.
    """
    index, chosen = selection.index, selection.posting_set
    if (few := index.few(selection.postings)) is not None:
        counted = with_ties(index.skill_lists.counts(few), top)
        return [(index.skills[number].skill, n) for number, n in counted]
    found: list[tuple[str, int]] = []
    threshold = 1
    for skill in index.skills:
        if skill.count < threshold:
            break
        if (count := chosen.intersection_cardinality(skill.set)) >= threshold:
            found.append((skill.skill, count))
            # Raise the threshold as soon as possible: it ends the scan of some 1,100 bitmaps.
            if len(found) >= top:
                found.sort(key=lambda item: -item[1])
                threshold = max(found[top - 1][1], 1)
                found = [item for item in found if item[1] >= threshold]
    return found


def with_ties(counted: Counter[int], top: int) -> list[tuple[int, int]]:
    """Return the ``top`` most frequent, and all that tie for last place."""
    ranked = counted.most_common()
    if len(ranked) <= top:
        return ranked
    last = ranked[top - 1][1]
    return [one for one in ranked if one[1] >= last]


def whole_percent(part: int, total: int) -> int:
    """Return ``part`` of ``total`` in whole per cent, halves rounded up; 0 if ``total`` is 0."""
    # In integers: round() rounds halves to even, and floats miss exact halves.
    return (200 * part + total) // (2 * total) if total else 0


def _title(query: IngestionQuery) -> str:
    words = (_LEVEL_TITLES[query.level_bucket], _ROLE_TITLES[query.role_bucket])
    return " ".join(word for word in (*words, "Software Engineer") if word)


def subtitle(location: str, total: int, when: str) -> str:
    """Return the sentence that says how many postings, where and when."""
    postings = f"{total} job posting{'' if total == 1 else 's'}"
    place = "anywhere" if location.casefold() in ANYWHERE else f"in {location}"
    return f"Based on {postings} {place} {when}"


def last_days(days: int) -> str:
    """Return the words for a window of so many days."""
    return "from the last day" if days == 1 else f"from the last {days} days"
