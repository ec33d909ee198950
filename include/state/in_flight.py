"""Requests in flight: how many a source may have open at once, over all processes.

An entry of a killed process expires after ``ttl_seconds``: longer than any request may take.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from include.state.store import StateStore

__all__ = ["InFlight"]


class InFlight:
    """At most ``most`` holders at once of one state."""

    def __init__(
        self,
        state: StateStore,
        most: int,
        *,
        ttl_seconds: float,
        pause_seconds: float = 0.05,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._state, self._most, self._ttl = state, most, ttl_seconds
        self._pause, self._clock, self._sleep = pause_seconds, clock, sleep

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold one of the places during the block; wait until one is free."""
        name = uuid4().hex
        # Reading takes no lock and writes nothing: many may wait.
        while not (self._is_free() and self._take(name)):
            self._sleep(self._pause)
        try:
            yield
        finally:
            with self._state.update() as state:
                state.get("in_flight", {}).pop(name, None)

    def _is_free(self) -> bool:
        return len(self._held(self._state.read())) < self._most

    def _take(self, name: str) -> bool:
        with self._state.update() as state:
            held = self._held(state)
            is_free = len(held) < self._most
            state["in_flight"] = {**held, name: self._clock()} if is_free else held
            return is_free

    def _held(self, state: dict[str, Any]) -> dict[str, float]:
        now = self._clock()
        # abs: of a clock that was set back, an entry from the future must expire, too.
        return {name: at for name, at in state.get("in_flight", {}).items()
                if abs(now - at) < self._ttl}  # fmt: skip
