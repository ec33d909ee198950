"""Split a posting into the jobs that it offers, each with its roles, levels and terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from include.postings.family import family_of
from include.postings.found_jobs import LEVELS_ALONE, NO_ENGINEER, FoundJob, found_jobs
from include.postings.keywords import KeywordIndex
from include.postings.offer import Offer
from include.postings.places import find_places, written
from include.postings.remote import read_remote
from include.postings.result import Job, Terms
from include.postings.roles import ROLES as ROLE_ORDER
from include.postings.roles import in_order, read_levels, read_roles
from include.postings.salary import read_salary

__all__ = ["board_job", "joined_titles", "read_jobs", "with_roles_of"]

_JOINED_CHARS = 200
_NO_TERMS = Terms(None, (), None)
_PLACE_CHARS = 160  # of a title's line; what follows is prose
# What sets a place apart from a title: "Baker (Oslo)", "Baker - Oslo", "Baker in Oslo".
_PLACE_MARKS = re.compile(r"[(,|@:/–—-]| in ")
_HEAD = re.compile(r"[,(]| in | at ")


def read_jobs(offers: Sequence[Offer], body: KeywordIndex, plain: str) -> tuple[Job, ...]:
    """Return the jobs that a comment offers, in the order of its text; at least one.

    Of several jobs each has the terms that the lines below its title give for it alone.
    """
    found = sorted(found_jobs(offers), key=lambda job: job.offer.line)
    if not found:
        roles = read_roles((), plain)
        return (Job("", roles, read_levels((), plain), family_of("", roles)),)
    if len(found) == 1:
        return (_job(found[0], plain, _NO_TERMS),)
    # Beside bakers and designers the whole text is about the one engineer.
    engineers = [job for job in found if job.kinds.isdisjoint(NO_ENGINEER)]
    only = engineers[0] if len(engineers) == 1 else None
    return tuple(
        _job(
            job,
            "\n".join(body.lines_read[lines.start : lines.stop]) or (plain if job is only else ""),
            _terms(body, lines),
        )
        for job, lines in zip(found, _sections(found), strict=True)
    )


def board_job(title: str, roles: Sequence[str], levels: Sequence[str]) -> Job:
    """Return the one job of a board's record."""
    return Job(title, tuple(roles), tuple(levels), family_of(title, roles))


def with_roles_of(jobs: Sequence[Job], roles: tuple[str, ...]) -> tuple[str, ...]:
    """Return a posting's roles with those of its jobs, in the order of ``ROLES``."""
    missing = {role for job in jobs for role in job.roles}.difference(roles)
    return in_order(missing.union(roles), ROLE_ORDER) if missing else roles


def joined_titles(jobs: Sequence[Job]) -> str:
    """Return the jobs' titles as a posting's: joined by " · ", whole ones, 200 characters."""
    joined = ""
    for title in dict.fromkeys(job.title for job in jobs if job.title):
        longer = f"{joined} · {title}" if joined else title
        if len(longer) > _JOINED_CHARS:
            break
        joined = longer
    return joined


def _job(found: FoundJob, section: str, terms: Terms) -> Job:
    # "Internships", "Intern, remote" of no field write software.
    is_intern = "intern" in found.levels and LEVELS_ALONE.fullmatch(_HEAD.split(found.title)[0])
    unnamed = "software" if is_intern else "other"
    roles = read_roles(found.closer or [found.title], section) or (unnamed,)
    levels = read_levels([found.title, *found.closer, *found.ranks], section)
    return Job(
        title=found.title,
        roles=roles,
        levels=levels or tuple(sorted(found.levels)),
        family=family_of(found.title, roles),
        remote=terms.remote,
        locations=terms.locations,
        salary=terms.salary,
        places=terms.places,
    )


def _sections(found: Sequence[FoundJob]) -> Iterator[range]:
    """Yield the lines about each job alone: its listed title and those up to the next job's."""
    starts = [job.offer.line for job in found]
    spans = [end - start for start, end in pairwise(starts)]
    # What follows the last title is about all the jobs, except as much as another job has.
    spans.append(max(spans))
    for job, span in zip(found, spans, strict=True):
        start = job.offer.line
        alone = job.offer.where == "title" and starts.count(start) == 1
        yield range(start, start + span if alone else start)


def _terms(body: KeywordIndex, lines: range) -> Terms:
    """Return the terms that the lines about one job give; the first is its title's."""
    if not lines:
        return _NO_TERMS
    title, *others = body.lines_read[lines.start : lines.stop]
    title = title[:_PLACE_CHARS]
    places = find_places(title) if _PLACE_MARKS.search(title) else []
    remote = read_remote(title, ()) if body.positions("remote", lines.start) else "unspecified"
    paid = [body.lines_read[number] for number in lines[1:] if body.positions("pay", number)]
    in_title = title if body.positions("pay", lines.start) else ""
    return Terms(
        remote=None if remote == "unspecified" else remote,
        locations=written(places),
        salary=read_salary(in_title, paid) if in_title or (paid and others) else None,
        places=tuple(places),
    )
