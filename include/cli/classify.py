"""``classify``: NDJSON postings in, NDJSON answers out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from include.postings.extract import HACKER_NEWS, extract_posting

__all__ = ["classify_record", "classify_stream"]


def classify_record(record: Any) -> dict[str, Any]:
    """Classify one record ``{id, text, title?, company?, source?}``.

    Raises ValueError that names the invalid field.
    """
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
    reading = extract_posting(
        record["text"],
        title=record.get("title"),
        company=record.get("company"),
        source=record.get("source") or HACKER_NEWS,
    )
    return {"id": record["id"], **reading.to_dict()}


def classify_stream(lines: Iterable[str], out: TextIO, err: TextIO) -> int:
    """Classify each line; report malformed lines by number and continue.

    Returns the exit status: 0, or 1 if a line was malformed.
    """
    malformed = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = classify_record(json.loads(line))
        # json raises RecursionError for deeply nested input.
        except (ValueError, RecursionError) as error:
            malformed += 1
            err.write(f"line {number}: {error or type(error).__name__}\n")
            continue
        out.write(json.dumps(answer) + "\n")
    return 1 if malformed else 0
