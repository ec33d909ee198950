"""Find what offers jobs in a header, beside the company's name, its tagline and its stack."""

from __future__ import annotations

import re

from include.postings.header import Header, Segment
from include.postings.keywords import KeywordIndex
from include.postings.lexicon import title_labels
from include.postings.offer import Offer
from include.postings.prefilter import PrefilteredPattern
from include.postings.regions import job_offers
from include.postings.roles import ROLES
from include.postings.titles import LEVELS, names_job, split_titles
from include.postings.weak_offers import weak_offers

__all__ = ["names_role", "offers_of", "untitled"]

_FEWEST_SEGMENTS = 2
# A header segment without a job noun names a field ("Data, Rust") only if short; longer is prose.
_FIELD_CHARS = 60
_FIELDS_CHARS = 120  # "Ovens, Tills, Design & Sales"
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
_KINDS_OF_COMPANY = ("company", "startup", "start-up", "firm", "agency", "studio", "consultancy")
_TAGLINE = PrefilteredPattern(
    rf"\b(?:{'|'.join(_KINDS_OF_COMPANY)})\W*$", literals=_KINDS_OF_COMPANY
)
# "Full-stack Python / React" is a job.
_END = re.compile(r"\b(?:full|front|back)[- ]?(?:stack|end)")
_LINK = re.compile(r"\(?https?://\S+")
# What a title names a role or an engineer by.
_ROLE_LABELS = frozenset((*ROLES, "engineer"))
_KINDS = frozenset(ROLES)
# Of a header's segment a level alone is enough: "Acme - Entry level - Sales".
_OFFERED = _ROLE_LABELS | LEVELS


def offers_of(
    header: Header, body: KeywordIndex, title: str | None, company: str | None
) -> list[Offer]:
    """Return the snippets that name roles and levels: a board's title, else header and body."""
    if title:
        return [Offer(title, 0, "title")]
    named = [
        text
        for segment in header.segments
        for text in (_without_links(_offered(segment, header, company)),)
        if segment.kind != "url"
        and (segment.kind in ("role", "terms", "salary") or names_role(segment.text, _OFFERED))
        and text
        and not (_is_stack(text) or _TAGLINE.search(text.lower()))
        and (
            "noun" in title_labels(segment.text)
            or ((header.piped or len(header.segments) > 2) and _is_field(text))
        )
    ]
    offers = job_offers(named, body)
    if not any(split_titles(offer.text) for offer in offers):
        offers += weak_offers(body)
    # "Acme | Baker | Oslo", "Acme | Miller | Oslo": headers in a row are a list of jobs.
    if header.piped and header.segments and _heads_again(header):
        return [o._replace(where="title") if o.where == "header" else o for o in offers]
    return offers


def _is_field(text: str) -> bool:
    """Return whether a segment without a job's noun is short, or a list of fields."""
    if len(text) < _FIELD_CHARS:
        return True
    return len(text) < _FIELDS_CHARS and len(split_titles(text)) > _FEWEST_SEGMENTS


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


def names_role(text: str, wanted: frozenset[str] = _ROLE_LABELS) -> bool:
    """Return whether a short text, no sentence, names a role or an engineer, or what is wanted."""
    labels = title_labels(text)
    return "prose" not in labels and not labels.isdisjoint(wanted)


def untitled(header: Header, company: str | None) -> str:
    """Return what stands in a header for a title: no company, place, terms, nor a whole line."""
    if len(header.segments) < _FEWEST_SEGMENTS:
        return ""
    for segment in header.segments:
        named = company is not None and company in segment.text
        if segment.kind in ("role", "text") and not named and len(segment.text) < _FIELD_CHARS:
            return segment.text
    return ""
