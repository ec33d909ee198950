"""Look a query up in the text index: one rule, one answer, two databases.

A query is first written without a NOT that stands alone, which no index can answer: as a query of
AND, OR and "but not", and whether its complement is meant. FTS5 has these three. In PostgreSQL each
phrase is a set of numbers as bits (include/serving/text/postgresql.py), and so are they.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TypeAlias

import sqlalchemy as sa

from include.serving.text.postgresql import PhraseSets, numbers_of, plans
from include.serving.text.query import All, Not, Phrase, Query
from include.serving.text.words import COMPANY, TITLE

__all__ = ["Found", "explain", "lookup"]

_PREFIXES = {"title": (TITLE,), "company": (COMPANY,), "text": ("",)}
_ANY_FIELD = ("", TITLE, COMPANY)
# All numbers as one text, which is read three times as fast as rows.
_FTS5 = "select group_concat(rowid) from text_index where text_index match ?"


@dataclass(frozen=True)
class Found:
    """Numbers of ``posting_texts``; with ``all_but`` every posting but these matches."""

    numbers: list[int]
    all_but: bool


@dataclass(frozen=True)
class _Term:
    """Words one after the other, as they are indexed: with their field's prefix."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class _Joined:
    """``and``: all parts; ``or``: one; ``not``: the first of two but not the second."""

    by: str
    parts: tuple[_Terms, ...]


_Terms: TypeAlias = _Term | _Joined


def lookup(connection: sa.Connection, query: Query) -> Found:
    """Return the postings that a query finds, by number, in no order."""
    terms, all_but = _positive(query)
    if connection.dialect.name == "sqlite":
        numbers = connection.exec_driver_sql(_FTS5, (_fts5(terms),)).scalar()
        return Found(json.loads(f"[{numbers or ''}]"), all_but)
    sets = PhraseSets(connection, (phrase.words for phrase in _phrases(terms)))
    return Found(numbers_of(_bits(terms, sets)), all_but)


def explain(connection: sa.Connection, query: Query) -> list[str]:
    """Return the database's plans for a query, line by line."""
    terms, _ = _positive(query)
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"explain query plan {_FTS5}", (_fts5(terms),))
        return [str(row[-1]) for row in rows]
    return [line for phrase in _phrases(terms) for line in plans(connection, phrase.words)]


def _positive(query: Query) -> tuple[_Terms, bool]:
    """Return the terms to look up, and whether all but what they find is meant."""
    if isinstance(query, Phrase):
        prefixes = _PREFIXES[query.field] if query.field else _ANY_FIELD
        terms = [_Term(tuple(prefix + word for word in query.words)) for prefix in prefixes]
        return _joined("or", terms), False
    if isinstance(query, Not):
        terms_of, all_but = _positive(query.part)
        return terms_of, not all_but
    parts = [_positive(part) for part in query.parts]
    plain = [terms for terms, all_but in parts if not all_but]
    negated = [terms for terms, all_but in parts if all_but]
    if isinstance(query, All):
        # not a and not b = not (a or b)
        return _but_not(plain, "and", negated, "or")
    # a or not b = not (b but not a)
    return _turned(_but_not(negated, "and", plain, "or"))


def _but_not(
    kept: list[_Terms], by: str, refused: list[_Terms], refused_by: str
) -> tuple[_Terms, bool]:
    if not kept:
        return _joined(refused_by, refused), True
    if not refused:
        return _joined(by, kept), False
    return _Joined("not", (_joined(by, kept), _joined(refused_by, refused))), False


def _turned(found: tuple[_Terms, bool]) -> tuple[_Terms, bool]:
    return found[0], not found[1]


def _joined(by: str, parts: list[_Terms] | list[_Term]) -> _Terms:
    return parts[0] if len(parts) == 1 else _Joined(by, tuple(parts))


def _fts5(terms: _Terms) -> str:
    """Return an FTS5 query; words have letters, digits and ``.+#:`` only, so quoting is safe."""
    if isinstance(terms, _Term):
        return f'"{" ".join(terms.words)}"'
    return "(" + f" {terms.by.upper()} ".join(map(_fts5, terms.parts)) + ")"


def _phrases(terms: _Terms) -> Iterator[_Term]:
    if isinstance(terms, _Term):
        yield terms
    else:
        for part in terms.parts:
            yield from _phrases(part)


def _bits(terms: _Terms, sets: PhraseSets) -> int:
    if isinstance(terms, _Term):
        return sets[terms.words]
    parts = [_bits(part, sets) for part in terms.parts]
    if terms.by == "not":
        return parts[0] & ~parts[1]
    return reduce(and_ if terms.by == "and" else or_, parts)
