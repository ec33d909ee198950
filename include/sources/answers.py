"""Split an API answer into records, each with the exact text that the API sent."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, NoReturn

from include.errors import MalformedAnswerError
from include.sources.record import Reason

__all__ = ["Answer", "Unread", "read_answer", "read_array", "read_value"]

# Cuts a key in an error message: the sender chooses its length.
_NAME_CHARACTERS = 60
# The four blanks of JSON (RFC 8259, section 2); \s would accept more.
_BLANK = re.compile(r"[ \t\n\r]*")


# A value without quotes or brackets: "-1.5e3", "true", "NaN".
_BARE = re.compile(r"[-+\w.]+")
# Strings are matched whole, so that a bracket inside one ("a ] b") is not counted.
_STRING_OR_BRACKETS = re.compile(r'"(?:[^"\\]+|\\.)*"|[\[{]+|[\]}]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unread:
    """The value of a record that is complete but unreadable; no source may parse it."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``records`` are (value, text) in the order sent; ``envelope`` is the rest of the object.

    The value of an unreadable record is an :class:`Unread`: nested too deeply, a number of
    thousands of digits, NaN, or an object with a duplicate key.
    """

    records: list[tuple[Any, str]]
    envelope: dict[str, Any]


def read_answer(text: str, field: str) -> Answer:
    """Return the records in the array ``field`` of a JSON object, and the rest of the object.

    A record's text is a slice of the answer, so numbers and escapes keep their spelling. Raises
    MalformedAnswerError if the text is not JSON, not an object, or lacks the array.
    """
    reader = _Reader(text)
    try:
        envelope, records = reader.object_with(field)
    except (ValueError, RecursionError) as error:
        raise _malformed(f"is not the JSON expected ({error})", text) from error
    if records is None:
        raise _malformed(f"has no list of {field!r}", text)
    return Answer(records, envelope)


def read_array(text: str) -> list[tuple[Any, str]]:
    """Return the elements of a JSON array; errors and texts as in :func:`read_answer`."""
    reader = _Reader(text)
    try:
        return reader.array()
    except (ValueError, RecursionError) as error:
        raise _malformed(f"is not the JSON expected ({error})", text) from error


def read_value(text: str) -> Any:
    """Return the value of one record's text, or an Unread.

    Duplicate keys are refused: Python keeps the last, DuckDB the first, so the value checked here
    would not be the value counted there. Raises ValueError if the text is not JSON.
    """
    reader = _Reader(text)
    value, _ = reader.element()
    reader.end()
    return value


def _malformed(what: str, text: str) -> MalformedAnswerError:
    return MalformedAnswerError(
        f"The answer {what}; it begins {text[:60]!r}",
        next_step="open the address in a browser: a proxy or an error page may be answering.",
    )


class _Reader:
    """Scans one JSON object; the standard library's decoder reads each value."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def object_with(self, field: str) -> tuple[dict[str, Any], list[tuple[Any, str]] | None]:
        envelope: dict[str, Any] = {}
        records = None
        self._expect("{")
        while not self._found("}"):
            name, _ = self._value()
            self._expect(":")
            if name == field and self._found("["):
                if records is not None:
                    raise ValueError(f"duplicate key {field!r}")
                records = self._elements()
            else:
                envelope[str(name)], _ = self._value()
            self._comma_before("}")
        self.end()
        return envelope, records

    def array(self) -> list[tuple[Any, str]]:
        self._expect("[")
        records = self._elements()
        self.end()
        return records

    def element(self) -> tuple[Any, str]:
        """Return the next value and its text; a complete but unreadable value is an Unread.

        Raises ValueError if the text is malformed: the end of the value is then unknown.
        """
        self._blank()
        start = self._at
        value: Any
        try:
            value, self._at = _RECORDS.raw_decode(self._text, start)
        # A subclass of ValueError, so it must come first.
        except json.JSONDecodeError:
            raise
        except _DuplicateKeyError as error:
            value, self._at = Unread(Reason.DUPLICATE_KEY, str(error)), self._end_of(start)
        except (ValueError, RecursionError) as error:
            value, self._at = Unread(Reason.MALFORMED_JSON, str(error)), self._end_of(start)
        return value, self._text[start : self._at]

    def end(self) -> None:
        """Raise ValueError unless the whole text was read."""
        self._blank()
        if self._at != len(self._text):
            raise ValueError("extra data after the value")

    def _end_of(self, start: int) -> int:
        """Return the end of the value at ``start``, found by its brackets alone."""
        if bare := _BARE.match(self._text, start):
            return bare.end()
        depth = 0
        for match in _STRING_OR_BRACKETS.finditer(self._text, start):
            marks = match[0]
            if marks[0] == '"':
                continue
            # A run of brackets is one match: a million of them must not cost a million searches.
            for at, mark in enumerate(marks, match.start()):
                depth += 1 if mark in "[{" else -1
                if depth == 0:
                    return at + 1
        raise ValueError("unterminated record")

    def _elements(self) -> list[tuple[Any, str]]:
        found = []
        while not self._found("]"):
            found.append(self.element())
            self._comma_before("]")
        return found

    def _value(self) -> tuple[Any, str]:
        self._blank()
        start = self._at
        value, self._at = _ENVELOPE.raw_decode(self._text, start)
        return value, self._text[start : self._at]

    def _blank(self) -> None:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _found(self, mark: str) -> bool:
        self._blank()
        if not self._text.startswith(mark, self._at):
            return False
        self._at += len(mark)
        return True

    def _expect(self, mark: str) -> None:
        if not self._found(mark):
            raise ValueError(f"expected {mark!r} at character {self._at}")

    def _comma_before(self, end: str) -> None:
        """Consume a comma that precedes another element; without one, require the end."""
        if self._found(","):
            self._blank()
            if self._text.startswith(end, self._at):
                raise ValueError(f"trailing comma before {end!r} at character {self._at}")
            return
        self._blank()
        if not self._text.startswith(end, self._at):
            raise ValueError(f"expected ',' or {end!r} at character {self._at}")


class _DuplicateKeyError(ValueError):
    """An object has a duplicate key."""


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, times in Counter(n for n, _ in pairs).items() if times > 1)
        raise _DuplicateKeyError(f"duplicate key {twice[:_NAME_CHARACTERS]!r} in an object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# Only records are checked for duplicate keys: the envelope is not stored.
_ENVELOPE = json.JSONDecoder(parse_constant=_no_constant)
_RECORDS = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_unambiguous)
