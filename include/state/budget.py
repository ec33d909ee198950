"""Call budgets: how often a source may be called, over all processes, runs and retries."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from include.errors import SourceUnavailableError
from include.state.store import StateStore

__all__ = ["CallBudget", "CallLimit"]


_SKEW_SECONDS = 60  # between the clocks of workers


@dataclass(frozen=True, slots=True)
class CallLimit:
    """At most ``calls`` within any period of ``seconds``."""

    calls: int
    seconds: int


class CallBudget:
    """Sliding windows of calls, stored in shared state.

    ``wait_seconds`` is the longest that :meth:`take` waits before it raises.
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
        """Return the seconds until the next call is allowed; 0.0: now."""
        return self._pause(self._state.read().get("calls", []))

    def take(self) -> None:
        """Count one call, waiting until the limits allow it; saved before this returns.

        Raises SourceUnavailableError when the wait would be longer than ``wait_seconds``.
        """
        # A loop: while this process sleeps, outside the lock, another one may take the free call.
        while pause := self._try_to_take():
            if pause > self._wait_seconds:
                raise SourceUnavailableError(
                    f"The source's call budget is used up for {pause / 3600:.1f} h",
                    record=self._record,
                    next_step="nothing to do: a later run calls it again.",
                )
            self._sleep(pause)

    def _try_to_take(self) -> float:
        with self._state.update() as state:
            now = self._clock()
            # Older calls count in no window: drop them, so that the state does not grow.
            calls = _within(self._longest_window(), state.get("calls", []), now)
            pause = self._pause(calls)
            state["calls"] = calls if pause else [*calls, now]
        return pause

    def _longest_window(self) -> int:
        return max((limit.seconds for limit in self._limits), default=0)

    def _pause(self, calls: Sequence[float]) -> float:
        now = self._clock()
        pauses = [0.0]
        for limit in self._limits:
            within = sorted(_within(limit.seconds, calls, now))
            # Free once the oldest of the newest ``limit.calls`` calls leaves the window. With a
            # lowered limit more calls than allowed may be in it.
            if len(within) >= limit.calls:
                pauses.append(within[-limit.calls] + limit.seconds - now)
        return max(pauses)


def _within(seconds: int, calls: Sequence[float], now: float) -> list[float]:
    """Return the calls of the last seconds.

    None "from the future", of a clock that was set back: it would block the source until then.
    """
    return [at for at in calls if now - seconds < at <= now + _SKEW_SECONDS]
