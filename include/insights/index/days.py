"""The day of each job's posting, bit-sliced."""

from __future__ import annotations

from datetime import date, timedelta
from sys import getsizeof

from include.insights.cache import SegmentedLRU
from include.insights.index.bitmaps import Bitmaps
from include.insights.index.numbers import Numbers
from include.serving.facets import DAY_BITS, FIRST_DAY, day_number

__all__ = ["Days"]

_WINDOWS_BYTES = 16 << 20


class Days:
    """The day of each job's posting."""

    def __init__(self, bitmaps: Bitmaps) -> None:
        slices = [bitmaps.get("day", str(bit)) for bit in range(DAY_BITS)]
        self._days = Numbers(bitmaps.get("set", "all"), slices)
        self._kept: SegmentedLRU[tuple[int, int], int] = SegmentedLRU(_WINDOWS_BYTES, getsizeof)

    def between(self, first: date, last: date) -> int:
        """Return the jobs posted on the days from first to last, both included."""
        window = day_number(first), day_number(last)
        if (found := self._kept.get(window)) is None:
            found = self._between(*window)
            self._kept.put(window, found)
        return found

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
