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

__all__ = ["Window", "WindowBook", "is_of", "iso", "new_window", "offset_chunks", "own_ids"]

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


def offset_chunks(records: int, size: int, reading: str) -> Iterator[Chunk]:
    """Yield one chunk per page of ``size`` records."""
    for offset in range(0, records, size):
        limit = min(size, records - offset)
        name = f"records {offset + 1}-{offset + limit}"
        yield Chunk(name=name, offset=offset, limit=limit, reading=reading)


def own_ids(records: Sequence[tuple[Any, str]]) -> list[int]:
    """Return the ids of the records that have a numeric one."""
    return [
        value["id"]
        for value, _ in records
        if isinstance(value, dict) and is_item_id(value.get("id"))
    ]


class WindowBook:
    """The open window of each query; its bounds are frozen, so that its pages stay stable.

    A window has ``from`` and ``to`` (ISO 8601, UTC), ``reading``, the id of the plan whose pages
    are read, ``pages`` (the reports of this reading, by name), ``pending`` (reports of earlier
    readings that are not committed yet), ``paid`` (the texts of pages that are paid for and not yet
    staged, with how many records they have, by name), and ``seen``, the ids of all records that
    were paid for in it. A window ends when its last record is committed.

    Each plan excludes what was paid for until then, so a page's offset has a meaning in its own
    reading alone.
    """

    def __init__(self, state: StateStore) -> None:
        self._state = state

    def get(self, key: str) -> Window | None:
        """Return the window of a query; None if none is open."""
        window: Window | None = self._state.read().get("windows", {}).get(key)
        return window

    @contextmanager
    def update(self, key: str) -> Iterator[Window]:
        """Yield the open window of a query, to be changed in place.

        If another run has closed it, changes are discarded: a partial window would block the
        source.
        """
        with self._state.update() as state:
            yield state.get("windows", {}).get(key, {})

    def replace(self, key: str, before: Window | None, window: Window) -> bool:
        """Save the window if it is still ``before``; return whether it was."""
        with self._state.update() as state:
            windows = state.setdefault("windows", {})
            if windows.get(key) != before:
                return False
            windows[key] = window
            return True

    def pay(self, key: str, page: Chunk, text: str, records: Sequence[tuple[Any, str]]) -> None:
        """Save the text of a page that was just bought."""
        ids = set(own_ids(records))
        # Records without an id cannot be deduplicated, only counted.
        nameless = len(records) - len(own_ids(records))
        with self.update(key) as window:
            paid = {"text": text, "records": len(ids) + nameless}
            window.setdefault("paid", {})[_name(window, page)] = paid
            window["seen"] = sorted({*window.get("seen", []), *ids})

    def paid(self, key: str, page: Chunk) -> str | None:
        """Return the text of a bought page that is not staged yet; None if there is none."""
        window = self.get(key) or {}
        found = window.get("paid", {}).get(_name(window, page))
        return found["text"] if found else None

    def staged(self, key: str, page: Chunk) -> ChunkResult | None:
        """Return the report of a page of this reading that is staged; None if it is not."""
        window = self.get(key) or {}
        report: ChunkResult | None = window.get("pages", {}).get(_name(window, page))
        return report

    def keep(self, key: str, page: Chunk, report: ChunkResult) -> None:
        """Record a bought page as staged and drop its text."""
        with self.update(key) as window:
            if is_of(window, page):
                window.setdefault("pages", {})[_name(window, page)] = dict(report)
            else:
                window.setdefault("pending", []).append(dict(report))
            window.get("paid", {}).pop(_name(window, page), None)
            window["seen"] = sorted({*window.get("seen", []), *report["ids"]})

    def loaded(self, key: str, reports: Sequence[ChunkResult], *, is_read: bool) -> None:
        """Drop committed reports; close a window that is read to its end, unless others remain.

        Those of another run, which it may have staged and not loaded.
        """
        done = {report["manifest"]["sha256"] for report in reports}
        with self._state.update() as state:
            window = state.get("windows", {}).get(key, {})
            pages, pending = window.get("pages", {}), window.get("pending", [])
            rest = {
                "pages": {n: r for n, r in pages.items() if r["manifest"]["sha256"] not in done},
                "pending": [r for r in pending if r["manifest"]["sha256"] not in done],
            }
            if window:
                window |= rest
            if is_read and not any((*rest.values(), window.get("paid"))):
                state.get("windows", {}).pop(key, None)


def is_of(window: Window, page: Chunk) -> bool:
    """Return whether a page is of the window's reading, not of an earlier plan's."""
    return bool(window.get("reading") == page.get("reading"))


def _name(window: Window, page: Chunk) -> str:
    """Return the key of a chunk's page in the window."""
    name = str(page["paid"] if "paid" in page else page["offset"])
    return name if is_of(window, page) else f"{name} of {page.get('reading')}"
