"""Searches: which jobs have the words of a query, and in what order."""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import BitMap

from include.insights.index.sets import bits_of
from include.insights.store import Snapshot
from include.serving.text.query import All, AnyOf, Phrase, Query, parse_query, wanted_phrases
from include.serving.text.search import combined, lookup

__all__ = ["matching", "ranked"]

_IN_TITLE, _OF_COMPANY, _ANYWHERE, _IN_ORDER = 4, 2, 1, 2
"""What a match counts in the order by relevance: a word in the title most."""
_MOST_RANKED = 8  # phrases of a query that its order looks at


def matching(snapshot: Snapshot, text: str) -> int:
    """Return the jobs of the postings that a query finds, as bits; phrases are cached.

    Raises QueryError for a text that is not a query.
    """
    return _matching(snapshot, parse_query(text))


def ranked(snapshot: Snapshot, text: str, bits: int) -> Iterator[tuple[int, int]]:
    """Yield score and jobs of a set, the best score first.

    A word or phrase counts 4 in the title, 2 in the company's name and, where the query has
    alternatives, 1 anywhere; words that follow one another as in the query count 2 more, and 4 more
    in the title. Frequency does not count: who repeats a word does not stand first.
    """
    counter: list[int] = []
    for points, query in _criteria(parse_query(text)):
        _count(counter, bits & _matching(snapshot, query), points)
    yield from _by_score(counter, bits, len(counter), 0)


def _matching(snapshot: Snapshot, query: Query) -> int:
    postings = snapshot.index.postings
    found = combined(query, lambda phrase: _having(snapshot, phrase), lambda: postings.firsts)
    return postings.groups.fill(bits_of(found))


def _having(snapshot: Snapshot, phrase: Phrase) -> BitMap:
    """Return the first job of each posting that has a phrase."""
    kept = snapshot.memory.matches.get(phrase)
    if kept is None:
        connection = snapshot.connection
        kept = lookup(connection, phrase, lambda: snapshot.memory.text_starts(connection))
        snapshot.memory.matches.put(phrase, kept)
    return kept


def _criteria(query: Query) -> Iterator[tuple[int, Query]]:
    phrases = list(dict.fromkeys(wanted_phrases(query)))[:_MOST_RANKED]
    plain = [phrase.words for phrase in phrases if phrase.field is None]
    if len(plain) > 1:
        together = tuple(word for words in plain for word in words)
        yield _IN_ORDER, Phrase(together)
        yield _IN_TITLE, Phrase(together, "title")
    for phrase in phrases:
        if phrase.field in (None, "title"):
            yield _IN_TITLE, Phrase(phrase.words, "title")
        if phrase.field in (None, "company"):
            yield _OF_COMPANY, Phrase(phrase.words, "company")
        if _has_alternatives(query):
            yield _ANYWHERE, phrase


def _has_alternatives(query: Query) -> bool:
    if isinstance(query, All):
        return any(map(_has_alternatives, query.parts))
    return isinstance(query, AnyOf)


def _count(counter: list[int], bits: int, points: int) -> None:
    """Add points to the jobs in ``bits``; ``counter`` has a bitmap a binary digit of the sums."""
    for digit in range(points.bit_length()):
        carry, at = bits if points >> digit & 1 else 0, digit
        while carry:
            counter += [0] * (at + 1 - len(counter))
            counter[at], carry = counter[at] ^ carry, counter[at] & carry
            at += 1


def _by_score(counter: list[int], bits: int, digits: int, score: int) -> Iterator[tuple[int, int]]:
    if not bits:
        return
    if not digits:
        yield score, bits
        return
    high = bits & counter[digits - 1]
    yield from _by_score(counter, high, digits - 1, score + (1 << digits - 1))
    yield from _by_score(counter, bits ^ high, digits - 1, score)
