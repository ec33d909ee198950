"""A cache that a flood of one-time requests does not empty.

Segmented LRU (Karedla, Love and Wherry 1994, https://doi.org/10.1109/2.268884): a new entry evicts
only other new entries; a second request moves it to the protected segment.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

__all__ = ["SegmentedLRU", "sets_kept"]

Key = TypeVar("Key")
Value = TypeVar("Value")

_PROBATION_DIVISOR = 4
"""One in four entries is for keys that were requested once."""
_CACHE_BYTES = 16 << 20
"""Of a cache of sets of jobs."""


def sets_kept(most: int, jobs: int, cache_bytes: int = _CACHE_BYTES) -> int:
    """Return how many sets of jobs a cache keeps: ``most``, or as many as ``cache_bytes`` hold."""
    # A set has a bit a job, and an integer of Python 30 bits in 4 bytes.
    return max(min(most, cache_bytes * 15 // 2 // max(jobs, 1)), 2)


class SegmentedLRU(Generic[Key, Value]):
    """At most ``max_entries`` values by key (at least two). Thread-safe."""

    def __init__(self, max_entries: int) -> None:
        self.limit(max_entries)
        self._probation: OrderedDict[Key, Value] = OrderedDict()
        self._protected: OrderedDict[Key, Value] = OrderedDict()
        # One lock for both segments: a key must never be in both.
        self._lock = threading.Lock()

    def limit(self, max_entries: int) -> None:
        """Set how many values are kept; before the first one is."""
        self._max_probation = max(max_entries // _PROBATION_DIVISOR, 1)
        self._max_protected = max(max_entries - self._max_probation, 1)

    def __len__(self) -> int:
        return len(self._probation) + len(self._protected)

    def get(self, key: Key) -> Value | None:
        """Return the value of ``key``, None if it is not there."""
        with self._lock:
            if key in self._protected:
                self._protected.move_to_end(key)
                return self._protected[key]
            if key not in self._probation:
                return None
            value = self._protected[key] = self._probation.pop(key)
            # The least recently used protected entry goes back to probation.
            if len(self._protected) > self._max_protected:
                self._add(*self._protected.popitem(last=False))
            return value

    def put(self, key: Key, value: Value) -> None:
        """Store a value; if full, evict the oldest entry on probation."""
        with self._lock:
            if key in self._protected:
                self._protected[key] = value
            else:
                self._add(key, value)

    def _add(self, key: Key, value: Value) -> None:
        self._probation[key] = value
        if len(self._probation) > self._max_probation:
            self._probation.popitem(last=False)
