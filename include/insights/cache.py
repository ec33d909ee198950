"""A cache that a flood of one-time requests does not empty.

Segmented LRU (Karedla, Love and Wherry 1994, https://doi.org/10.1109/2.268884): a new entry evicts
only other new entries; a second request moves it to the protected segment.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["SegmentedLRU"]

Key = TypeVar("Key")
Value = TypeVar("Value")

_PROBATION_DIVISOR = 4
"""One in four entries is for keys that were requested once."""


class SegmentedLRU(Generic[Key, Value]):
    """Values by key, of at most so much weight: each one's own, by default 1. Thread-safe.

    Each segment keeps at least one value.
    """

    def __init__(self, most: int, weigh: Callable[[Value], int] = lambda _: 1) -> None:
        probation = max(most // _PROBATION_DIVISOR, 1)
        self._probation: _Segment[Key, Value] = _Segment(probation, weigh)
        self._protected: _Segment[Key, Value] = _Segment(most - probation, weigh)
        # One lock for both segments: a key must never be in both.
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._probation.values) + len(self._protected.values)

    def get(self, key: Key) -> Value | None:
        """Return the value of ``key``, None if it is not there."""
        with self._lock:
            if key in self._protected.values:
                self._protected.values.move_to_end(key)
                return self._protected.values[key]
            if key not in self._probation.values:
                return None
            value = self._probation.pop(key)
            # The least recently used protected entries go back to probation.
            for back in self._protected.put(key, value):
                self._probation.put(*back)
            return value

    def put(self, key: Key, value: Value) -> None:
        """Store a value; if full, evict the oldest entries on probation."""
        with self._lock:
            segment = self._protected if key in self._protected.values else self._probation
            segment.put(key, value)


class _Segment(Generic[Key, Value]):
    """Values by key, the least recently used first."""

    def __init__(self, most: int, weigh: Callable[[Value], int]) -> None:
        self.values: OrderedDict[Key, Value] = OrderedDict()
        self._most, self._weigh, self._weight = most, weigh, 0

    def pop(self, key: Key) -> Value:
        value = self.values.pop(key)
        self._weight -= self._weigh(value)
        return value

    def put(self, key: Key, value: Value) -> list[tuple[Key, Value]]:
        """Add or replace a value, as the one used last; return those that it evicts."""
        if key in self.values:
            self.pop(key)
        self.values[key] = value
        self._weight += self._weigh(value)
        evicted = []
        while self._weight > self._most and len(self.values) > 1:
            oldest = next(iter(self.values))
            evicted.append((oldest, self.pop(oldest)))
        return evicted
