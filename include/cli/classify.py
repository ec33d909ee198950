"""``classify``: NDJSON postings in, NDJSON answers out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from include.postings.extract import HACKER_NEWS, extract_posting

__all__ = ["classify_record", "classify_stream"]


def classify_record(record: Any) -> dict[str, Any]:
    """Return the answer to one record ``{id, text, title?, company?, source?}``.

    Raises ValueError saying which field is wrong.
    """
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    if not isinstance(record.get("id"), int | str) or isinstance(record.get("id"), bool):
        raise ValueError("id is not a number or a text")
    if not isinstance(record.get("text"), str):
        raise ValueError("text is not a text")
    for field in ("title", "company", "source"):
        if not isinstance(record.get(field), str | None):
            raise ValueError(f"{field} is not a text")
    reading = extract_posting(
        record["text"],
        title=record.get("title"),
        company=record.get("company"),
        source=record.get("source") or HACKER_NEWS,
    )
    return {"id": record["id"], **reading.to_dict()}


def classify_stream(lines: Iterable[str], out: TextIO, err: TextIO) -> int:
    """Answer each line; report a malformed one with its number and go on.

    Returns the exit status: 0, or 1 when a line was malformed.
    """
    malformed = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = classify_record(json.loads(line))
        except (ValueError, RecursionError) as error:
            malformed += 1
            err.write(f"line {number}: {error or type(error).__name__}\n")
            continue
        out.write(json.dumps(answer) + "\n")
    return 1 if malformed else 0
