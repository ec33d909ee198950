"""Extract every field of a posting: the entry point of the CLI and dbt's silver model."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

from include.postings.board_titles import board_roles
from include.postings.company import read_company
from include.postings.header import Header, read_header
from include.postings.header_offers import names_role, offers_of, untitled
from include.postings.is_job import is_job
from include.postings.jobs import board_job, joined_titles, read_jobs, with_roles_of
from include.postings.keywords import KeywordIndex
from include.postings.lazily import lazily
from include.postings.markup import plain_text
from include.postings.offer import Offer
from include.postings.places import Place, countries_of, country_of, read_places, written
from include.postings.remote import read_remote
from include.postings.result import Job, PostingFields, Remote, Salary, Terms, Visa
from include.postings.roles import kinds_of, level_bucket, read_levels, read_roles, role_bucket
from include.postings.salary import read_salary
from include.postings.technologies import Find, counted, default_matcher
from include.postings.visa import read_visa

__all__ = [
    "ABBREVIATING",
    "HACKER_NEWS",
    "Reading",
    "Record",
    "extract_posting",
    "extract_postings",
]

HACKER_NEWS = "hacker_news"
_TITLE_CHARS = 200
ABBREVIATING = re.compile(r"\.(?:(?<=\b[SJ]r\.)|(?<=\b[SJ]nr\.)|(?<=\bDir\.))(?=\s)", re.IGNORECASE)
"""The point of "Sr. Engineer", "Dir. of Baking", which would otherwise end a sentence."""


def extract_posting(
    text: str,
    *,
    title: str | None = None,
    company: str | None = None,
    source: str = HACKER_NEWS,
) -> PostingFields:
    """Return the fields extracted from a posting.

    ``text`` is HTML or plain text. A board supplies ``title`` and ``company``, which are used
    unchanged. A Hacker News comment may not be a job (``is_job`` is False then, and nothing else is
    set); a board's record always is one.
    """
    record = Record(text, title, company, source)
    return _fields(record, Reading(plain_text(text), title=title, company=company))


class Record(NamedTuple):
    """The arguments of ``extract_posting``."""

    text: str
    title: str | None
    company: str | None
    source: str


# What most of the time goes into, each after what it needs.
_STAGES = ("company", "body", "offers", "roles", "levels", "places", "remote", "salary", "finds")
# Texts that are read together; more need more than a core's caches.
_AT_ONCE = 60


def extract_postings(records: Iterable[Record]) -> dict[Record, PostingFields]:
    """Return what ``extract_posting`` returns for each, in 0.87 of its time.

    One field of some fifty is read before the next: its code and tables stay in the core's caches.
    None has a reading that stands beside one that cannot be read: ``extract_posting`` of each names
    that one.
    """
    distinct = list(dict.fromkeys(records))
    found: dict[Record, PostingFields] = {}
    for start in range(0, len(distinct), _AT_ONCE):
        part = distinct[start : start + _AT_ONCE]
        with suppress(Exception):
            found.update(zip(part, _read_together(part), strict=True))
    return found


def _read_together(records: Sequence[Record]) -> list[PostingFields]:
    plain = [plain_text(record.text) for record in records]
    readings = [
        Reading(text, title=record.title, company=record.company)
        for text, record in zip(plain, records, strict=True)
    ]
    pairs = list(zip(records, readings, strict=True))
    offering = [reading for record, reading in pairs if _is_job(record, reading)]
    for read in map(attrgetter, _STAGES):
        for reading in offering:
            read(reading)
    return [_fields(record, reading) for record, reading in pairs]


def _fields(record: Record, reading: Reading) -> PostingFields:
    return reading.fields() if _is_job(record, reading) else PostingFields(is_job=False)


def _is_job(record: Record, reading: Reading) -> bool:
    return record.source != HACKER_NEWS or bool(record.title) or reading.is_job


class Reading:
    """A plain text read as one posting; each field is read when it is first asked for."""

    def __init__(self, plain: str, *, title: str | None = None, company: str | None = None) -> None:
        # A substring test is far cheaper than the regular expression, and most texts fail it.
        self.plain = ABBREVIATING.sub("", plain) if "r. " in plain else plain
        self.title = title
        self._company = company
        self.header = _header(self.plain, title)

    @lazily
    def is_job(self) -> bool:
        """Whether a comment with this text offers a job."""
        return is_job(self.header, self.plain)

    @lazily
    def company(self) -> str | None:
        """Who hires: a board's word for it, unescaped, else the text's."""
        # A board's name may be escaped: "Acme &amp; Sons".
        if self._company:
            return html.unescape(self._company)
        return None if self.title else read_company(self.header, self.plain)

    @property
    def company_is_stated(self) -> bool:
        """Whether the record names the company, so that no words of the text do."""
        return bool(self._company)

    @lazily
    def body(self) -> KeywordIndex:
        """All lines, the header's first."""
        return KeywordIndex((self.header.line, *self.header.before, *self.header.body))

    @lazily
    def offers(self) -> list[Offer]:
        """The snippets that offer jobs."""
        return offers_of(self.header, self.body, self.title, self.company)

    @lazily
    def _snippets(self) -> list[str]:
        """What offers jobs, without the sentences and lines that name none after all."""
        if self.title:
            return [offer.text for offer in self.offers]
        # What names the kinds of the jobs alone adds nothing, and asking more costs more.
        known = {role for job in self.jobs_without_terms for role in job.roles}
        return [
            offer.text
            for offer in self.offers
            if known.issuperset(kinds_of(offer.text) or ("software",)) or offer.names_job()
        ]

    @lazily
    def roles(self) -> tuple[str, ...]:
        """The roles offered."""
        # A board's title says what the job is: the engineers of its text are colleagues.
        titled = self.title and not names_role(self.title)
        found = read_roles(self._snippets, "" if titled else self.plain)
        if self.title:
            return board_roles(self.title, found)
        return with_roles_of(self.jobs_without_terms, found)

    @lazily
    def levels(self) -> tuple[str, ...]:
        """The levels offered."""
        # "Mid and senior level positions" name no job, but levels of all.
        return read_levels([offer.text for offer in self.offers], self.plain)

    @lazily
    def places(self) -> tuple[Place, ...]:
        """The places offered or refused."""
        return read_places(self.header, self.body.lines("remote", skip=1))

    @lazily
    def remote(self) -> Remote:
        """The working mode."""
        segments = [segment.text for segment in self.header.segments]
        return read_remote(self.header.line, self.body.lines("remote", skip=1), segments)

    @lazily
    def salary(self) -> Salary | None:
        """The base pay."""
        return read_salary(
            self.header.line if self.body.positions("pay", 0) else "",
            self.body.lines("pay", skip=1),
            country=country_of(self.places),
        )

    @lazily
    def visa(self) -> Visa:
        """Whether visas are sponsored."""
        return read_visa(self.body.lines("visa"))

    @lazily
    def left_out(self) -> tuple[int, int]:
        """The part of the text that names no skills; empty if all may."""
        return _left_out(self.header, self.plain, self.company)

    @lazily
    def finds(self) -> list[Find]:
        """The technologies asked for, with their offsets in the text without ``left_out``."""
        start, end = self.left_out
        described = self.plain[:start] + self.plain[end:] if end else self.plain
        return default_matcher().asked(described, own_name=self.company)

    @lazily
    def jobs_without_terms(self) -> tuple[Job, ...]:
        """The jobs offered; a single one has not the posting's terms."""
        if self.title:
            return (board_job(self.header.line[:_TITLE_CHARS], self.roles, self.levels),)
        return read_jobs(self.offers, self.body, self.plain)

    @lazily
    def untermed_title(self) -> str:
        """The posting's title, which no terms change."""
        return self.shown_title(self.jobs_without_terms)

    def jobs(self, whole: Terms) -> tuple[Job, ...]:
        """Return the jobs offered; ``whole`` are the terms of the posting, and of a single one."""
        jobs = self.jobs_without_terms
        return jobs if len(jobs) > 1 else (replace(jobs[0], **whole._asdict()),)

    def shown_title(self, jobs: Sequence[Job]) -> str:
        """Return the title of the posting that offers these jobs."""
        if self.title:
            return jobs[0].title
        return joined_titles(jobs) or untitled(self.header, self.company)

    def fields(self) -> PostingFields:
        """Return all fields, as of a job."""
        locations = written(self.places)
        remote = None if self.remote == "unspecified" else self.remote
        jobs = self.jobs(Terms(remote, locations, self.salary, self.places))
        return PostingFields(
            is_job=True,
            company=self.company,
            title=self.shown_title(jobs),
            remote=self.remote,
            locations=locations,
            country=country_of(self.places),
            countries=countries_of(self.places),
            places=self.places,
            roles=self.roles,
            levels=self.levels,
            role_bucket=role_bucket(self.roles),
            level_bucket=level_bucket(self.levels),
            salary=self.salary,
            visa=self.visa,
            jobs=jobs,
            skills=counted(self.finds),
        )


def _header(plain: str, title: str | None) -> Header:
    lines = plain.split("\n")
    if not title:
        return read_header(lines if plain else [])
    header = read_header([" ".join(plain_text(title).split())])
    return Header(header.line, header.segments, header.piped, (), tuple(lines))


def _left_out(header: Header, plain: str, company: str | None) -> tuple[int, int]:
    """Return the offsets of the company's segment, whose comparisons name no skill.

    "Acme (Stripe for dentists)" does not ask for Stripe.
    """
    first = header.segments[0].text if header.piped and header.segments else ""
    at = plain.find(first) if company and company in first else -1
    return (at, at + len(first)) if at >= 0 else (0, 0)
