"""Look a query up in the text index: one rule, one answer, two databases.

The index finds a phrase's postings: in SQLite as sets of positions and by FTS5
(include/serving/text/sqlite.py), in PostgreSQL as bits (include/serving/text/postgresql.py). AND,
OR and NOT are operations on sets of postings: words are asked for again and again, and only new
ones are looked up.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from pyroaring import BitMap

from include.serving.text import postgresql, sqlite
from include.serving.text.query import All, Not, Phrase, Query
from include.serving.text.words import COMPANY, TITLE

__all__ = ["combined", "explain", "lookup"]

_PREFIXES = {"title": (TITLE,), "company": (COMPANY,), "text": ("",)}
_ANY_FIELD = ("", TITLE, COMPANY)


def lookup(
    connection: sa.Connection, phrase: Phrase, starts: Callable[[], Sequence[int]]
) -> BitMap:
    """Return the first job of each posting that has a phrase.

    ``starts`` returns its position by the number that the posting has in ``posting_texts``.
    """
    runs = _runs(phrase)
    if connection.dialect.name == "sqlite":
        sets, queries = sqlite.stored_runs(connection, runs)
        numbers = sqlite.numbers_of_runs(connection, queries)
    else:
        found = postgresql.PhraseSets(connection, runs)
        bits = 0
        for run in runs:
            bits |= found[run]
        sets, numbers = [], postgresql.numbers_of(bits)
    if numbers:
        positions = array("I", map(starts().__getitem__, numbers))
        # Without runs, as stored sets are.
        sets.append(BitMap(positions, optimize=False))
    return sets[0] if len(sets) == 1 else BitMap.union(BitMap(), *sets)


def combined(
    query: Query, of: Callable[[Phrase], BitMap], everything: Callable[[], BitMap]
) -> BitMap:
    """Return what a query finds; ``of`` returns what one phrase does."""
    if isinstance(query, Phrase):
        return of(query)
    if isinstance(query, Not):
        return everything() - combined(query.part, of, everything)
    parts = [combined(part, of, everything) for part in query.parts]
    return BitMap.intersection(*parts) if isinstance(query, All) else BitMap.union(*parts)


def explain(connection: sa.Connection, phrase: Phrase) -> list[str]:
    """Return the database's plans for a phrase, line by line."""
    runs = _runs(phrase)
    if connection.dialect.name == "sqlite":
        return [*sqlite.plans(connection, runs)]
    return [line for run in runs for line in postgresql.plans(connection, run)]


_Run = tuple[str, ...]
"""Words one after the other, as they are indexed: with their field's prefix."""


def _runs(phrase: Phrase) -> list[_Run]:
    """Return the runs of which a posting has one."""
    prefixes = _PREFIXES[phrase.field] if phrase.field else _ANY_FIELD
    return [tuple(prefix + word for word in phrase.words) for prefix in prefixes]
