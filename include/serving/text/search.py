"""Look a query up in the text index: one rule, one answer, two databases.

The index finds the numbers of a phrase: in SQLite by FTS5, in PostgreSQL as bits
(include/serving/text/postgresql.py). AND, OR and NOT are operations on sets of postings: words are
asked for again and again, and only new ones are looked up.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import sqlalchemy as sa
from pyroaring import BitMap

from include.serving.text.postgresql import PhraseSets, numbers_of, plans
from include.serving.text.query import All, Not, Phrase, Query
from include.serving.text.words import COMPANY, TITLE

__all__ = ["combined", "explain", "lookup"]

_PREFIXES = {"title": (TITLE,), "company": (COMPANY,), "text": ("",)}
_ANY_FIELD = ("", TITLE, COMPANY)
# All numbers as one text, which is read three times as fast as rows.
_FTS5 = "select group_concat(rowid) from text_index where text_index match ?"


def lookup(connection: sa.Connection, phrase: Phrase) -> list[int]:
    """Return the postings that have a phrase, by number of ``posting_texts``, in no order."""
    runs = _runs(phrase)
    if connection.dialect.name == "sqlite":
        numbers = connection.exec_driver_sql(_FTS5, (_fts5(runs),)).scalar()
        found: list[int] = json.loads(f"[{numbers or ''}]")
        return found
    sets = PhraseSets(connection, runs)
    bits = 0
    for run in runs:
        bits |= sets[run]
    return numbers_of(bits)


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
        rows = connection.exec_driver_sql(f"explain query plan {_FTS5}", (_fts5(runs),))
        return [str(row[-1]) for row in rows]
    return [line for run in runs for line in plans(connection, run)]


_Run = tuple[str, ...]
"""Words one after the other, as they are indexed: with their field's prefix."""


def _runs(phrase: Phrase) -> list[_Run]:
    """Return the runs of which a posting has one."""
    prefixes = _PREFIXES[phrase.field] if phrase.field else _ANY_FIELD
    return [tuple(prefix + word for word in phrase.words) for prefix in prefixes]


def _fts5(runs: list[_Run]) -> str:
    """Return an FTS5 query; words have letters, digits and ``.+#:`` only, so quoting is safe."""
    return " OR ".join(f'"{" ".join(run)}"' for run in runs)
