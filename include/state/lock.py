"""One run at a time reads a month: the others are told which one does.

A run takes its turn at a month before it fetches, and gives signs of life while it works. Another
run of the same month (a backfill, the daily one, one by hand) is skipped meanwhile, with a message
that names the run in progress. The turn ends with the load, with the run (whatever came of it), or
when no sign of life has come for ``hn_lock_ttl_minutes``: nobody has to tidy up after a process
that was killed. MonthLock save requests; that nothing is doubled is the load's own affair.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from include.state.store import StateStore

__all__ = ["MonthLocked", "RunName", "MonthLock", "is_active"]


class MonthLocked(Exception):  # noqa: N818 -- a reason to skip, not an error
    """Another run is reading the month; str() says which."""


@dataclass(frozen=True, slots=True)
class RunName:
    """A run as Airflow names it."""

    dag_id: str
    run_id: str


def is_active(ti: Any) -> Callable[[RunName], bool]:
    """Return what asks Airflow, by a running task instance, whether a run is still under way."""

    def ask(run: RunName) -> bool:
        states = ["queued", "running"]
        return bool(ti.get_dr_count(dag_id=run.dag_id, run_ids=[run.run_id], states=states))

    return ask


class MonthLock:
    """Who reads which month, kept where all runs see it."""

    def __init__(self, state: StateStore, *, ttl: dt.timedelta) -> None:
        self._state, self._ttl = state, ttl

    def acquire(
        self, month: str, run: RunName, now: dt.datetime, is_active: Callable[[RunName], bool]
    ) -> None:
        """Take the turn at ``month``; ``is_active`` says whether another run is still under way.

        Raises MonthLocked while another run has it.
        """
        with self._state.update() as locks:
            self._forget_the_silent(locks, now)
            holder = self._holder(locks, month)
            if holder and holder != run and is_active(holder):
                raise MonthLocked(
                    f"{month} is being read by the run {holder.run_id} of {holder.dag_id}, which "
                    f"brings what is there now. If that was killed, the month is free "
                    f"{self._ttl.total_seconds() / 60:.0f} minutes after its last sign of life."
                )
            locks[month] = [run.dag_id, run.run_id, now.isoformat()]

    def heartbeat(self, month: str, run: RunName, now: dt.datetime) -> None:
        """Give a sign of life; nothing where the turn is another run's by now."""
        with self._state.update() as locks:
            if self._holder(locks, month) == run:
                locks[month] = [run.dag_id, run.run_id, now.isoformat()]

    def release(self, month: str, run: RunName) -> None:
        """Leave the month to others."""
        with self._state.update() as locks:
            if self._holder(locks, month) == run:
                del locks[month]

    def _holder(self, locks: dict[str, list[str]], month: str) -> RunName | None:
        held = locks.get(month)
        return RunName(held[0], held[1]) if held else None

    def _forget_the_silent(self, locks: dict[str, list[str]], now: dt.datetime) -> None:
        for month, (_, _, seen_at) in list(locks.items()):
            # abs: a clock that was set back must not keep a turn for ever
            if abs(now - dt.datetime.fromisoformat(seen_at)) > self._ttl:
                del locks[month]
