"""A cache that a flood of one-time requests does not empty.

Segmented LRU (Karedla, Love and Wherry 1994, https://doi.org/10.1109/2.268884): a new entry evicts
only other new entries; a second request moves it to the protected segment.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

__all__ = ["KeptAnswers"]

Key = TypeVar("Key")
Value = TypeVar("Value")

_NEWCOMERS_SHARE = 4
"""One in four entries is for keys that were requested once."""


class KeptAnswers(Generic[Key, Value]):
    """At most ``most`` values (at least two) by key. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._newcomers_most = max(most // _NEWCOMERS_SHARE, 1)
        self._proven_most = max(most - self._newcomers_most, 1)
        self._newcomers: OrderedDict[Key, Value] = OrderedDict()
        self._proven: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._newcomers) + len(self._proven)

    def get(self, key: Key) -> Value | None:
        """Return the value of ``key``, None if it is not there."""
        with self._lock:
            if key in self._proven:
                self._proven.move_to_end(key)
                return self._proven[key]
            if key not in self._newcomers:
                return None
            value = self._proven[key] = self._newcomers.pop(key)
            # The least recently used proven entry gets a second chance as a newcomer.
            if len(self._proven) > self._proven_most:
                self._add(*self._proven.popitem(last=False))
            return value

    def put(self, key: Key, value: Value) -> None:
        """Store a value; if full, evict the oldest newcomer."""
        with self._lock:
            if key in self._proven:
                self._proven[key] = value
            else:
                self._add(key, value)

    def _add(self, key: Key, value: Value) -> None:
        self._newcomers[key] = value
        if len(self._newcomers) > self._newcomers_most:
            self._newcomers.popitem(last=False)
