"""Per-month lock: only one run ingests a month at a time; others skip and name the holder.

A run acquires the lock before it fetches and sends heartbeats while it works. The lock is released
after the load, when the holding run has ended, or when no heartbeat has come for
``hn_lock_ttl_minutes``: nobody has to clean up after a killed process. It is advisory and saves
requests; the load itself makes sure that nothing is stored twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from include.state.store import StateStore

__all__ = ["MonthLock", "MonthLocked", "RunName", "is_active"]


class MonthLocked(Exception):  # noqa: N818 -- a reason to skip, not an error
    """Another run is reading the month; str() says which."""


@dataclass(frozen=True, slots=True)
class RunName:
    """A run as Airflow names it."""

    dag_id: str
    run_id: str


def is_active(ti: Any) -> Callable[[RunName], bool]:
    """Return a function that asks Airflow, through ``ti``, if a run is queued or running."""

    def ask(run: RunName) -> bool:
        states = ["queued", "running"]
        return bool(ti.get_dr_count(dag_id=run.dag_id, run_ids=[run.run_id], states=states))

    return ask


class MonthLock:
    """The locks of all months, in state that all runs share."""

    def __init__(self, state: StateStore, *, ttl: dt.timedelta) -> None:
        self._state, self._ttl = state, ttl

    def acquire(
        self, month: str, run: RunName, now: dt.datetime, is_active: Callable[[RunName], bool]
    ) -> None:
        """Acquire the lock of ``month``; ``is_active`` returns whether another run is active.

        Raises MonthLocked while another run holds it.
        """
        ended: RunName | None = None
        # Airflow is asked while the state is unlocked: its answer may take long.
        while holder := self._take(month, run, now, ended):
            if is_active(holder):
                raise MonthLocked(
                    f"{month} is locked by the run {holder.run_id} of {holder.dag_id}, which loads "
                    f"what there is now. If that run was killed, the lock expires "
                    f"{self._ttl.total_seconds() / 60:.0f} minutes after its last heartbeat."
                )
            ended = holder

    def _take(
        self, month: str, run: RunName, now: dt.datetime, ended: RunName | None
    ) -> RunName | None:
        """Acquire the lock, unless a run that may be active holds it; return that run."""
        # Check and set under one lock of the state: two runs cannot both find the month free.
        with self._state.update() as locks:
            self._drop_expired(locks, now)
            holder = self._holder(locks, month)
            # A retry of the holder itself passes; a holder that has ended never released the lock.
            if holder and holder not in (run, ended):
                return holder
            locks[month] = [run.dag_id, run.run_id, now.isoformat()]
            return None

    def heartbeat(self, month: str, run: RunName, now: dt.datetime) -> None:
        """Renew the lock; do nothing where another run holds it by now."""
        with self._state.update() as locks:
            if self._holder(locks, month) == run:
                locks[month] = [run.dag_id, run.run_id, now.isoformat()]

    def release(self, month: str, run: RunName) -> None:
        """Release the lock, if this run holds it."""
        with self._state.update() as locks:
            if self._holder(locks, month) == run:
                del locks[month]

    def _holder(self, locks: dict[str, list[str]], month: str) -> RunName | None:
        held = locks.get(month)
        return RunName(held[0], held[1]) if held else None

    def _drop_expired(self, locks: dict[str, list[str]], now: dt.datetime) -> None:
        for month, (_, _, seen_at) in list(locks.items()):
            # abs: if a clock was set back, a lock "from the future" must expire, too.
            if abs(now - dt.datetime.fromisoformat(seen_at)) > self._ttl:
                del locks[month]
