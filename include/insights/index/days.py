"""The day of each job's posting, bit-sliced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from include.insights.cache import sets_kept
from include.insights.index.bitmaps import Bitmaps
from include.insights.index.numbers import Numbers
from include.serving.facets import DAY_BITS, FIRST_DAY, day_number

__all__ = ["Days"]

_CACHED_WINDOWS = 256


class Days:
    """The day of each job's posting."""

    def __init__(self, bitmaps: Bitmaps) -> None:
        slices = [bitmaps.get("day", str(bit)) for bit in range(DAY_BITS)]
        self._days = Numbers(bitmaps.get("set", "all"), slices)
        kept = sets_kept(_CACHED_WINDOWS, self._days.all.bit_length())
        self._within: Callable[[int, int], int] = lru_cache(kept)(self._between)

    def between(self, first: date, last: date) -> int:
        """Return the jobs posted on the days from first to last, both included."""
        return self._within(day_number(first), day_number(last))

    def newest(self, bits: int) -> date | None:
        """Return the last day of a set, None if it is empty."""
        return self._extreme(bits, newest=True)

    def oldest(self, bits: int) -> date | None:
        """Return the first day of a set, None if it is empty."""
        return self._extreme(bits, newest=False)

    def _extreme(self, bits: int, *, newest: bool) -> date | None:
        if not bits:
            return None
        # From the highest bit: keep only the jobs that have it (or lack it), if there are any.
        number = 0
        for bit in reversed(range(DAY_BITS)):
            having = bits & self._days.slices[bit]
            wanted = having if newest else bits ^ having
            if bool(wanted) == newest:
                number |= 1 << bit
            bits = wanted or bits
        return FIRST_DAY + timedelta(days=number)

    def _between(self, first: int, last: int) -> int:
        return self._days.at_least(first) & (self._days.all ^ self._days.at_least(last + 1))
