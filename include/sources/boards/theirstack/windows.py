"""The time window being read, and the pages bought in it.

A page's text is saved as soon as it arrives, before it is parsed. If a later step fails, the page
is read from here and not bought again. After a kill between the request and the save, only that
page is requested again.
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
# The vendor's index may lag behind `discovered_at`, so windows overlap; excluded ids cost nothing.
_OVERLAP: Final = dt.timedelta(hours=2)


def iso(timestamp: dt.datetime) -> str:
    """Format a timestamp for the vendor's filters: ISO 8601 in UTC, to the second."""
    return f"{timestamp.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def new_window(now: dt.datetime, days: int, done: str | None) -> Window:
    """Return the window from the end of the last one (``done``) to now.

    Without ``done`` it has no start and is bounded by the posting's age, ``days``.
    """
    start = dt.datetime.fromisoformat(done) - _OVERLAP if done else None
    return {
        "from": iso(start) if start else None,
        "to": iso(now),
        "posted_from": f"{now - dt.timedelta(days=days):%Y-%m-%d}",
    }


def offset_chunks(records: int, size: int) -> Iterator[Chunk]:
    """Yield one chunk per page of ``size`` records."""
    for offset in range(0, records, size):
        limit = min(size, records - offset)
        yield Chunk(name=f"records {offset + 1}-{offset + limit}", offset=offset, limit=limit)


def own_ids(records: Sequence[tuple[Any, str]]) -> list[int]:
    """Return the ids of the records that have a numeric one."""
    return [
        value["id"]
        for value, _ in records
        if isinstance(value, dict) and is_item_id(value.get("id"))
    ]


class WindowBook:
    """The open window of each query; its bounds are frozen, so that its pages stay stable.

    A window has ``from`` and ``to`` (ISO 8601, UTC), ``pages`` (the reports of this reading, by
    name), ``pending`` (reports of earlier readings that are not committed yet), ``paid`` (the texts
    of pages that are paid for and not yet staged, with how many records they have, by name), and
    ``seen``, the ids of all records that were paid for in it. A window ends when its last record is
    committed.
    """

    def __init__(self, state: StateStore) -> None:
        self._state = state

    def get(self, key: str) -> Window | None:
        """Return the window of a query; None if none is open."""
        window: Window | None = self._state.read().get("windows", {}).get(key)
        return window

    def put(self, key: str, window: Window) -> None:
        """Save the window of a query."""
        with self._state.update() as state:
            state.setdefault("windows", {})[key] = window

    @contextmanager
    def update(self, key: str) -> Iterator[Window]:
        """Yield the open window of a query, to be changed in place.

        If another run has closed it, changes are discarded: a partial window would block the
        source.
        """
        with self._state.update() as state:
            yield state.get("windows", {}).get(key, {})

    def drop(self, key: str) -> None:
        """Close the window of a query."""
        with self._state.update() as state:
            state.get("windows", {}).pop(key, None)

    def pay(self, key: str, name: str, text: str, records: Sequence[tuple[Any, str]]) -> None:
        """Save the text of a page that was just bought."""
        ids = set(own_ids(records))
        # Records without an id cannot be deduplicated, only counted.
        nameless = len(records) - len(own_ids(records))
        with self.update(key) as window:
            paid = {"text": text, "records": len(ids) + nameless}
            window.setdefault("paid", {})[name] = paid
            window["seen"] = sorted({*window.get("seen", []), *ids})

    def paid(self, key: str, name: str) -> str | None:
        """Return the text of a bought page that is not staged yet; None if there is none."""
        page = (self.get(key) or {}).get("paid", {}).get(name)
        return page["text"] if page else None

    def keep(self, key: str, name: str, report: ChunkResult) -> None:
        """Record a bought page as staged and drop its text."""
        with self.update(key) as window:
            window.setdefault("pages", {})[name] = dict(report)
            window.get("paid", {}).pop(name, None)
            window["seen"] = sorted({*window.get("seen", []), *report["ids"]})
