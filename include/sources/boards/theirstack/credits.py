"""The credit budget, shared by all processes, runs and retries.

Credits are reserved before their request. If a process is killed between the two, its credits
count as spent.
"""

from __future__ import annotations

from typing import Any

from include.state.store import StateStore

__all__ = ["CreditBook"]

_RUNS_KEPT = 30  # bounds the state; the budget of the month still holds for an older run


class CreditBook:
    """Credits spent, by run and by calendar month."""

    def __init__(self, state: StateStore, *, per_run: int, per_month: int) -> None:
        self._state, self._per_run, self._per_month = state, per_run, per_month

    def remaining(self, run_id: str, month: str) -> int:
        """Return how many credits the run may still spend, by both budgets."""
        return self._remaining(self._state.read(), run_id, month)

    def reserve(self, run_id: str, month: str, credits: int) -> bool:
        """Reserve credits if both budgets allow it; return whether they did."""
        with self._state.update() as state:
            # Checked under the lock: parallel tasks must not both take the last credits.
            if self._remaining(state, run_id, month) < credits:
                return False
            self._add(state, run_id, month, credits)
            return True

    def give_back(self, run_id: str, month: str, credits: int) -> None:
        """Release reserved credits that were not spent."""
        with self._state.update() as state:
            self._add(state, run_id, month, -credits)

    def _remaining(self, state: dict[str, Any], run_id: str, month: str) -> int:
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
