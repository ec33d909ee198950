"""How often a source may be called, counted over all processes, runs and retries."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from include.errors import SourceUnavailableError
from include.state.store import StateStore

__all__ = ["CallBudget", "CallLimit"]


@dataclass(frozen=True, slots=True)
class CallLimit:
    """At most ``calls`` within any ``seconds``."""

    calls: int
    seconds: int


class CallBudget:
    """Sliding windows of calls, kept in a state file.

    ``wait_seconds`` is the longest pause that :meth:`take` makes by itself.
    """

    def __init__(
        self,
        state: StateStore,
        limits: Sequence[CallLimit],
        *,
        record: str,
        wait_seconds: float = 90.0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._state, self._limits, self._record = state, tuple(limits), record
        self._wait_seconds, self._clock, self._sleep = wait_seconds, clock, sleep

    def seconds_to_wait(self) -> float:
        """Return how long until the next call is allowed; 0.0: now."""
        return self._pause(self._state.read().get("calls", []))

    def take(self) -> None:
        """Count one call, waiting until the limits allow it; it is on the disk before this returns.

        Raises SourceUnavailableError when the wait would be longer than ``wait_seconds``.
        """
        while pause := self._try_to_take():
            if pause > self._wait_seconds:
                raise SourceUnavailableError(
                    f"The source's budget of calls is used up for {pause / 3600:.1f} h",
                    record=self._record,
                    next_step="nothing to do: a later run calls it again.",
                )
            self._sleep(pause)

    def _try_to_take(self) -> float:
        with self._state.update() as state:
            now = self._clock()
            calls = [at for at in state.get("calls", []) if at > now - self._longest()]
            pause = self._pause(calls)
            state["calls"] = calls if pause else [*calls, now]
        return pause

    def _longest(self) -> int:
        return max((limit.seconds for limit in self._limits), default=0)

    def _pause(self, calls: Sequence[float]) -> float:
        now = self._clock()
        pauses = [0.0]
        for limit in self._limits:
            within = sorted(at for at in calls if at > now - limit.seconds)
            if len(within) >= limit.calls:
                pauses.append(within[-limit.calls] + limit.seconds - now)
        return max(pauses)
