"""Requests in flight: how many a source may have open at once, over all processes.

An entry of a killed process expires after ``ttl_seconds``: longer than any request may take.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from include.state.store import StateStore

__all__ = ["InFlight"]

_PAUSE_SECONDS = 0.05


class InFlight:
    """At most ``most`` holders at once of one state."""

    def __init__(
        self,
        state: StateStore,
        most: int,
        *,
        ttl_seconds: float,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._state, self._most, self._ttl = state, most, ttl_seconds
        self._clock, self._sleep = clock, sleep

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold one of the places during the block; wait until one is free."""
        name = uuid4().hex
        while not self._take(name):
            self._sleep(_PAUSE_SECONDS)
        try:
            yield
        finally:
            with self._state.update() as state:
                state.get("in_flight", {}).pop(name, None)

    def _take(self, name: str) -> bool:
        with self._state.update() as state:
            now = self._clock()
            # abs: of a clock that was set back, an entry from the future must expire, too.
            held = {k: at for k, at in state.get("in_flight", {}).items()
                    if abs(now - at) < self._ttl}  # fmt: skip
            is_free = len(held) < self._most
            state["in_flight"] = {**held, name: now} if is_free else held
            return is_free
