"""The postings in the order of their months: counts of all months at once.

The index is ordered by company, so that a month's postings lie scattered over all positions: a
count a month is an AND of the whole length each, 30 us at 200,000 jobs. Arranged by month, a
posting is one bit and a month a few bytes: the counts of 180 months take as long as one.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat

from include.insights.index.bitmaps import flags_of, positions

__all__ = ["ByMonth"]

_DIGITS = bytes.maketrans(b"\0\1", b"01")
_BYTE = 8


class ByMonth:
    """The postings by month, each month from a whole byte on.

    ``ends`` has the last job of each posting, as sets of postings do; ``month`` returns the jobs of
    a month.
    """

    def __init__(
        self, months: Sequence[str], month: Callable[[str], int], ends: int, size: int
    ) -> None:
        self._size = size
        self._order = array("I")
        self._bytes: dict[str, slice] = {}
        for name in months:
            start = len(self._order) // _BYTE
            self._order.extend(positions(month(name) & ends, size))
            # The position after the last is in no set: it fills the month's last byte.
            self._order.extend(repeat(size, -len(self._order) % _BYTE))
            self._bytes[name] = slice(start, len(self._order) // _BYTE)
        self._kept: dict[str, int] = {}

    def arranged(self, postings: int, months: Sequence[str] = ()) -> int:
        """Return a set of postings, a bit each in the order of the months; of ``months`` only."""
        known = [self._bytes[month] for month in months if month in self._bytes]
        start, stop = (known[0].start, known[-1].stop) if known else (0, len(self._order))
        order = self._order[start * _BYTE : stop * _BYTE]
        # Through bytes of 0 and 1: all in C, 50 ns a posting.
        flags = flags_of(postings, self._size) + b"\0"
        digits = bytes(map(flags.__getitem__, order)).translate(_DIGITS)
        return int(digits[::-1], 2) << start * _BYTE if digits else 0

    def arranged_once(self, name: str, postings: Callable[[], int]) -> int:
        """Return the set of this name, arranged when first asked for."""
        # No lock: two threads may arrange the same set, and both get the same integer.
        if name not in self._kept:
            self._kept[name] = self.arranged(postings())
        return self._kept[name]

    def counts(self, arranged: int, months: Iterable[str]) -> list[int]:
        """Return how many postings of an arranged set each month has."""
        raw = arranged.to_bytes(len(self._order) // _BYTE, "little")
        none = slice(0, 0)
        found = (raw[self._bytes.get(month, none)] for month in months)
        return [int.from_bytes(part, "little").bit_count() for part in found]
