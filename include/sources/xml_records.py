"""Read the repeated elements of an XML feed as JSON-like records, safely and in linear time.

A document type is refused, and with it every entity of its own ("billion laughs", local files:
https://docs.python.org/3/library/xml.html#xml-security).
"""

from __future__ import annotations

import json
from typing import Any, NoReturn
from xml.parsers import expat

from include.errors import MalformedAnswerError

__all__ = ["many", "read_xml"]

_MAX_DEPTH = 50
_BUFFER_BYTES = 1 << 16


def read_xml(text: str, root: str, record: str) -> tuple[list[tuple[Any, str]], dict[str, Any]]:
    """Return the elements ``record`` as (value, JSON text), and what stands beside them.

    An element with children is a dict by tag as written ("tt:city"), without attributes; repeated
    tags are a list; any other element is its text. Raises MalformedAnswerError for text that is not
    XML, has another root, a document type, or is nested more than 50 deep.
    """
    reader = _Reader(record)
    try:
        reader.parse(text)
    except (expat.ExpatError, ValueError) as error:
        raise _malformed(str(error), text) from error
    if reader.root != root:
        raise _malformed(f"root is {reader.root[:60]!r}, not {root!r}", text)
    return [(value, json.dumps(value)) for value in reader.records], reader.beside


def many(value: Any, name: str) -> list[Any]:
    """Return the children ``name`` of an element: none, one or several."""
    found = value.get(name) if isinstance(value, dict) else None
    if found in (None, ""):
        return []
    return found if isinstance(found, list) else [found]


def _malformed(why: str, text: str) -> MalformedAnswerError:
    return MalformedAnswerError(
        f"The answer is not the XML expected ({why}); it begins {text[:60]!r}",
        next_step="open the address in a browser: a proxy or an error page may be answering.",
    )


class _Reader:
    def __init__(self, record: str) -> None:
        self.root = ""
        self.records: list[Any] = []
        self.beside: dict[str, Any] = {}
        self._record = record
        self._stack: list[tuple[str, dict[str, Any], list[str]]] = []

    def parse(self, text: str) -> None:
        parser = expat.ParserCreate(encoding="utf-8")
        parser.buffer_text = True
        parser.buffer_size = _BUFFER_BYTES
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(text.encode("utf-8", "surrogateescape"), True)

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        if len(self._stack) == _MAX_DEPTH:
            raise ValueError(f"nested more than {_MAX_DEPTH} deep")
        self._stack.append((tag, {}, []))

    def _text(self, text: str) -> None:
        self._stack[-1][2].append(text)

    def _end(self, tag: str) -> None:
        _, children, texts = self._stack.pop()
        value: Any = children or "".join(texts).strip()
        # Not kept twice: a feed is read once, and may be large.
        if tag == self._record:
            self.records.append(value)
        elif self._stack:
            _add(self._stack[-1][1], tag, value)
        else:
            self.beside = children


def _add(children: dict[str, Any], tag: str, value: Any) -> None:
    if tag not in children:
        children[tag] = value
    elif isinstance(children[tag], list):
        children[tag].append(value)
    else:
        children[tag] = [children[tag], value]


def _refuse(*_: Any) -> NoReturn:
    raise ValueError("it declares a document type or an entity")
