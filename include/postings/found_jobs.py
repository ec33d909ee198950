"""Find the jobs among what a posting offers, without their repetitions.

A list of titles names a posting's jobs best, then the header, then sentences such as "we also need
a baker"; what a weaker place repeats is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from include.postings.lexicon import title_labels
from include.postings.offer import Offer
from include.postings.places import without_places
from include.postings.roles import kinds_of
from include.postings.titles import BRACKETS, LEVELS, ROLES, names_job, split_titles

__all__ = ["LEVELS_ALONE", "NO_ENGINEER", "FoundJob", "found_jobs"]

_TITLE_CHARS = 100
_FEW_JOBS = 2
_JOB_LABELS = ROLES | {"noun", "field", "engineer"}
# Kinds that a plain "engineer" cannot be.
NO_ENGINEER = frozenset(("sales", "product", "design", "management", "other", "research", "qa"))
_STACKS = frozenset(("backend_stack", "frontend_stack"))
_LISTED_FIRST = {"title": 0, "header": 1, "sentence": 2}
# One line that looks like a title may be none: the header goes first.
_HEADER_FIRST = {"header": 0, "title": 1, "sentence": 2}
# Levels and terms without a job: "full time or intern", "lead levels".
LEVELS_ALONE = re.compile(
    r"\W*(?:(?:full|part|time|fulltime|entry|mid|junior|senior|summer|paid|interns?|internships?|leads?|levels?|"
    r"founders?|track|and|or|are|welcome|remote|onsite|h1b|visas?|contract|roles?|positions?|20\d\d)\b\W*)+",
    re.IGNORECASE,
)
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
class FoundJob:
    """A job as its title was found."""

    title: str
    offer: Offer
    kinds: frozenset[str]
    levels: frozenset[str]
    closer: list[str] = field(default_factory=list)
    """Titles that say more exactly what the job is."""
    ranks: list[str] = field(default_factory=list)
    """Titles that give its level."""


def found_jobs(offers: Sequence[Offer]) -> list[FoundJob]:
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
    jobs: list[FoundJob] = []
    open_to: list[FoundJob] = []
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
            special = sum(not title.kinds <= NO_ENGINEER for title in new)
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


def _adds_nothing(offer: Offer, jobs: Sequence[FoundJob]) -> bool:
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


def _titles(offer: Offer) -> list[FoundJob]:
    # Most segments of a header are places and terms, as is known by now.
    if title_labels(offer.text).isdisjoint(_JOB_LABELS) and not (
        offer.where == "title" and _ends_in_person(offer.text)
    ):
        return []
    return [
        FoundJob(short, offer, labels & ROLES, labels & LEVELS, [title] if short != title else [])
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


def _is_terms(title: FoundJob) -> bool:
    """Return whether a title names levels and terms, and no job."""
    if title.kinds or not title.levels or "engineer" in title_labels(title.title):
        return False
    in_header = title.offer.where == "header" and title.levels == {"intern"}
    return in_header or bool(LEVELS_ALONE.fullmatch(title.title))


def _is_known(title: FoundJob, jobs: Sequence[FoundJob], *, alone: bool) -> bool:
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
    if not (alone and len(jobs) == len(others) == 1) or title.kinds & NO_ENGINEER:
        return False
    (only,) = jobs
    if not only.kinds:
        # The header's "Software Engineer" is who a sentence calls a backend engineer.
        only.closer.append(title.title)
        only.kinds = title.kinds
    return where == "sentence" and not only.kinds & NO_ENGINEER


def _stands_beside(title: FoundJob, job: FoundJob) -> bool:
    """Return whether two titles of one header are two jobs."""
    if title.offer.where != "header" or job.offer.where != "header":
        return False
    brackets = [BRACKETS.findall(found.title) for found in (title, job)]
    if all(brackets) and title.kinds == job.kinds and brackets[0] != brackets[1]:
        return True
    # "Backend Engineer (PHP) | Full-Stack Engineer": what each is, not all that its words name.
    kinds = [kinds_of(found.title) for found in (title, job)]
    if all(kinds) and kinds[0].isdisjoint(kinds[1]) and names_job(title.title):
        return True
    # "Backend Engineer | Buyer": who is no engineer of any kind is none of the others.
    return not title.kinds and names_job(title.title) and not _is_engineer(title.title)


def _is_engineer(title: str) -> bool:
    return "engineer" in title_labels(title)


def _repeats(title: FoundJob, job: FoundJob) -> bool:
    """Return whether a title may mean a job: one of its kinds, or an engineer of no kind."""
    if title.kinds:
        # "We also need a head of design": who leads designers is none of them.
        leads = "management" in title.kinds and "management" not in job.kinds
        return not leads and not title.kinds.isdisjoint(job.kinds)
    return job.offer.where != "sentence" or title.levels <= job.levels


def _is_same(title: FoundJob, job: FoundJob) -> bool:
    """Return whether two lines of a list name one job, perhaps in two places."""
    if (title.kinds, title.levels) != (job.kinds, job.levels):
        return False
    return title.title == job.title or _key(title.title) == _key(job.title)


@lru_cache(maxsize=4096)
def _key(title: str) -> str:
    """Return a title's words without places and terms."""
    words = _WORD.findall(without_places(title).lower())
    return " ".join(_ENGINEERS.get(word, word) for word in words if word not in _TERMS)
