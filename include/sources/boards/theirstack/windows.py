"""The stretch of time being read, and the pages that are paid for in it.

A page's text is saved as soon as it is there, before anything is made of it: whatever fails then,
the page is read from here and not paid for again. After a kill between the request and that note,
that page alone is asked for again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from include.sources.record import is_item_id
from include.sources.source import Chunk, ChunkResult
from include.state.store import StateStore

__all__ = ["Window", "WindowBook", "iso", "new_window", "offset_chunks", "own_ids"]

Window = dict[str, Any]
# The vendor's index may show a job later than it says: windows overlap, exclusion makes that free.
_OVERLAP: Final = dt.timedelta(hours=2)


def iso(moment: dt.datetime) -> str:
    """Return a moment as the vendor's filters take it: ISO 8601 in UTC, to the second."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def new_window(now: dt.datetime, days: int, done: str | None) -> Window:
    """Return the window from where the last one ended, to now."""
    start = dt.datetime.fromisoformat(done) - _OVERLAP if done else None
    return {
        "from": iso(start) if start else None,
        "to": iso(now),
        "posted_from": f"{now - dt.timedelta(days=days):%Y-%m-%d}",
    }


def offset_chunks(records: int, size: int) -> Iterator[Chunk]:
    """Yield the pages that so many records take."""
    for offset in range(0, records, size):
        limit = min(size, records - offset)
        yield Chunk(name=f"records {offset + 1}-{offset + limit}", offset=offset, limit=limit)


def own_ids(records: Sequence[tuple[Any, str]]) -> list[int]:
    """Return the records' own ids, where they are numbers."""
    return [
        value["id"]
        for value, _ in records
        if isinstance(value, dict) and is_item_id(value.get("id"))
    ]


class WindowBook:
    """For each query, the stretch of time being read: frozen, so that its pages hold still.

    A window has ``from`` and ``to`` (ISO 8601, UTC), ``pages`` (the reports of this reading, by
    name), ``pending`` (reports of earlier readings that are not committed yet), ``paid`` (the texts
    of pages that are paid for and not yet staged, with how many records they have, by name), and
    ``seen``, the ids of all records that were paid for in it. A window ends when its last record is
    committed.
    """

    def __init__(self, state: StateStore) -> None:
        self._state = state

    def get(self, key: str) -> Window | None:
        """Return the window of a query, None when none is open."""
        window: Window | None = self._state.read().get("windows", {}).get(key)
        return window

    def put(self, key: str, window: Window) -> None:
        """Save the window of a query."""
        with self._state.update() as state:
            state.setdefault("windows", {})[key] = window

    @contextmanager
    def update(self, key: str) -> Iterator[Window]:
        """Give the open window of a query to be changed in place.

        One that another run has closed meanwhile stays closed: half a window would stop the source.
        """
        with self._state.update() as state:
            yield state.get("windows", {}).get(key, {})

    def drop(self, key: str) -> None:
        """Close the window of a query."""
        with self._state.update() as state:
            state.get("windows", {}).pop(key, None)

    def pay(self, key: str, name: str, text: str, records: Sequence[tuple[Any, str]]) -> None:
        """Note the text of a page that was just paid for."""
        ids = set(own_ids(records))
        nameless = len(records) - len(own_ids(records))
        with self.update(key) as window:
            paid = {"text": text, "records": len(ids) + nameless}
            window.setdefault("paid", {})[name] = paid
            window["seen"] = sorted({*window.get("seen", []), *ids})

    def paid(self, key: str, name: str) -> str | None:
        """Return the text of a page that is paid for and not yet staged."""
        page = (self.get(key) or {}).get("paid", {}).get(name)
        return page["text"] if page else None

    def keep(self, key: str, name: str, report: ChunkResult) -> None:
        """Note a page that is paid for and staged."""
        with self.update(key) as window:
            window.setdefault("pages", {})[name] = dict(report)
            window.get("paid", {}).pop(name, None)
            window["seen"] = sorted({*window.get("seen", []), *report["ids"]})
