"""The texts of a board's new jobs, of systems that send each with a request of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from threading import Lock
from urllib.parse import quote

from include.errors import MalformedAnswerError, SourceRejectedError, SourceUnavailableError
from include.http.client import parse_json
from include.sources import fields
from include.sources.record import Record, Status, payload_hash
from include.sources.source import UnreadableRecordError
from include.sources.system import System

__all__ = ["HASH_CHARACTERS", "TextBudget", "with_texts"]

HASH_CHARACTERS = 12
"""So much of a payload's hash says whether a board's job is known: a board has some thousand."""

Merge = Callable[[dict[str, object]], Record]
"""Return the record to stage of a job with its text."""


class TextBudget:
    """How many texts may still be requested; shared by threads."""

    def __init__(self, requests: int) -> None:
        self._lock, self._left = Lock(), requests

    def take(self) -> bool:
        """Take one request; return False if none is left."""
        with self._lock:
            self._left -= 1
            return self._left >= 0


def with_texts(
    records: Sequence[Record],
    system: System,
    board: str,
    ask: Callable[[str], str],
    merge: Merge,
    known: Collection[str],
    budget: TextBudget,
) -> tuple[list[Record], int]:
    """Return the records, new ones with their texts, and how many are without one.

    A job is known by the hash of its entry in the list, which stays the hash of its record: it is
    asked for again when the entry changes. One without its text has another hash, so that a later
    reading asks for it. No text is a reason for a reading to fail.
    """
    found: list[Record] = []
    missing, is_served = 0, True
    for record in records:
        if record.status is not Status.FETCHED or _hash(record)[:HASH_CHARACTERS] in known:
            found.append(record)
            continue
        text = None
        if is_served and budget.take():
            try:
                text = _text(record, system, board, ask, merge)
            except SourceUnavailableError:  # it is busy: the other texts of the board can wait
                is_served = False
        missing += text is None
        found.append(text or replace(record, payload_hash=payload_hash({"list": _hash(record)})))
    return found, missing


def _text(
    record: Record, system: System, board: str, ask: Callable[[str], str], merge: Merge
) -> Record | None:
    """Return the record with its text; None if the system does not give it."""
    entry = json.loads(record.payload or "{}")
    path = system.text_path(board, quote(fields.key(entry, system.id_field), safe=""))
    assert path
    try:
        answer = parse_json(ask(path), record=path)
        detail = system.detail_of(answer) if isinstance(answer, dict) else None
        if not isinstance(detail, dict):
            return None
        merged = merge({**detail, **entry})
    except (SourceRejectedError, MalformedAnswerError, UnreadableRecordError):
        return None
    return replace(merged, payload_hash=_hash(record)) if merged.payload_hash else merged


def _hash(record: Record) -> str:
    return record.payload_hash or ""
