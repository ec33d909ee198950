"""Split a posting into the jobs that it offers.

A list of titles names a posting's jobs best, then the header, then sentences such as "we also need
a baker"; what a weaker place repeats is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from include.postings.family import family_of
from include.postings.keywords import KeywordIndex
from include.postings.lexicon import title_labels
from include.postings.offer import Offer
from include.postings.places import find_places, without_places, written
from include.postings.remote import read_remote
from include.postings.result import Job, Terms
from include.postings.roles import ROLES as ROLE_ORDER
from include.postings.roles import in_order, kinds_of, read_levels, read_roles
from include.postings.salary import read_salary
from include.postings.titles import BRACKETS, LEVELS, ROLES, names_job, split_titles

__all__ = ["board_job", "joined_titles", "read_jobs", "with_roles_of"]

_TITLE_CHARS = 100
_JOINED_CHARS = 200
_FEW_JOBS = 2
_NO_TERMS = Terms(None, (), None)
_PLACE_CHARS = 160  # of a title's line; what follows is prose
# What sets a place apart from a title: "Baker (Oslo)", "Baker - Oslo", "Baker in Oslo".
_PLACE_MARKS = re.compile(r"[(,|@:/–—-]| in ")
_JOB_LABELS = ROLES | {"noun", "field", "engineer"}
# Kinds that a plain "engineer" cannot be.
_NO_ENGINEER = frozenset(("sales", "product", "design", "management", "other", "research", "qa"))
_STACKS = frozenset(("backend_stack", "frontend_stack"))
_LISTED_FIRST = {"title": 0, "header": 1, "sentence": 2}
# One line that looks like a title may be none: the header goes first.
_HEADER_FIRST = {"header": 0, "title": 1, "sentence": 2}
# Levels and terms without a job: "full time or intern", "lead levels".
_LEVELS_ALONE = re.compile(
    r"\W*(?:(?:full|part|time|fulltime|entry|mid|junior|senior|summer|paid|interns?|internships?|leads?|levels?|"
    r"founders?|track|and|or|are|welcome|remote|onsite|h1b|visas?|contract|roles?|positions?|20\d\d)\b\W*)+",
    re.IGNORECASE,
)
_HEAD = re.compile(r"[,(]| in | at ")
_WORD = re.compile(r"\w[\w+#]*")
# Words by which two lines of one job may differ: "Baker (remote)", "Baker, full time".
_TERMS = frozenset((
    "contract", "eu", "full", "http", "https", "hybrid", "only", "onsite", "part", "remote", "time",
    "us", "usa",
))  # fmt: skip

# Other words for an engineer: "Ovens Developer" heads what is listed as "Ovens Engineer".
_ENGINEERS = dict.fromkeys(
    ("dev", "developer", "developers", "devs", "eng", "engineers", "programmer"), "engineer"
)


@dataclass(slots=True)
class _Found:
    """A job as its title was found."""

    title: str
    offer: Offer
    kinds: frozenset[str]
    levels: frozenset[str]
    closer: list[str] = field(default_factory=list)
    """Titles that say more exactly what the job is."""
    ranks: list[str] = field(default_factory=list)
    """Titles that give its level."""


def read_jobs(offers: Sequence[Offer], body: KeywordIndex, plain: str) -> tuple[Job, ...]:
    """Return the jobs that a comment offers, in the order of its text; at least one.

    Of several jobs each has the terms that the lines below its title give for it alone.
    """
    found = sorted(_merged(offers), key=lambda job: job.offer.line)
    if not found:
        roles = read_roles((), plain)
        return (Job("", roles, read_levels((), plain), family_of("", roles)),)
    if len(found) == 1:
        return (_job(found[0], plain, _NO_TERMS),)
    # Beside bakers and designers the whole text is about the one engineer.
    engineers = [job for job in found if job.kinds.isdisjoint(_NO_ENGINEER)]
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


def _job(found: _Found, section: str, terms: Terms) -> Job:
    # "Internships", "Intern, remote" of no field write software.
    is_intern = "intern" in found.levels and _LEVELS_ALONE.fullmatch(_HEAD.split(found.title)[0])
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


def _sections(found: Sequence[_Found]) -> Iterator[range]:
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


def _merged(offers: Sequence[Offer]) -> list[_Found]:
    """Return the jobs without their repetitions."""
    # Beside titles a list of technologies is the stack.
    listed = {at: _titles(o) for at, o in enumerate(offers) if o.where == "title"}
    named = sum(names_job(title.title) for titles in listed.values() for title in titles)
    if named > 1 or any(o.where == "header" and names_job(o.text) for o in offers):
        listed = {
            at: [title for title in titles if not _is_technology(title.title)]
            for at, titles in listed.items()
        }
    several = sum(map(len, listed.values())) > 1
    rank = _LISTED_FIRST if several else _HEADER_FIRST
    jobs: list[_Found] = []
    open_to: list[_Found] = []
    for at, offer in sorted(enumerate(offers), key=lambda pair: rank[pair[1].where]):
        if offer.where == "sentence" and _adds_nothing(offer, jobs):
            continue
        titles = listed[at] if at in listed else _titles(offer)
        terms = [title for title in titles if _is_terms(title)]
        new = titles
        if terms:
            open_to += terms
            new = [title for title in titles if title not in terms]
        # "Software Engineer" of a header are the sentence's "frontend and backend engineers".
        if len(new) > 1 and len(jobs) == 1 and not jobs[0].kinds:
            special = sum(not title.kinds <= _NO_ENGINEER for title in new)
            if special > 1:
                jobs.clear()
        # "Engineering, Sales" of a header sums up a list of bakers and sellers.
        if named > 1 and offer.where == "header":
            new = [title for title in new if names_job(title.title)]
        alone = len(new) == 1 and not offer.more
        jobs += [title for title in new if not _is_known(title, jobs, alone=alone)]
    # "Oslo, full time or intern": a level of every job that has none of its own. Beside a list of
    # jobs an intern's is one more.
    if len(jobs) > _FEW_JOBS:
        interns = any("intern" in job.levels for job in jobs)
        return jobs + [title for title in open_to[:1] if "intern" in title.levels and not interns]
    for job in jobs:
        job.levels = job.levels or frozenset().union(*(title.levels for title in open_to))
    return jobs


def _adds_nothing(offer: Offer, jobs: Sequence[_Found]) -> bool:
    """Return whether a snippet's words alone show that it repeats what is known.

    Most sentences do, and splitting them costs more than this.
    """
    if all(job.offer.where == "sentence" for job in jobs):
        return False
    labels = title_labels(offer.text)
    if not (labels & ROLES).issubset(kind for job in jobs for kind in job.kinds):
        return False
    levels = labels & LEVELS
    return not levels or ((len(jobs) > 1 or bool(jobs[0].levels)) and "intern" not in levels)


def _titles(offer: Offer) -> list[_Found]:
    # Most segments of a header are places and terms, as is known by now.
    if title_labels(offer.text).isdisjoint(_JOB_LABELS) and not (
        offer.where == "title" and _ends_in_person(offer.text)
    ):
        return []
    return [
        _Found(short, offer, kinds_of(title), labels & LEVELS, [title] if short != title else [])
        for title in split_titles(offer.text)
        for short, labels in ((_short(title), title_labels(title)),)
    ]


def _short(title: str) -> str:
    """Return a title without a bracket that makes it too long: a list of tools."""
    if len(title) > _TITLE_CHARS and "(" in title[1:]:
        title = BRACKETS.sub("", title).strip() or title
    return title[:_TITLE_CHARS]


def _ends_in_person(title: str) -> bool:
    """Return whether a title's last word names a person by what they know: "Rye Expert (Oslo)"."""
    words = BRACKETS.sub("", title).split()
    return bool(words) and names_job(words[-1])


def _is_technology(title: str) -> bool:
    """Return whether a title names nobody, and its kind by a technology alone: "JavaScript"."""
    labels = title_labels(title)
    return not labels.isdisjoint(_STACKS) and labels.isdisjoint(("noun", "field", "engineer"))


def _is_terms(title: _Found) -> bool:
    """Return whether a title names levels and terms, and no job."""
    if title.kinds or not title.levels or "engineer" in title_labels(title.title):
        return False
    in_header = title.offer.where == "header" and title.levels == {"intern"}
    return in_header or bool(_LEVELS_ALONE.fullmatch(title.title))


def _is_known(title: _Found, jobs: Sequence[_Found], *, alone: bool) -> bool:
    """Return whether a title repeats a job; what it says beyond is added to that one.

    ``alone``: its snippet offers nothing else, and not "also".
    """
    where = title.offer.where
    if where == "title" and not any(job.offer.where == "header" for job in jobs):
        # "Engineering positions" heads a list and is no job of it.
        heads = not title.kinds and not names_job(title.title)
        return heads or any(_is_same(title, job) for job in jobs)
    # Titles of one snippet are different jobs, and so are two of one header that differ in more
    # than words: "Baker (rye) | Baker (wheat)".
    others = [
        job for job in jobs if job.offer is not title.offer and not _stands_beside(title, job)
    ]
    if known := next((job for job in others if _repeats(title, job)), None):
        # The header's baker is who a sentence calls a senior baker.
        if title.levels and not known.levels and len(jobs) == 1:
            known.ranks.append(title.title)
        return True
    if not (alone and len(jobs) == len(others) == 1) or title.kinds & _NO_ENGINEER:
        return False
    (only,) = jobs
    if not only.kinds:
        # The header's "Software Engineer" is who a sentence calls a backend engineer.
        only.closer.append(title.title)
        only.kinds = title.kinds
    return where == "sentence" and not only.kinds & _NO_ENGINEER


def _stands_beside(title: _Found, job: _Found) -> bool:
    """Return whether two titles of one header are two jobs."""
    if title.offer.where != "header" or job.offer.where != "header":
        return False
    brackets = [BRACKETS.findall(found.title) for found in (title, job)]
    if all(brackets) and title.kinds == job.kinds and brackets[0] != brackets[1]:
        return True
    # "Backend Engineer | Buyer": who is no engineer of any kind is none of the others.
    return not title.kinds and names_job(title.title) and not _is_engineer(title.title)


def _is_engineer(title: str) -> bool:
    return "engineer" in title_labels(title)


def _repeats(title: _Found, job: _Found) -> bool:
    """Return whether a title may mean a job: one of its kinds, or an engineer of no kind."""
    if title.kinds:
        # "We also need a head of design": who leads designers is none of them.
        leads = "management" in title.kinds and "management" not in job.kinds
        return not leads and not title.kinds.isdisjoint(job.kinds)
    return job.offer.where != "sentence" or title.levels <= job.levels


def _is_same(title: _Found, job: _Found) -> bool:
    """Return whether two lines of a list name one job, perhaps in two places."""
    if (title.kinds, title.levels) != (job.kinds, job.levels):
        return False
    return title.title == job.title or _key(title.title) == _key(job.title)


@lru_cache(maxsize=4096)
def _key(title: str) -> str:
    """Return a title's words without places and terms."""
    words = _WORD.findall(without_places(title).lower())
    return " ".join(_ENGINEERS.get(word, word) for word in words if word not in _TERMS)
