"""What happened to a posting: edits with the lines that changed, openings and closings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from include.insights.models import Edit, PostingEvent
from include.insights.posting.contacts import without_contacts
from include.insights.store import Snapshot
from include.postings.markup import plain_text
from include.serving.schema import POSTING_HISTORY

__all__ = ["history"]

_MAX_EVENTS: Final = 100
_MAX_EDITS: Final = 40
_MAX_EDIT_CHARS: Final = 300
_MAX_LINES: Final = 300
"""Of the text before or after an edit: comparing takes the time of their product."""


def history(snapshot: Snapshot, posting_id: str) -> list[PostingEvent]:
    """Return the newest events of a posting, newest first."""
    columns = POSTING_HISTORY.c
    query = sa.select(POSTING_HISTORY).where(columns.posting_id == posting_id)
    newest = query.order_by(columns.position.desc()).limit(_MAX_EVENTS)
    rows = list(snapshot.connection.execute(newest).mappings())
    return list(_events(rows[::-1]))[::-1]


def _events(rows: list[Any]) -> Iterator[PostingEvent]:
    """Yield the events in the order of time; an edit is compared with the version before."""
    text: str | None = None
    for row in rows:
        is_edit = row["kind"] == "edited" and None not in (text, row["text"])
        edits = list(islice(_edits(text or "", row["text"]), _MAX_EDITS)) if is_edit else []
        if row["kind"] in ("read", "edited"):
            text = row["text"]
        yield PostingEvent(
            at=row["event_at"],
            kind=row["kind"],
            is_late=bool(row["is_late"]),
            fields=json.loads(row["fields"]),
            edits=edits,
        )


def _edits(before: str, after: str) -> Iterator[Edit]:
    """Yield the lines that differ."""
    old, new = plain_text(before).split("\n"), plain_text(after).split("\n")
    if max(len(old), len(new)) > _MAX_LINES:
        return
    for kind, first, last, start, end in SequenceMatcher(None, old, new, False).get_opcodes():
        if kind != "equal":
            yield from (Edit(kind="removed", text=_line(line)) for line in old[first:last] if line)
            yield from (Edit(kind="added", text=_line(line)) for line in new[start:end] if line)


def _line(line: str) -> str:
    line = without_contacts(line)
    return line if len(line) <= _MAX_EDIT_CHARS else line[:_MAX_EDIT_CHARS] + " …"
