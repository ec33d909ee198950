"""An answer's records, each with the very text that the API sent for it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from include.errors import MalformedAnswerError

__all__ = ["Answer", "read_answer"]

_BLANK = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class Answer:
    """``records`` are (value, text) in the order sent; ``envelope`` is all that is around them."""

    records: list[tuple[Any, str]]
    envelope: dict[str, Any]


def read_answer(text: str, field: str) -> Answer:
    """Return the records of a JSON object's array ``field``, with the rest of the object.

    A record's text is a slice of the answer: no number or escape is written anew. Raises
    MalformedAnswerError for what is not JSON, not an object, or without the array.
    """
    reader = _Reader(text)
    try:
        envelope, records = reader.object_with(field)
    except (ValueError, RecursionError) as error:
        raise _malformed(f"is not the JSON expected ({error})", text) from error
    if records is None:
        raise _malformed(f"has no list of {field!r}", text)
    return Answer(records, envelope)


def _malformed(what: str, text: str) -> MalformedAnswerError:
    return MalformedAnswerError(
        f"The answer {what}; it begins {text[:60]!r}",
        next_step="open the address in a browser: a proxy or an error page may be answering.",
    )


class _Reader:
    """Walks over one JSON object, with the standard library's own scanner for each value."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._decoder = json.JSONDecoder(parse_constant=_no_constant)

    def object_with(self, field: str) -> tuple[dict[str, Any], list[tuple[Any, str]] | None]:
        envelope: dict[str, Any] = {}
        records = None
        self._expect("{")
        while not self._found("}"):
            name, _ = self._value()
            self._expect(":")
            if name == field and self._found("["):
                records = self._elements()
            else:
                envelope[str(name)], _ = self._value()
            self._comma_before("}")
        self._blank()
        if self._at != len(self._text):
            raise ValueError("something follows the object")
        return envelope, records

    def _elements(self) -> list[tuple[Any, str]]:
        found = []
        while not self._found("]"):
            found.append(self._value())
            self._comma_before("]")
        return found

    def _value(self) -> tuple[Any, str]:
        self._blank()
        start = self._at
        value, self._at = self._decoder.raw_decode(self._text, start)
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
        """Pass a comma with another element behind it; else the end must be there."""
        if self._found(","):
            self._blank()
            if self._text.startswith(end, self._at):
                raise ValueError(f"a comma before {end!r} at character {self._at}")
            return
        self._blank()
        if not self._text.startswith(end, self._at):
            raise ValueError(f"expected ',' or {end!r} at character {self._at}")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
