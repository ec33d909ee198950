"""Extract every field of a posting: the entry point of the CLI and dbt's silver model."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

from include.postings.company import read_company
from include.postings.header import Header, Segment, read_header
from include.postings.is_job import is_job
from include.postings.jobs import board_job, joined_titles, read_jobs, with_roles_of
from include.postings.keywords import KeywordIndex
from include.postings.lazily import lazily
from include.postings.lexicon import title_labels
from include.postings.markup import plain_text
from include.postings.places import Place, countries_of, country_of, read_places, written
from include.postings.regions import Offer, job_offers
from include.postings.remote import read_remote
from include.postings.result import Job, PostingFields, Remote, Salary, Terms, Visa
from include.postings.roles import ROLES, level_bucket, read_levels, read_roles, role_bucket
from include.postings.salary import read_salary
from include.postings.technologies import Find, counted, default_matcher
from include.postings.titles import names_job
from include.postings.visa import read_visa

__all__ = ["ABBREVIATING", "HACKER_NEWS", "Reading", "extract_posting"]

HACKER_NEWS = "hacker_news"
_TITLE_CHARS = 200
_FEWEST_SEGMENTS = 2
# A header segment without a job noun names a field ("Data, Rust") only if short; longer is prose.
_FIELD_CHARS = 60
ABBREVIATING = re.compile(r"\.(?:(?<=\b[SJ]r\.)|(?<=\b[SJ]nr\.))(?=\s)", re.IGNORECASE)
"""The point of "Sr. Engineer", which would otherwise end a sentence for later rules."""
# What follows the company's name in its segment: " - Baker", ": Baker", " is hiring a Baker".
_AFTER_NAME = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:[-–—:,]+\s+|is hiring |seeks )(.{4,60})$")
# What precedes it: "Baker - ", "Baker at ".
_BEFORE_NAME = re.compile(r"(.{4,60}?)\s*(?:\s[-–—]+|,|@|\bat)\s*")
# What a stack is named by, and no job alone: "Python / React", not "iOS / Android".
_TOOLS = re.compile(
    r"\b(?:python|ruby on rails|ruby|rails|django|react|angular|vue|node|java|javascript|"
    r"typescript|php|golang|go|scala|kotlin|rust|elixir|aws|gcp|azure|kubernetes|docker|postgres\w*|mysql|mongodb|graphql|"
    r"kafka|express|next|spark|terraform|flutter)\b"
)
# What a company is: "a machine learning company".
_TAGLINE = re.compile(r"\b(?:company|startup|start-up|firm|agency|studio|consultancy)\W*$", re.I)
# "Full-stack Python / React" is a job.
_END = re.compile(r"\b(?:full|front|back)[- ]?(?:stack|end)")
_LINK = re.compile(r"\(?https?://\S+")
# What a title names a role or an engineer by.
_ROLE_LABELS = frozenset((*ROLES, "engineer"))
_KINDS = frozenset(ROLES)


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


def extract_postings(records: Sequence[Record]) -> list[PostingFields]:
    """Return what ``extract_posting`` returns for each of some fifty records, in 0.87 of its time.

    One field of all is read before the next: its code and tables stay in the core's caches.
    """
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
        return _offers(self.header, self.body, self.title, self.company)

    @lazily
    def _snippets(self) -> list[str]:
        return [offer.text for offer in self.offers]

    @lazily
    def roles(self) -> tuple[str, ...]:
        """The roles offered."""
        # A board's title says what the job is: the engineers of its text are colleagues.
        titled = self.title and not _names_role(self.title)
        found = read_roles(self._snippets, "" if titled else self.plain)
        return found if self.title else with_roles_of(self.jobs_without_terms, found)

    @lazily
    def levels(self) -> tuple[str, ...]:
        """The levels offered."""
        return read_levels(self._snippets, self.plain)

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
        return joined_titles(jobs) or _untitled(self.header, self.company)

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


def _offers(
    header: Header, body: KeywordIndex, title: str | None, company: str | None
) -> list[Offer]:
    """Return the snippets that name roles and levels: a board's title, else header and body."""
    if title:
        return [Offer(title, 0, "title")]
    named = [
        text
        for segment in header.segments
        for text in (_without_links(_offered(segment, header, company)),)
        if (segment.kind in ("role", "terms", "salary") or _names_role(segment.text))
        and text
        and not (_is_stack(text) or _TAGLINE.search(text))
        and (
            "noun" in title_labels(segment.text)
            or ((header.piped or len(header.segments) > 2) and len(text) < _FIELD_CHARS)
        )
    ]
    offers = job_offers(named, body)
    # "Acme | Baker | Oslo", "Acme | Miller | Oslo": headers in a row are a list of jobs.
    if header.piped and header.segments and _heads_again(header):
        return [o._replace(where="title") if o.where == "header" else o for o in offers]
    return offers


def _is_stack(text: str) -> bool:
    """Return whether a segment names technologies and no job: "Python / React / Kafka"."""
    labels = title_labels(text)
    if labels.isdisjoint(_KINDS) or not labels.isdisjoint(("noun", "engineer")):
        return False
    lower = text.lower()
    return not _END.search(lower) and len(set(_TOOLS.findall(lower))) > 1


def _heads_again(header: Header) -> bool:
    name = header.segments[0].text
    return any("|" in line and line.startswith(name) for line in header.body)


def _offered(segment: Segment, header: Header, company: str | None) -> str:
    """Return a segment's text without the company's name: "Baker" of "Acme - Baker | Oslo".

    A company called "Acme Engineering" must not offer an engineering job.
    """
    if segment is not header.segments[0] or not company or company not in segment.text:
        return segment.text
    if not header.piped and segment.text != company:
        return segment.text
    before, _, after = segment.text.partition(company)
    rest = _AFTER_NAME.match(after)
    if rest and names_job(rest.group(1)):
        return rest.group(1)
    title = _BEFORE_NAME.fullmatch(before)
    return title.group(1) if title and names_job(title.group(1)) else ""


def _without_links(text: str) -> str:
    """Return the longest part of a text without links, as it stands."""
    return max(_LINK.split(text), key=len).strip() if "http" in text else text


def _names_role(text: str) -> bool:
    """Return whether a short text, no sentence, names a role or an engineer."""
    labels = title_labels(text)
    return "prose" not in labels and not labels.isdisjoint(_ROLE_LABELS)


def _left_out(header: Header, plain: str, company: str | None) -> tuple[int, int]:
    """Return the offsets of the company's segment, whose comparisons name no skill.

    "Acme (Stripe for dentists)" does not ask for Stripe.
    """
    first = header.segments[0].text if header.piped and header.segments else ""
    at = plain.find(first) if company and company in first else -1
    return (at, at + len(first)) if at >= 0 else (0, 0)


def _untitled(header: Header, company: str | None) -> str:
    """Return what stands in a header for a title: no company, place, terms, nor a whole line."""
    if len(header.segments) < _FEWEST_SEGMENTS:
        return ""
    for segment in header.segments:
        named = company is not None and company in segment.text
        if segment.kind in ("role", "text") and not named and len(segment.text) < _FIELD_CHARS:
            return segment.text
    return ""
