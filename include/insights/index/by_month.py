"""The postings in the order of their months: counts of all months at once.

The index is ordered by company, so that a month's postings lie scattered over all positions: a
count a month is an AND of the whole length each, 30 us at 200,000 jobs. Arranged by month, a
posting is one bit and a month a few bytes: the counts of 180 months take as long as one.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import compress, repeat
from operator import itemgetter

from include.insights.cache import sets_kept
from include.insights.index.bitmaps import flags_of, positions

__all__ = ["ByMonth", "members"]

_MOST_KEPT, _KEPT_BYTES = 2_000, 32 << 20
_DIGITS = bytes.maketrans(b"\0\1", b"01")
_BYTE = 8
_SPARSE_SHARE = 6
"""Below one posting in this many, each is placed; above, all places are looked at."""
_FEW_SHARE = 24
"""Below one posting in this many of a span, each is searched."""


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
        self._readers: dict[str, Callable[[bytes], tuple[int, ...]]] = {}
        self.kept: dict[str, int] = {}
        self.most_kept = sets_kept(_MOST_KEPT, len(self._order), _KEPT_BYTES)

    def arranged(self, postings: int, months: Sequence[str] = ()) -> int:
        """Return a set of postings, a bit each in the order of the months; of ``months`` only."""
        shown = [month for month in months or self._bytes if month in self._bytes]
        if not shown:
            return 0
        start: int = self._bytes[shown[0]].start
        stop: int = self._bytes[shown[-1]].stop
        if postings.bit_count() * _SPARSE_SHARE < (stop - start) * _BYTE:
            return self._placed(postings) & (1 << stop * _BYTE) - (1 << start * _BYTE)
        # Through bytes of 0 and 1: all in C, 20 ns a posting.
        flags = flags_of(postings, self._size) + b"\0"
        digits = b"".join(bytes(read(flags)) for read in map(self._reader, shown))
        return int(digits.translate(_DIGITS)[::-1], 2) << start * _BYTE

    def _reader(self, month: str) -> Callable[[bytes], tuple[int, ...]]:
        """Return what reads the flags of a month's postings; made when first used."""
        # No lock: two threads may make the same one, and both read alike.
        if (kept := self._readers.get(month)) is None:
            part = self._bytes[month]
            places = self._order[part.start * _BYTE : part.stop * _BYTE]
            # A month has whole bytes, so that no itemgetter is of one item, which is no tuple.
            kept = self._readers[month] = itemgetter(*places)
        return kept

    def _placed(self, postings: int) -> int:
        found = bytearray(len(self._order) // _BYTE + 1)
        for position in positions(postings, self._size):
            place = self._places[position]
            found[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(found, "little")

    def arranged_once(self, name: str, postings: Callable[[], int]) -> int:
        """Return the set of this name, arranged when first asked for."""
        # No lock: two threads may arrange the same set, and both get the same integer.
        if (found := self.kept.get(name)) is None:
            found = self.arranged(postings())
            if len(self.kept) < self.most_kept:
                self.kept[name] = found
        return found

    def span(self, first: str, last: str) -> slice:
        """Return the places of the months from first to last."""
        known = [part for month, part in self._bytes.items() if first <= month <= last]
        return slice(known[0].start * _BYTE, known[-1].stop * _BYTE) if known else slice(0, 0)

    def values(self, by_position: Sequence[int]) -> list[int]:
        """Return by place what ``by_position`` has by position; 0 at places of no posting.

        Equal numbers are one object: an array would make one at each reading.
        """
        numbers = list(range(max(by_position, default=0) + 1))
        found = map([*by_position, 0].__getitem__, self._order)
        return list(map(numbers.__getitem__, found))

    @cached_property
    def _places(self) -> array[int]:
        """The place by position; after the last one where a posting has none."""
        places = array("I", [len(self._order)]) * (self._size + 1)
        for place, position in enumerate(self._order):
            places[position] = place
        places[self._size] = len(self._order)
        return places

    def counts(self, arranged: int, months: Iterable[str]) -> list[int]:
        """Return how many postings of an arranged set each month has."""
        if not arranged:
            return [0 for _ in months]
        raw = arranged.to_bytes(len(self._order) // _BYTE, "little")
        none = slice(0, 0)
        found = (raw[self._bytes.get(month, none)] for month in months)
        return [int.from_bytes(part, "little").bit_count() for part in found]


def members(arranged: int, span: slice, values: Sequence[int]) -> Iterable[int]:
    """Return the values, one a place of the span, of the arranged postings within it."""
    size = span.stop - span.start
    part = arranged >> span.start & (1 << size) - 1
    if part.bit_count() * _FEW_SHARE < size:
        return map(values.__getitem__, positions(part, size))
    return compress(values, flags_of(part, size))
