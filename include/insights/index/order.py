"""The postings of the index: their ids, their jobs, and their order, newest first."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate, compress, islice

from pyroaring import BitMap

from include.insights.index.bitmaps import (
    Bitmaps,
    Groups,
    array_of,
    flags_of,
)
from include.insights.index.sets import positions, roaring_of

__all__ = ["Postings"]

_SCAN_SHARE = 32
"""Below one posting in this many, sort the matches; above, scan all postings newest first."""
_ID_BYTES = 16


class Postings:
    """The postings by number, in the order of their positions; ``size`` jobs in all."""

    def __init__(self, bitmaps: Bitmaps) -> None:
        self.groups = Groups(bitmaps.get("posting", "ends"))
        self.size = bitmaps.get("set", "all").bit_length()
        self._ids = bitmaps.taken("order", "ids")
        self._newest = array_of("I", bitmaps.taken("order", "newest"))
        self._posted_at = array_of("q", bitmaps.taken("order", "posted_at"))
        self._ends = positions(self.groups.ends)
        """The last position of each posting, by number."""
        self._newest_ends = array("I", map(self._ends.__getitem__, self._newest))
        self._rank_by_end = _inverse(self._newest_ends, self.size)

    @property
    def starts(self) -> array[int]:
        """The first position of each posting, by number."""
        return array("I", [0, *(end + 1 for end in self._ends[:-1])]) if self._ends else array("I")

    @cached_property
    def firsts(self) -> BitMap:
        """The first job of each posting."""
        ends = self.groups.ends
        return roaring_of((ends << 1 | 1) ^ (1 << ends.bit_length())) if ends else BitMap()

    @cached_property
    def numbers(self) -> array[int]:
        """The posting's number by position."""
        after = accumulate(flags_of(self.groups.ends, self.size), initial=0)
        return array("I", islice(after, self.size))

    def id_of(self, number: int) -> str:
        """Return a posting's id."""
        return self._ids[number * _ID_BYTES : (number + 1) * _ID_BYTES].hex()

    def starts_of(self, ids: Iterable[str]) -> Iterator[int]:
        """Yield the first position of each posting; raise KeyError for an unknown id."""
        numbers, starts = self._numbers_by_id(), self.starts
        return (starts[numbers[bytes.fromhex(one)]] for one in ids)

    def newest(self, bits: int, after: tuple[int, str] | None = None) -> Iterator[tuple[int, str]]:
        """Yield time posted (epoch seconds) and id, newest first, from after ``after``.

        ``bits`` has the last job of each posting, as ``groups.fold`` returns it.
        """
        for rank in self._ranks(bits, self._rank_after(after)):
            yield self._posted_at[rank], self.id_of(self._newest[rank])

    def _numbers_by_id(self) -> dict[bytes, int]:
        # Not kept: it is asked for once, and has 150 bytes a posting.
        starts = range(0, len(self._ids), _ID_BYTES)
        return {self._ids[at : at + _ID_BYTES]: number for number, at in enumerate(starts)}

    def _ranks(self, bits: int, first: int) -> Iterable[int]:
        """Return the ranks, newest first, of the postings in ``bits``, starting at ``first``."""
        count = len(self._newest)
        # Few matches: sorting them is faster than skipping all others.
        if bits.bit_count() * _SCAN_SHARE < count:
            ranks = sorted(map(self._rank_by_end.__getitem__, positions(bits)))
            return islice(ranks, bisect_left(ranks, first), None)
        # All in C and lazy: a page stops after its first matches.
        chosen = map(roaring_of(bits).__contains__, islice(self._newest_ends, first, None))
        return compress(range(first, count), chosen)

    def _rank_after(self, after: tuple[int, str] | None) -> int:
        if after is None:
            return 0
        when, last_id = after
        # Times descend, hence the negated key; among equal times the ids descend, too.
        first = bisect_left(self._posted_at, -when, key=lambda value: -value)
        end = bisect_right(self._posted_at, -when, key=lambda value: -value)
        same = range(first, end)
        return first + bisect_right(
            same, _Descending(last_id), key=lambda r: _Descending(self.id_of(self._newest[r]))
        )


class _Descending(str):
    """A string that sorts in reverse, as ids do in the newest-first order."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


def _inverse(order: array[int], size: int) -> array[int]:
    ranks = array("I", bytes(order.itemsize * size))
    for rank, position in enumerate(order):
        ranks[position] = rank
    return ranks
