"""Find the words that gave each answer of a posting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice

from include.postings.explained.found import Found
from include.postings.explained.jobs import titles, traits
from include.postings.explained.skills import skills
from include.postings.explained.spans import Candidates, Searcher, Span
from include.postings.extract import Reading
from include.postings.is_job import is_header, verdict
from include.postings.places import Place, country_of
from include.postings.result import PostingFields

__all__ = ["evidence_for", "refusal"]

_MOST_SEGMENTS = 4
_MOST_WORDS = 2
# What stands behind a town and says which it is: ", KS", " (Norway)".
_QUALIFIER = re.compile(r",? ?\(?\w[\w .]{1,24}\)?")


def refusal(reading: Reading) -> Iterator[Found]:
    """Yield the words that make a comment no job; an empty span if none did."""
    found = verdict(reading.header, reading.plain)
    yield Found("is_job", False, Span(*found.words, "text"), found.rule)


def evidence_for(reading: Reading, fields: PostingFields, *, is_comment: bool) -> Iterator[Found]:
    """Yield the words that gave each answer, field by field."""
    searcher = Searcher(reading)
    if is_comment:
        yield Found("is_job", True, _job(searcher))
    # A company that the record states is not read.
    if fields.company and not reading.company_is_stated:
        yield Found("company", fields.company, _company(searcher, fields.company))
    named = list(titles(searcher, fields))
    yield from named
    yield from _places(searcher, fields)
    yield from traits(searcher, fields, named)
    yield from _terms(searcher, fields)
    yield from skills(searcher)


def _job(searcher: Searcher) -> Span:
    header = searcher.header
    if is_header(searcher.reading.header, searcher.plain[slice(*header)]):
        return Span(*header, "text")
    return searcher.find("is_job", chain((header,), searcher.lines_with("offer")), bool)


def _company(searcher: Searcher, name: str) -> Span:
    # The company of the posting is known to every other reading of a span.
    return searcher.first(
        lambda text: Reading(text).company, _naming(searcher, name), lambda found: found == name
    )


def _naming(searcher: Searcher, name: str) -> Candidates:
    # "Acme |" is read as the header's first segment, at a tenth of the cost of a lone "Acme".
    if searcher.reading.header.piped and searcher.segments:
        start, end = searcher.segments[0]
        yield start, searcher.plain.find("|", end) + 1
    # A host is written in lower case.
    found = list(searcher.called(name)) or list(searcher.called(name.lower()))
    yield from found
    segments = searcher.segments[:_MOST_SEGMENTS]
    yield from segments
    yield from ((segments[0][0], end) for _, end in segments[1:])
    for span in found:
        yield from searcher.around(*span)
    for _, end in found:
        yield searcher.header[0], end


def _places(searcher: Searcher, fields: PostingFields) -> Iterator[Found]:
    spans: list[tuple[int, int]] = []
    for place in fields.places:
        span = searcher.find("places", _placing(searcher, place), partial(_are, place))
        spans.append((span.start, span.end))
        value = {"place_id": place.place_id, "name": place.name, "relation": place.relation}
        yield Found("places", value, span)
    if country := fields.country:
        span = searcher.find("places", spans, lambda found: country_of(found) == country)
        yield Found("country", country, span)


def _are(place: Place, found: Sequence[Place]) -> bool:
    """Return whether a place is among those found, however it is written."""
    return any(one._replace(written=place.written) == place for one in found)


def _placing(searcher: Searcher, place: Place) -> Candidates:
    found = list(searcher.called(place.written))
    for start, end in found:
        yield start, end
        # The state or country that says which: "Smallville, KS".
        if behind := _QUALIFIER.match(searcher.plain, end):
            yield start, behind.end()
    for start, end in found if place.relation == "hire_from" else ():
        yield from searcher.with_cue("remote", start, end)
    yield from searcher.of_header()
    for span in found:
        yield from searcher.around(*span)
    for _, end in found:
        yield searcher.header[0], end


def _terms(searcher: Searcher, fields: PostingFields) -> Iterator[Found]:
    if fields.remote != "unspecified":
        words = islice(searcher.words("remote"), _MOST_WORDS)
        candidates = chain(searcher.in_header("remote"), words, searcher.cued("remote"))
        span = searcher.find("remote", candidates, lambda found: found == fields.remote)
        yield Found("remote", fields.remote, span)
    if salary := fields.salary:
        candidates = chain(searcher.in_header("pay"), searcher.cued("pay"), searcher.of_header())
        span = searcher.find("salary", candidates, lambda found: found == salary)
        yield Found("salary", salary.to_dict(), span)
    if fields.visa != "unspecified":
        span = searcher.find("visa", searcher.cued("visa"), lambda found: found == fields.visa)
        yield Found("visa", fields.visa, span)
