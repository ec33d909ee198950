"""The words that name each skill: its spelling and, where that needs one, its witness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial

from include.postings.explained.found import Found
from include.postings.explained.spans import Candidates, Searcher, Span
from include.postings.extract import Reading
from include.postings.technologies import Find, default_matcher

__all__ = ["skills"]

_SEPARATOR_CHARS = 10
"""The most between two technologies of one list."""
_NEIGHBOURS = 5
_CACHED_CHARS = 200


def skills(searcher: Searcher) -> Iterator[Found]:
    """Yield the first mention of each technology, with the words that confirm it."""
    finds = _finds(searcher.reading)
    seen: set[str] = set()
    for number, find in enumerate(finds):
        if find.technology.id not in seen:
            seen.add(find.technology.id)
            yield _skill(searcher, finds, number)


def _skill(searcher: Searcher, finds: Sequence[Find], number: int) -> Found:
    technology, start, end, _ = finds[number]
    if technology.id in _named(searcher.plain[start:end]):
        return Found("skills", technology.name, Span(start, end, "text"))
    if (span := _beside(searcher, finds, number)) is not None:
        return Found("skills", technology.name, span, "witness")
    span = searcher.first(
        partial(_technologies, company=searcher.reading.company),
        _with_witness(searcher, finds, number),
        lambda named: technology.id in named,
    )
    return Found("skills", technology.name, span, "witness")


def _beside(searcher: Searcher, finds: Sequence[Find], number: int) -> Span | None:
    """Return a find with a neighbour of its list that is certain, which confirms it."""
    for first in (number - 1, number):
        if first < 0 or first + 1 == len(finds) or not _are_listed(finds, first):
            continue
        start, end = finds[first].start, finds[first + 1].end
        pair = finds[first : first + 2]
        if any(
            f.certain and f.technology.id in _named(searcher.plain[f.start : f.end]) for f in pair
        ):
            return Span(start, end, "text")
    return None


def _is_certain(searcher: Searcher, find: Find) -> bool:
    return find.certain and find.technology.id in _named(searcher.plain[find.start : find.end])


def _finds(reading: Reading) -> list[Find]:
    """Return the finds with their offsets in the whole text."""
    start, end = reading.left_out
    size = end - start
    return [
        find._replace(start=find.start + size, end=find.end + size)
        if size and find.start >= start
        else find
        for find in reading.finds
    ]


def _with_witness(searcher: Searcher, finds: Sequence[Find], number: int) -> Candidates:
    """Yield a find with a neighbour, with its list, with the words around it."""
    find = finds[number]
    first = last = number
    while first > max(0, number - _NEIGHBOURS) and _are_listed(finds, first - 1):
        first -= 1
    while last < min(len(finds) - 1, number + _NEIGHBOURS) and _are_listed(finds, last):
        last += 1
    for other in (number - 1, number + 1):
        if first <= other <= last:
            yield min(find.start, finds[other].start), max(find.end, finds[other].end)
    yield finds[first].start, finds[last].end
    yield from searcher.widening(find.start, find.end)
    yield from searcher.around(find.start, find.end)


def _are_listed(finds: Sequence[Find], number: int) -> bool:
    return finds[number + 1].start - finds[number].end <= _SEPARATOR_CHARS


def _technologies(text: str, *, company: str | None) -> frozenset[str]:
    """Return the ids of the technologies that a text asks for."""
    if len(text) < _CACHED_CHARS and not (company and company in text):
        return _named(text)
    return frozenset(f.technology.id for f in default_matcher().asked(text, own_name=company))


@lru_cache(maxsize=8192)
def _named(text: str) -> frozenset[str]:
    return frozenset(find.technology.id for find in default_matcher().finds(text))
