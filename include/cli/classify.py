"""``classify``: NDJSON postings in, NDJSON answers out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

from include.postings.explained import Evidence, Explained, explain_posting
from include.postings.extract import HACKER_NEWS, extract_posting
from include.sources.merged import merged, not_read, stated_record
from include.sources.source import ParsedRecord

__all__ = ["as_json", "as_json_explained", "as_text", "classify_record", "classify_stream"]

_SIDE_CHARS = 30
_WORDS_CHARS = 80
"""Longer evidence is shown by its two ends."""


def classify_record(record: Any) -> dict[str, Any]:
    """Classify one record ``{id, text, title?, company?, source?, stated?}``.

    ``stated`` is what the source's record states besides: its fields, or the text of its place.
    Raises ValueError that names the invalid field.
    """
    reading = extract_posting(**_arguments(record))
    stated = _stated(record)
    return {"id": record["id"], **(merged(reading, stated) if stated else reading).to_dict()}


def as_json(record: Any) -> str:
    """Return a record's answers as a line of JSON."""
    return json.dumps(classify_record(record))


def as_json_explained(record: Any) -> str:
    """Return a record's answers, its plain text and the evidence as a line of JSON."""
    explained = _explained(record)
    return json.dumps({"id": record["id"], **explained.to_dict()})


def as_text(record: Any) -> str:
    """Return a line for each answer of a record, with the words that gave it marked: «Rust»."""
    explained = _explained(record)
    return "\n".join((f"{record['id']}", *_lines(explained)))


def _explained(record: Any) -> Explained:
    explained = explain_posting(**_arguments(record))
    if (stated := _stated(record)) is None:
        return explained
    # No words of the text gave what the record states.
    unread = not_read(stated)
    return explained._replace(
        fields=merged(explained.fields, stated),
        evidence=tuple(one for one in explained.evidence if one.field not in unread),
    )


def _lines(explained: Explained) -> Iterator[str]:
    for one in explained.evidence:
        value = one.value if isinstance(one.value, str) else _shown(one.value)
        where = f"{one.part} {one.start}:{one.end}"
        rule = f" ({one.rule})" if one.rule else ""
        yield f"  {one.field:<12} {value:<24} {where:<15} {_marked(explained, one)}{rule}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part is not None)
    return json.dumps(value)


def _marked(explained: Explained, one: Evidence) -> str:
    """Return the words between « and », with some characters of their line on either side."""
    whole = explained.text if one.part == "text" else explained.title or ""
    before = whole[max(0, one.start - _SIDE_CHARS) : one.start].rpartition("\n")[2]
    after = whole[one.end : one.end + _SIDE_CHARS].partition("\n")[0]
    words = explained.words(one).replace("\n", " / ")
    if len(words) > _WORDS_CHARS:
        words = f"{words[: _WORDS_CHARS // 2]} ... {words[-_WORDS_CHARS // 2 :]}"
    return f"{before}«{words}»{after}"


def _arguments(record: Any) -> dict[str, Any]:
    """Return the record as arguments; raises ValueError that names the invalid field."""
    # bool is an int in Python, but `true` is no id.
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    if not isinstance(record.get("id"), int | str) or isinstance(record.get("id"), bool):
        raise ValueError("id is neither an integer nor a string")
    if not isinstance(record.get("text"), str):
        raise ValueError("text is not a string")
    for field in ("title", "company", "source"):
        if not isinstance(record.get(field), str | None):
            raise ValueError(f"{field} is not a string")
    if not isinstance(record.get("stated"), str | dict | None):
        raise ValueError("stated is neither a string nor an object")
    return {
        "text": record["text"],
        "title": record.get("title"),
        "company": record.get("company"),
        "source": record.get("source") or HACKER_NEWS,
    }


def _stated(record: Any) -> ParsedRecord | None:
    stated = record.get("stated")
    source, title = record.get("source") or HACKER_NEWS, record.get("title") or ""
    return stated_record(source, stated, title) if stated else None


def classify_stream(
    lines: Iterable[str], out: TextIO, err: TextIO, answer: Callable[[Any], str] = as_json
) -> int:
    """Write the answer to each line; report malformed lines by number and continue.

    Returns the exit status: 0, or 1 if a line was malformed.
    """
    malformed = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            written = answer(json.loads(line))
        # json raises RecursionError for deeply nested input.
        except (ValueError, RecursionError) as error:
            malformed += 1
            err.write(f"line {number}: {error or type(error).__name__}\n")
            continue
        out.write(written + "\n")
    return 1 if malformed else 0
