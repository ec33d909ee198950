"""The books of a source that is paid by the record: credits spent, pages paid for.

All is written before the request that it is about. Who is killed between a request and its staged
file has those credits counted as spent, and that page alone is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from include.sources.source import Report
from include.sources.state import KeptState

__all__ = ["CreditBook", "Window", "WindowBook"]

Window = dict[str, Any]
_RUNS_KEPT = 30


class CreditBook:
    """Credits spent, by run and by calendar month."""

    def __init__(self, state: KeptState, *, per_run: int, per_month: int) -> None:
        self._state, self._per_run, self._per_month = state, per_run, per_month

    def left(self, run_id: str, month: str) -> int:
        """Return how many credits the run may still spend."""
        return self._left(self._state.read(), run_id, month)

    def reserve(self, run_id: str, month: str, credits: int) -> bool:
        """Count credits as spent, if the budgets have them; say whether they had."""
        with self._state.change() as state:
            if self._left(state, run_id, month) < credits:
                return False
            self._add(state, run_id, month, credits)
            return True

    def give_back(self, run_id: str, month: str, credits: int) -> None:
        """Count reserved credits as not spent after all."""
        with self._state.change() as state:
            self._add(state, run_id, month, -credits)

    def _left(self, state: dict[str, Any], run_id: str, month: str) -> int:
        in_run: int = self._per_run - state.get("runs", {}).get(run_id, 0)
        in_month: int = self._per_month - state.get("months", {}).get(month, 0)
        return max(0, min(in_run, in_month))

    @staticmethod
    def _add(state: dict[str, Any], run_id: str, month: str, credits: int) -> None:
        for book, name in (("runs", run_id), ("months", month)):
            entries = state.setdefault(book, {})
            entries[name] = entries.pop(name, 0) + credits
        order = state.setdefault("run_order", [])
        if run_id not in order:
            order.append(run_id)
        while len(order) > _RUNS_KEPT:
            state["runs"].pop(order.pop(0), None)


class WindowBook:
    """For each query, the stretch of time being read: frozen, so that its pages hold still.

    A window has ``from`` and ``to`` (ISO 8601, UTC), ``pages`` (the reports of this reading, by
    offset), ``before`` (reports of earlier readings that are not committed yet), and ``seen``, the
    ids of all records that were paid for in it. A window ends when its last record is committed.
    """

    def __init__(self, state: KeptState) -> None:
        self._state = state

    def get(self, key: str) -> Window | None:
        """Return the window of a query, None when none is open."""
        window: Window | None = self._state.read().get("windows", {}).get(key)
        return window

    def put(self, key: str, window: Window) -> None:
        """Save the window of a query."""
        with self._state.change() as state:
            state.setdefault("windows", {})[key] = window

    @contextmanager
    def change(self, key: str) -> Iterator[Window]:
        """Give the open window of a query to be changed in place.

        One that another run has closed meanwhile stays closed: half a window would stop the source.
        """
        with self._state.change() as state:
            yield state.get("windows", {}).get(key, {})

    def drop(self, key: str) -> None:
        """Close the window of a query."""
        with self._state.change() as state:
            state.get("windows", {}).pop(key, None)

    def keep(self, key: str, offset: int, report: Report) -> None:
        """Note a page that is paid for and staged."""
        with self.change(key) as window:
            window.setdefault("pages", {})[str(offset)] = dict(report)
            window["seen"] = sorted({*window.get("seen", []), *report["ids"]})
