"""The language of searches: words, "a phrase", OR, -minus, field:word and parentheses.

All words must be there; OR stands between alternatives and binds closest ("python remote OR hybrid"
is Python, and remote or hybrid). AND and NOT may be written, in capitals as OR: beside AND, an OR
needs parentheses. A field before a word, a phrase or parentheses restricts it; a run such as
"CI/CD" is a phrase, and a run without a word, such as "&", says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, NoReturn, TypeAlias

from include.errors import ConfigurationError
from include.serving.text.words import words

__all__ = [
    "FIELDS",
    "MAX_QUERY_CHARS",
    "All",
    "AnyOf",
    "Not",
    "Phrase",
    "Query",
    "QueryError",
    "parse_query",
    "wanted_phrases",
]

FIELDS = ("title", "company", "text")
MAX_QUERY_CHARS = 500
MAX_PHRASES = 32
MAX_DEPTH = 8
"""Parentheses within parentheses."""

_CLOSING = {'"': '"', "\N{LEFT DOUBLE QUOTATION MARK}": "\N{RIGHT DOUBLE QUOTATION MARK}"}
_TOKEN = re.compile(
    r"""
    \s* (?:
    (?P<open>\() | (?P<close>\)) | (?P<quote>["\u201c])
    | (?P<operator>(?:OR|AND|NOT)(?![^\s()"\u201c]))
    | (?P<minus>-)
    | (?P<field>[^\W\d_]+):                 # title:  company:
    | (?P<run>[^\s()"\u201c]+)
    )
    """,
    re.VERBOSE,
)


class QueryError(ConfigurationError, ValueError):
    """A query that is not one of the language; the message has the position and what is expected.

    A ValueError, too: so pydantic reports it as the parameter's.
    """


@dataclass(frozen=True)
class Phrase:
    """Words one after the other, in one field; without ``field`` in any."""

    words: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True)
class All:
    """Each of the parts, at least two."""

    parts: tuple[Query, ...]


@dataclass(frozen=True)
class AnyOf:
    """One of the parts, at least two."""

    parts: tuple[Query, ...]


@dataclass(frozen=True)
class Not:
    """What the part does not find."""

    part: Query


Query: TypeAlias = Phrase | All | AnyOf | Not


@lru_cache(256)
def parse_query(text: str) -> Query:
    """Return what a text asks for; raise QueryError if it is not a query."""
    if len(text) > MAX_QUERY_CHARS:
        _fail(MAX_QUERY_CHARS, f"the query is longer than {MAX_QUERY_CHARS} characters")
    parser = _Parser(text)
    found = parser.conjunction(0)
    if parser.next.kind == "close":
        parser.fail('this ")" closes nothing')
    if found is None:
        parser.fail("a word is expected", at=0)
    return found


def wanted_phrases(query: Query) -> Iterator[Phrase]:
    """Yield the phrases that a text may have: all but those that it must not have."""
    if isinstance(query, Phrase):
        yield query
    elif not isinstance(query, Not):
        for part in query.parts:
            yield from wanted_phrases(part)


def _fail(position: int, what: str) -> NoReturn:
    raise QueryError(
        f"q, character {position + 1}: {what}.",
        next_step='write words, "a phrase", OR, -word, title:word, company:word or text:word.',
    )


class _Token(NamedTuple):
    kind: str
    value: str
    position: int
    end: int


class _Parser:
    """Recursive descent; the depth is bounded by MAX_DEPTH."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.phrases = 0
        self.next = self._token(0)

    def fail(self, what: str, at: int | None = None) -> NoReturn:
        _fail(self.next.position if at is None else at, what)

    def conjunction(self, depth: int) -> Query | None:
        """Return what stands up to a ``)`` or the end; None if there is no word in it."""
        parts: list[Query] = []
        joined, divided = -1, False
        while self.next.kind not in ("close", "end"):
            if self.next.value == "AND" and self.next.kind == "operator":
                if not parts:
                    self.fail("a word is expected before AND")
                joined = self.next.position
                self._advance()
                self._expect_operand("AND")
            part, is_divided = self._alternatives(depth)
            divided |= is_divided
            if part is not None:
                parts.append(part)
        if joined >= 0 and divided:
            self.fail("AND beside OR needs parentheses: a AND (b OR c)", at=joined)
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _alternatives(self, depth: int) -> tuple[Query | None, bool]:
        """Return one part of a conjunction, and whether it has an OR."""
        if self._is_operator("OR"):
            self.fail("a word is expected before OR")
        first = self._factor(depth)
        if not self._is_operator("OR"):
            return first, False
        if first is None:
            self.fail("a word is expected before OR")
        parts = [first]
        while self._is_operator("OR"):
            self._advance()
            parts.append(self._operand(depth, "OR"))
        return AnyOf(tuple(parts)), True

    def _factor(self, depth: int) -> Query | None:
        if self.next.kind == "minus" or self._is_operator("NOT"):
            sign = "-" if self.next.kind == "minus" else "NOT"
            end = self.next.end
            self._advance()
            if sign == "-" and (self.next.kind == "end" or self.next.position != end):
                self.fail("a word is expected directly after -", at=end - 1)
            if self.next.kind == "minus" or self._is_operator("NOT"):
                self.fail(f"a word is expected after {sign}, not a second one")
            return Not(self._operand(depth, sign))
        if self.next.kind == "field":
            return self._fielded(depth)
        return self._primary(depth)

    def _operand(self, depth: int, after: str) -> Query:
        """Return the factor that must stand here."""
        self._expect_operand(after)
        position = self.next.position
        if (found := self._factor(depth)) is None:
            self.fail(f"a word is expected after {after}", at=position)
        return found

    def _expect_operand(self, after: str) -> None:
        if self.next.kind in ("close", "end") or (
            self.next.kind == "operator" and self.next.value != "NOT"
        ):
            self.fail(f"a word is expected after {after}")

    def _fielded(self, depth: int) -> Query:
        field, start, end = self.next.value.lower(), self.next.position, self.next.end
        if field not in FIELDS:
            known = ", ".join(f"{name}:" for name in FIELDS)
            self.fail(f"no such field; expected {known} or the words in quotation marks")
        self._advance()
        if self.next.position != end or self.next.kind not in ("run", "quote", "open"):
            self.fail(f'a word, a "phrase" or ( is expected directly after {field}:', at=end - 1)
        found = self._primary(depth)
        if found is None:
            self.fail(f"a word is expected after {field}:", at=end)
        return _within(found, field, start)

    def _primary(self, depth: int) -> Query | None:
        kind, value, position, end = self.next
        if kind == "open":
            return self._group(depth, position)
        if kind == "quote":
            closing = self.text.find(_CLOSING[value], end)
            # Typographic and plain marks are mixed by keyboards that change one of them.
            if closing < 0 and (closing := self.text.find('"', end)) < 0:
                self.fail('this quotation mark is not closed: another " is expected')
            value, end = self.text[end:closing], closing + 1
        self.next = self._token(end)
        found = tuple(words(value))
        if not found:
            return None
        self.phrases += len(found)
        if self.phrases > MAX_PHRASES:
            self.fail(f"more than {MAX_PHRASES} words", at=position)
        return Phrase(found)

    def _group(self, depth: int, position: int) -> Query | None:
        if depth == MAX_DEPTH:
            self.fail(f"more than {MAX_DEPTH} parentheses within each other")
        self._advance()
        found = self.conjunction(depth + 1)
        if self.next.kind != "close":
            self.fail('this "(" is not closed: a ")" is expected', at=position)
        self._advance()
        return found

    def _is_operator(self, name: str) -> bool:
        return self.next.kind == "operator" and self.next.value == name

    def _advance(self) -> None:
        self.next = self._token(self.next.end)

    def _token(self, at: int) -> _Token:
        found = _TOKEN.match(self.text, at)
        if found is None or found.lastgroup is None:
            return _Token("end", "", len(self.text), len(self.text))
        kind = found.lastgroup
        return _Token(kind, found[kind], found.start(kind), found.end())


def _within(query: Query, field: str, position: int) -> Query:
    """Return the query restricted to a field."""
    if isinstance(query, Phrase):
        if query.field is not None:
            _fail(position, f"{query.field}: stands within {field}:; one field is expected")
        return replace(query, field=field)
    if isinstance(query, Not):
        return Not(_within(query.part, field, position))
    return type(query)(tuple(_within(part, field, position) for part in query.parts))
