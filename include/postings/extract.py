"""Extract every field of a posting: the entry point of the CLI and dbt's silver model."""

from __future__ import annotations

import html
import re

from include.postings.company import read_company
from include.postings.header import Header, Segment, read_header
from include.postings.is_job import is_job
from include.postings.jobs import board_job, joined_titles, read_jobs
from include.postings.keywords import KeywordIndex
from include.postings.lexicon import title_labels
from include.postings.markup import plain_text
from include.postings.places import countries_of, country_of, read_places, written
from include.postings.regions import Offer, job_offers
from include.postings.remote import read_remote
from include.postings.result import Job, PostingFields, Terms
from include.postings.roles import ROLES, level_bucket, read_levels, read_roles, role_bucket
from include.postings.salary import read_salary
from include.postings.technologies import default_matcher
from include.postings.titles import names_job
from include.postings.visa import read_visa

__all__ = ["HACKER_NEWS", "extract_posting"]

HACKER_NEWS = "hacker_news"
_TITLE_CHARS = 200
_FEWEST_SEGMENTS = 2
# A header segment without a job noun names a field ("Data, Rust") only if short; longer is prose.
_FIELD_CHARS = 60
_ABBREVIATING = re.compile(r"\.(?:(?<=\b[SJ]r\.)|(?<=\b[SJ]nr\.))(?=\s)", re.IGNORECASE)
"""The point of "Sr. Engineer", which would otherwise end a sentence for later rules."""
# What follows the company's name in its segment: " - Baker", ": Baker", " is hiring a Baker".
_AFTER_NAME = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:[-–—:,]+\s+|is hiring |seeks )(.{4,60})$")
_LINK = re.compile(r"\(?https?://\S+")
# What a title names a role or an engineer by.
_ROLE_LABELS = frozenset((*ROLES, "engineer"))


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
    plain = plain_text(text)
    # A substring test is far cheaper than the regular expression, and most texts fail it.
    if "r. " in plain:
        plain = _ABBREVIATING.sub("", plain)
    header = _header(plain, title)
    if source == HACKER_NEWS and not title and not is_job(header, plain):
        return PostingFields(is_job=False)
    return _read_job(header, plain, title, company)


def _header(plain: str, title: str | None) -> Header:
    lines = plain.split("\n")
    if not title:
        return read_header(lines if plain else [])
    header = read_header([" ".join(plain_text(title).split())])
    return Header(header.line, header.segments, header.piped, (), tuple(lines))


def _read_job(header: Header, plain: str, title: str | None, company: str | None) -> PostingFields:
    # A board's name may be escaped: "Acme &amp; Sons".
    named = html.unescape(company) if company else None if title else read_company(header, plain)
    body = KeywordIndex((header.line, *header.before, *header.body))
    offers = _offers(header, body, title, named)
    snippets = [offer.text for offer in offers]
    # A board's title says what the job is: the engineers of its text are colleagues.
    roles = read_roles(snippets, "" if title and not _names_role(title) else plain)
    levels = read_levels(snippets, plain)
    places = read_places(header, body.lines("remote", skip=1))
    remote = read_remote(
        header.line, body.lines("remote", skip=1), [segment.text for segment in header.segments]
    )
    salary = read_salary(
        header.line if body.positions("pay", 0) else "",
        body.lines("pay", skip=1),
        country=country_of(places),
    )
    locations = written(places)
    whole = Terms(None if remote == "unspecified" else remote, locations, salary)
    if title:
        shown = header.line[:_TITLE_CHARS]
        jobs: tuple[Job, ...] = (board_job(shown, roles, levels, whole),)
    else:
        jobs = read_jobs(offers, body, plain, whole)
        shown = joined_titles(jobs) or _untitled(header, named)
    return PostingFields(
        is_job=True,
        company=named,
        title=shown,
        remote=remote,
        locations=locations,
        country=country_of(places),
        countries=countries_of(places),
        places=places,
        roles=roles,
        levels=levels,
        role_bucket=role_bucket(roles),
        level_bucket=level_bucket(levels),
        salary=salary,
        visa=read_visa(body.lines("visa")),
        jobs=jobs,
        skills=default_matcher().count(_described(header, plain, named), own_name=named),
    )


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
        and (
            "noun" in title_labels(segment.text)
            or ((header.piped or len(header.segments) > 2) and len(text) < _FIELD_CHARS)
        )
    ]
    return job_offers(named, body)


def _offered(segment: Segment, header: Header, company: str | None) -> str:
    """Return a segment's text without the company's name: "Baker" of "Acme - Baker | Oslo".

    A company called "Acme Engineering" must not offer an engineering job.
    """
    if not (segment is header.segments[0] and company and company in segment.text and header.piped):
        return segment.text
    rest = _AFTER_NAME.match(segment.text.partition(company)[2])
    return rest.group(1) if rest and names_job(rest.group(1)) else ""


def _without_links(text: str) -> str:
    return _LINK.sub("", text).strip() if "http" in text else text


def _names_role(text: str) -> bool:
    """Return whether a short text, no sentence, names a role or an engineer."""
    labels = title_labels(text)
    return "prose" not in labels and not labels.isdisjoint(_ROLE_LABELS)


def _described(header: Header, plain: str, company: str | None) -> str:
    """Return the text without the company's segment, whose comparisons name no skill.

    "Acme (Stripe for dentists)" does not ask for Stripe.
    """
    first = header.segments[0].text if header.piped and header.segments else ""
    return plain.replace(first, "", 1) if company and company in first else plain


def _untitled(header: Header, company: str | None) -> str:
    """Return what stands in a header for a title: no company, place, terms, nor a whole line."""
    if len(header.segments) < _FEWEST_SEGMENTS:
        return ""
    for segment in header.segments:
        named = company is not None and company in segment.text
        if segment.kind in ("role", "text") and not named and len(segment.text) < _FIELD_CHARS:
            return segment.text
    return ""
