"""Skill insights of contract 1.1.0: the skills of any set of jobs, with intervals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from itertools import pairwise

from include.insights.counted import Selection, count, enough, selected, units
from include.insights.filters import JobFilter
from include.insights.index import SkillBits
from include.insights.models import (
    MAX_SKILLS,
    JobFilters,
    JobInsightsResponse,
    JobSkill,
    JobWindow,
    Totals,
)
from include.insights.nearest import nearest
from include.insights.skills import last_days, subtitle, whole_percent, with_ties
from include.insights.statistics.intervals import Interval, overlaps, wilson
from include.insights.store import Snapshot

__all__ = ["JOBS_SCHEMA_VERSION", "job_insights", "most_asked"]

JOBS_SCHEMA_VERSION = "1.1.0"


def job_insights(
    snapshot: Snapshot, wanted: JobFilter, *, top: int = MAX_SKILLS, today: date | None = None
) -> JobInsightsResponse:
    """Return the skills of the postings with a job that matches, at most ``top``.

    Ranked by the companies that ask for them, of which the intervals are: companies are
    independent, their postings are not. Of one company the postings are counted instead.
    """
    selection = selected(snapshot, wanted, today)
    counted = count(snapshot, selection)
    first, last = _window(selection)
    days = wanted.days or (last - first).days + 1
    when = f"from {first:%b %Y} to {last:%b %Y}" if wanted.months else last_days(days)
    return JobInsightsResponse(
        title=_title(wanted),
        subtitle=subtitle(wanted.location, counted.postings, when),
        window=JobWindow(days=days, first_day=first, last_day=last),
        filters=_echo(wanted, days),
        totals=Totals(postings_count=counted.postings, unique_companies_count=counted.companies),
        skills=_skills(snapshot, selection)[:top],
        generated_at=datetime.fromisoformat(snapshot.meta["published_at"]),
        schema_version=JOBS_SCHEMA_VERSION,
        counted=counted,
        share_of=units(wanted),
        enough=enough(getattr(counted, units(wanted))),
        nearest=nearest(snapshot, selection),
    )


def _window(selection: Selection) -> tuple[date, date]:
    if found := selection.wanted.window(selection.as_of):
        return found
    index = selection.index
    return index.days.oldest(index.all) or selection.as_of, selection.as_of


def _skills(snapshot: Snapshot, selection: Selection) -> list[JobSkill]:
    """Return the first MAX_SKILLS skills, cached by set."""
    key = (selection.key, units(selection.wanted))
    kept = snapshot.memory.job_skills.get(key)
    if kept is None:
        kept = _ranked(snapshot, selection)
        snapshot.memory.job_skills.put(key, kept)
    return kept


def _ranked(snapshot: Snapshot, selection: Selection) -> list[JobSkill]:
    counted = count(snapshot, selection)
    total = getattr(counted, units(selection.wanted))
    rows = []
    for skill, n, companies in most_asked(selection):
        k = companies if units(selection.wanted) == "companies" else n
        name, interval = snapshot.names.get(skill, skill), wilson(k, total)
        rows.append((skill, name, n, companies, k / total if total else 0.0, interval))
    rows.sort(key=lambda row: (-row[4], -row[2], row[1]))
    rows = rows[:MAX_SKILLS]
    equal = (*(overlaps(one[5], other[5]) for one, other in pairwise(rows)), False)
    return [_skill(*row, counted.postings, same) for row, same in zip(rows, equal, strict=False)]


def _skill(
    skill: str,
    name: str,
    n: int,
    companies: int,
    share: float,
    interval: Interval,
    postings: int,
    is_equal: bool,
) -> JobSkill:
    return JobSkill(
        id=skill,
        name=name,
        count=n,
        pct=whole_percent(n, postings),
        companies=companies,
        share=share,
        low=interval.low,
        high=interval.high,
        about_equal_to_next=is_equal,
    )


def most_asked(selection: Selection, without: Collection[str] = ()) -> list[tuple[str, int, int]]:
    """Return skill, postings and companies of the MAX_SKILLS first, and of all that tie.

    Skills are scanned by total count, which bounds both: once it is below the last of the first
    MAX_SKILLS, none can enter.
    """
    index, chosen = selection.index, selection.posting_set
    if (few := index.few(selection.postings)) is not None:
        return _of_few(selection, few, without)
    by_company = units(selection.wanted) == "companies"
    found: list[tuple[int, SkillBits, int]] = []
    threshold = 1
    for skill in index.skills:
        if skill.count < threshold:
            break
        n = chosen.intersection_cardinality(skill.set)
        if n < threshold or skill.skill in without:
            continue
        k = _companies_naming(selection, skill, n) if by_company else n
        if k >= threshold:
            found.append((k, skill, n))
            if len(found) >= MAX_SKILLS:
                found.sort(key=lambda item: -item[0])
                threshold = max(found[MAX_SKILLS - 1][0], 1)
                found = [item for item in found if item[0] >= threshold]
    return [
        (skill.skill, n, k if by_company else _companies_naming(selection, skill, n))
        for k, skill, n in found
    ]


def _companies_naming(selection: Selection, skill: SkillBits, count: int) -> int:
    """Return the companies with one of the ``count`` postings that name a skill."""
    companies = selection.index.companies
    if selection.index.is_few(count):
        return companies.count_few(selection.posting_set & skill.set)
    return companies.count(selection.postings & skill.bits)


def _of_few(
    selection: Selection, few: list[int], without: Collection[str]
) -> list[tuple[str, int, int]]:
    index = selection.index
    groups = index.companies.numbers
    named = [at for at in few if groups[at] < len(index.companies.all)]
    counted = index.skill_lists.counts(few)
    companies = index.skill_lists.counts_of_groups(named, groups)
    by = companies if units(selection.wanted) == "companies" else counted
    first = with_ties(by, MAX_SKILLS + len(without))
    first = [one for one in first if index.skills[one[0]].skill not in without]
    return [(index.skills[n].skill, counted[n], companies[n]) for n, _ in first]


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


def _title(wanted: JobFilter) -> str:
    words = (
        " or ".join(word.capitalize() for word in named)
        for named in (wanted.levels, wanted.roles or wanted.families)
    )
    return " ".join(word for word in (*words, "Jobs") if word)
