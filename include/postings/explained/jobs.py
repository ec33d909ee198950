"""The words that name the jobs of a posting: titles, roles, levels, families."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from include.postings.explained.found import Field, Found
from include.postings.explained.spans import Candidates, Searcher, Span
from include.postings.family import family_of
from include.postings.lexicon import title_labels
from include.postings.offer import Offer
from include.postings.result import Job, PostingFields
from include.postings.roles import LEVEL_SLUG, level_bucket, read_levels, read_roles, role_bucket
from include.postings.titles import LEVELS, ROLES, split_titles

__all__ = ["titles", "traits"]

_YEARS = re.compile(r"\b(?:years?|yrs?|yoe|months)\b", re.IGNORECASE)
_ENGINEERS = re.compile(r"\b(?:engineer|developer|programmer|hacker|coder)", re.IGNORECASE)
# How a body says what its plain "Software Engineer" builds: "the whole stack", "back-end".
_STACK = re.compile(r"\bstack\b(?: \w+)?|\b(?:back|front)[- ]?end\b", re.IGNORECASE)
_MOST_OFFERS = 100
_STACK_CHARS = len("front-end")
# What may part a header without pipes or make it an address: " - ", " / ", "acme.io". A title of
# 100 characters is cut.
_SEPARATES = re.compile(r"[|•·;@>\n]|\s-|\s/.*\s/|//|::|^[ *-]|[ *-]$|^\S*\.\S*$|^.{100}")


class _Trait(NamedTuple):
    """What a title says of its job."""

    field: Field
    attribute: str
    of_title: Callable[[str], tuple[str, ...]]
    bucket_field: Field
    bucket: Callable[[Iterable[str]], str]
    of_body: Callable[[Searcher], Candidates]
    """Where to look for it besides."""


def titles(searcher: Searcher, fields: PostingFields) -> Iterator[Found]:
    """Yield the titles, and the first of each family. A record's title is stated, not read."""
    if searcher.title:
        (job,) = fields.jobs
        yield Found("family", job.family, _family(searcher, job, ()))
        return
    families: set[str] = set()
    jobs = {job.title: job for job in reversed(fields.jobs) if job.title}
    for job in reversed(jobs.values()):
        offers = _offers_of(searcher.reading.offers, job.title)
        span = _title(searcher, job.title, offers)
        yield Found("title", job.title, span)
        if job.family not in families:
            families.add(job.family)
            yield Found("family", job.family, _family(searcher, job, offers, span))
    if not jobs and fields.title:
        candidates = searcher.of_header()
        span = searcher.find("untermed_title", candidates, lambda found: found == fields.title)
        yield Found("title", fields.title, span)


def traits(searcher: Searcher, fields: PostingFields, named: Sequence[Found]) -> Iterator[Found]:
    """Yield the words that gave each role, each level, and the buckets of all.

    ``named`` are the titles.
    """
    spans = [found.span for found in named if found.field == "title"]
    yield from _traits(searcher, _ROLES, fields.roles, fields.role_bucket, spans)
    yield from _traits(searcher, _LEVELS, fields.levels, fields.level_bucket, spans)


def _traits(
    searcher: Searcher, trait: _Trait, values: Sequence[str], bucket: str, named: Sequence[Span]
) -> Iterator[Found]:
    spans = []
    for value in values:
        spans.append(_trait(searcher, trait, value, named))
        yield Found(trait.field, value, spans[-1])
    if bucket != "any":
        span = _bucket(searcher, trait, bucket, [s for s in spans if s.part == "text"])
        yield Found(trait.bucket_field, bucket, span)


def _trait(searcher: Searcher, trait: _Trait, value: str, named: Sequence[Span]) -> Span:
    def gives(text: str) -> bool:
        return value in trait.of_title(text)

    found = [span for span in named if gives(searcher.plain[span.start : span.end])]
    for span in found:
        if _is_alone(searcher, searcher.plain[span.start : span.end]):
            return span
    for offer in searcher.reading.offers:
        if gives(offer.text) and (known := _known(searcher, offer, offer.text)):
            return known
    candidates = chain(
        ((span.start, span.end) for span in found),
        _offering(searcher, gives),
        trait.of_body(searcher),
    )
    return searcher.find(trait.attribute, candidates, lambda answer: value in answer)


def _offering(searcher: Searcher, gives: Callable[[str], bool]) -> Candidates:
    """Yield the titles that name something, and the snippets and lines that they are in."""
    for offer in searcher.reading.offers:
        if gives(offer.text):
            yield from _around(searcher, offer, *filter(gives, split_titles(offer.text)))


def _bucket(searcher: Searcher, trait: _Trait, bucket: str, spans: Sequence[Span]) -> Span:
    for span in spans:
        text = searcher.plain[span.start : span.end]
        if _is_alone(searcher, text) and trait.bucket(trait.of_title(text)) == bucket:
            return span
    return searcher.find(
        trait.attribute, _hulls(spans), lambda found: trait.bucket(found) == bucket
    )


def _title(searcher: Searcher, title: str, offers: Sequence[Offer]) -> Span:
    for offer in offers:
        if span := _known(searcher, offer, title):
            return span
    around = (span for offer in offers for span in _around(searcher, offer, title))
    return searcher.find(
        "jobs_without_terms", around, lambda jobs: any(job.title == title for job in jobs)
    )


def _family(
    searcher: Searcher, job: Job, offers: Iterable[Offer], span: Span | None = None
) -> Span:
    title = searcher.plain[span.start : span.end] if span else ""
    if span and _is_alone(searcher, title) and family_of(title, _roles(title)) == job.family:
        return span
    around = (found for offer in offers for found in _around(searcher, offer))
    return searcher.find(
        "jobs_without_terms",
        chain((span[:2],) if span else (), around),
        lambda jobs: any(one.family == job.family for one in jobs),
    )


def _known(searcher: Searcher, offer: Offer, text: str) -> Span | None:
    """Return where an offer's line has a text of which it is known how it is read alone."""
    at = searcher.plain.find(text, *searcher.line(offer.line)) if _is_alone(searcher, text) else -1
    return Span(at, at + len(text), "text") if at >= 0 else None


def _is_alone(searcher: Searcher, text: str) -> bool:
    return not searcher.title and _is_title(text)


def _around(searcher: Searcher, offer: Offer, *texts: str) -> Candidates:
    """Yield where an offer's line has the texts, the offer, its line, and that with others."""
    start, end = searcher.line(offer.line)
    for text in (*texts, offer.text):
        if (at := searcher.plain.find(text, start, end)) >= 0:
            yield at, at + len(text)
    yield start, end
    yield from searcher.with_lines_above(start, end)


def _of_body(searcher: Searcher) -> Candidates:
    """Yield what engineers build, and where the text speaks of engineers."""
    found = searcher.all(_STACK)
    yield from searcher.near(found)
    for start in found:
        yield from ((start, other + _STACK_CHARS) for other in found if other > start)
    yield from searcher.near(searcher.all(_ENGINEERS))


def _of_years(searcher: Searcher) -> Candidates:
    """Yield years of experience, and addresses that name a level."""
    yield from searcher.near([*searcher.all(LEVEL_SLUG), *searcher.all(_YEARS)])


def _hulls(spans: Sequence[Span]) -> Candidates:
    """Yield spans, then what reaches from one to another and over all of them."""
    found = [(span.start, span.end) for span in spans]
    yield from found
    for start, end in found:
        for other_start, other_end in found:
            if start < other_start:
                yield start, max(end, other_end)
    if found:
        yield min(start for start, _ in found), max(end for _, end in found)


def _offers_of(offers: Sequence[Offer], title: str) -> list[Offer]:
    """Return the offers that have a title in their words or, shared with another, among theirs."""
    first = offers[:_MOST_OFFERS]
    # Splitting a sentence costs more than a search in it, and few have to be split.
    found = [offer for offer in first if title in offer.text]
    return found or [offer for offer in first if title in split_titles(offer.text)]


@lru_cache(maxsize=8192)
def _roles(text: str) -> tuple[str, ...]:
    return read_roles((text,), "")


@lru_cache(maxsize=8192)
def _levels(text: str) -> tuple[str, ...]:
    return read_levels((text,), "")


@lru_cache(maxsize=8192)
def _is_title(text: str) -> bool:
    """Return whether a text, alone, is read as a header of one segment that offers one job.

    Its roles and levels are then those of the text, without reading it.
    """
    labels = title_labels(text)
    return (
        "noun" in labels
        and "prose" not in labels
        and ("engineer" in labels or not labels.isdisjoint(ROLES) or labels.isdisjoint(LEVELS))
        and not _SEPARATES.search(text)
        and split_titles(text) == (text,)
    )


_ROLES = _Trait("roles", "roles", _roles, "role_bucket", role_bucket, _of_body)
_LEVELS = _Trait("levels", "levels", _levels, "level_bucket", level_bucket, _of_years)
