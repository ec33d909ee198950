"""``classify``: NDJSON postings in, NDJSON answers out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BufferedReader, BytesIO
from typing import Any, TextIO

from include.postings.explained import Evidence, Explained, explain_posting
from include.postings.extract import HACKER_NEWS, Record, extract_posting, extract_postings
from include.postings.result import PostingFields
from include.sources.merged import merged, not_read, stated_record
from include.sources.source import ParsedRecord

__all__ = [
    "as_json",
    "as_json_explained",
    "as_text",
    "classify_record",
    "classify_stream",
    "lines_of",
]

_SIDE_CHARS = 30
_WORDS_CHARS = 80
"""Longer evidence is shown by its two ends."""
_CHUNK_BYTES = 1 << 16
"""Some fifty postings."""


Readings = Mapping[Record, PostingFields]
"""What is read already."""


def classify_record(record: Any, readings: Readings | None = None) -> dict[str, Any]:
    """Classify one record ``{id, text, title?, company?, source?, stated?}``.

    ``stated`` is what the source's record states besides: its fields, or the text of its place.
    Raises ValueError that names the invalid field.
    """
    asked = _asked(record)
    reading = (readings or {}).get(asked) or extract_posting(**asked._asdict())
    stated = _stated(record)
    return {"id": record["id"], **(merged(reading, stated) if stated else reading).to_dict()}


def as_json(record: Any, readings: Readings | None = None) -> str:
    """Return a record's answers as a line of JSON."""
    return json.dumps(classify_record(record, readings))


def as_json_explained(record: Any) -> str:
    """Return a record's answers, its plain text and the evidence as a line of JSON."""
    explained = _explained(record)
    return json.dumps({"id": record["id"], **explained.to_dict()})


def as_text(record: Any) -> str:
    """Return a line for each answer of a record, with the words that gave it marked: «Rust»."""
    explained = _explained(record)
    return "\n".join((f"{record['id']}", *_lines(explained)))


def _explained(record: Any) -> Explained:
    explained = explain_posting(**_asked(record)._asdict())
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


def _asked(record: Any) -> Record:
    """Return what is to be read; raises ValueError that names the invalid field."""
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
    source = record.get("source") or HACKER_NEWS
    return Record(record["text"], record.get("title"), record.get("company"), source)


def _stated(record: Any) -> ParsedRecord | None:
    stated = record.get("stated")
    source, title = record.get("source") or HACKER_NEWS, record.get("title") or ""
    return stated_record(source, stated, title) if stated else None


def lines_of(stream: BufferedReader | BytesIO) -> Iterator[list[bytes]]:
    """Yield the lines of a stream, as many as can be read at once without waiting for more."""
    parts: list[bytes] = []
    while chunk := stream.read1(_CHUNK_BYTES):
        first, *others = chunk.split(b"\n")
        parts.append(first)
        if others:
            yield [b"".join(parts), *others[:-1]]
            parts = others[-1:]
    yield [b"".join(parts)]


def classify_stream(
    batches: Iterable[Sequence[bytes]],
    out: TextIO,
    err: TextIO,
    answer: Callable[[Any], str] | None = None,
) -> int:
    """Write the answer to each line; report malformed lines by number and continue.

    The lines of a batch are read together, and what is written of them is flushed; ``answer``
    answers one at a time instead of ``as_json``. Returns the exit status: 0, or 1 if a line was
    malformed.
    """
    malformed = before = 0
    for lines in batches:
        records = [_parsed(line) for line in lines]
        readings = extract_postings(_valid(records)) if answer is None else {}
        for number, (line, record) in enumerate(zip(lines, records, strict=True), before + 1):
            try:
                if isinstance(record, Exception):
                    raise record
                if line.strip():
                    out.write(f"{answer(record) if answer else as_json(record, readings)}\n")
            # RecursionError: what is nested too deeply for JSON.
            except (ValueError, RecursionError) as error:
                malformed += 1
                err.write(f"line {number}: {error or type(error).__name__}\n")
        out.flush()
        before += len(lines)
    return 1 if malformed else 0


def _parsed(line: bytes) -> Any:
    """Return the record of a line, None of an empty one, or the error that it is none."""
    try:
        return json.loads(line) if line.strip() else None
    except (ValueError, RecursionError) as error:
        return error


def _valid(records: Iterable[Any]) -> Iterator[Record]:
    for record in records:
        # An invalid one is reported in its turn.
        with suppress(ValueError):
            yield _asked(record)
