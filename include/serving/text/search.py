"""Look a query up in the text index: one rule, one answer, two databases.

A query is first written without a NOT that stands alone, which no index can answer: as a query of
AND, OR and "but not", and whether its complement is meant. FTS5 has these three. PostgreSQL's GIN
index finds the words exactly, and of a phrase those texts that have all its words, which are then
compared with it as stored; sets of numbers are united, intersected and subtracted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa

from include.serving.text.query import All, Not, Phrase, Query
from include.serving.text.words import COMPANY, TITLE

__all__ = ["Found", "explain", "lookup"]

_PREFIXES = {"title": (TITLE,), "company": (COMPANY,), "text": ("",)}
_ANY_FIELD = ("", TITLE, COMPANY)
# The expression of the index, as the migration wrote it.
_SCAN = (
    "select number from text_index where "
    "array_to_tsvector(string_to_array(btrim(words), ' ')) @@ cast(%s as tsquery)"
)


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
    with _planned(connection):
        numbers = connection.exec_driver_sql(*_statement(connection, terms)).scalar()
    return Found(json.loads(f"[{numbers or ''}]"), all_but)


def explain(connection: sa.Connection, query: Query) -> list[str]:
    """Return the database's plan for a query, line by line."""
    sql, parameters = _statement(connection, _positive(query)[0])
    verb = "explain query plan" if connection.dialect.name == "sqlite" else "explain"
    with _planned(connection):
        rows = connection.exec_driver_sql(f"{verb} {sql}", parameters)
        return [str(row[-1]) for row in rows]


@contextmanager
def _planned(connection: sa.Connection) -> Iterator[None]:
    """Make PostgreSQL use its index, whatever share of the texts a word is in.

    The planner takes cutting a text into words for as cheap as comparing two numbers.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    connection.exec_driver_sql("set local enable_seqscan = off")
    yield
    connection.exec_driver_sql("set local enable_seqscan = on")


def _statement(connection: sa.Connection, terms: _Terms) -> tuple[str, tuple[str, ...]]:
    """Return the query of all numbers as one text, which is read three times as fast as rows."""
    if connection.dialect.name == "sqlite":
        return "select group_concat(rowid) from text_index where text_index match ?", (
            _fts5(terms),
        )
    return _postgresql(terms)


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


def _postgresql(terms: _Terms) -> tuple[str, tuple[str, ...]]:
    parameters: list[str] = []
    sets = _sets(terms, "", parameters)
    return f"select string_agg(cast(number as text), ',') from {sets} as found", tuple(parameters)


def _sets(terms: _Terms, within: str, parameters: list[str]) -> str:
    """Return the SQL of the numbers found, as sets of what each index scan finds.

    ``within`` is a tsquery that the answer fulfils anyway: fewer phrases are then compared.
    """
    if not _has_phrase(terms):
        parameters.append(_and(_tsquery(terms), within))
        return f"({_SCAN})"
    if isinstance(terms, _Term):
        parameters += [_and(_tsquery(terms), within), f" {' '.join(terms.words)} "]
        return f"({_SCAN} and strpos(words, %s) > 0)"
    if terms.by == "or":
        return f"({' union '.join(_sets(part, within, parameters) for part in terms.parts)})"
    if terms.by == "and":
        for part in terms.parts:
            within = within if _has_phrase(part) else _and(_tsquery(part), within)
        parts = [_sets(part, within, parameters) for part in terms.parts if _has_phrase(part)]
        return f"({' intersect '.join(parts)})"
    kept, refused = terms.parts
    there = _sets(kept, within, parameters)
    within = within if _has_phrase(kept) else _and(_tsquery(kept), within)
    return f"({there} except {_sets(refused, within, parameters)})"


def _tsquery(terms: _Terms) -> str:
    """Return the tsquery of words; of a phrase that of all its words."""
    if isinstance(terms, _Term):
        return "(" + " & ".join(f"'{word}'" for word in terms.words) + ")"
    by = {"and": " & ", "or": " | ", "not": " & !"}[terms.by]
    return f"({by.join(map(_tsquery, terms.parts))})"


def _and(tsquery: str, within: str) -> str:
    return f"{tsquery} & {within}" if within else tsquery


def _has_phrase(terms: _Terms) -> bool:
    if isinstance(terms, _Term):
        return len(terms.words) > 1
    return any(map(_has_phrase, terms.parts))
