"""The published sets of positions, and groups of neighbours."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable
from sys import getsizeof

from pyroaring import BitMap

from include.insights.cache import SegmentedLRU
from include.insights.index.sets import bits_at, bits_of
from include.serving.bits import flags_of
from include.serving.facets import ROARING

__all__ = ["Bitmaps", "FacetRow", "Groups", "array_of", "bits_at", "flags_of"]

FacetRow = tuple[str, str, int, bytes]
"""Facet, value, number of postings, payload: a row of ``posting_facets``."""
_INTEGER_BYTES = 48 << 20
"""Of integers: all but those of skills and months at two million jobs."""


class Bitmaps:
    """The bitmaps and payloads of one published version.

    Roaring bitmaps are kept, some 10 MB at a million jobs. Any set is also had as an integer: of
    those, the ones asked for again stay, up to a bound in bytes.
    """

    def __init__(self, rows: Iterable[FacetRow]) -> None:
        self._stored: dict[tuple[str, str], bytes] = {}
        self._roaring: dict[tuple[str, str], BitMap] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self._bits: SegmentedLRU[tuple[str, str], int] = SegmentedLRU(_INTEGER_BYTES, getsizeof)
        for facet, value, count, payload in rows:
            if facet in ROARING:
                self._roaring[facet, value] = BitMap.deserialize(payload)
            else:
                self._stored[facet, value] = payload
            self._counts.setdefault(facet, {})[value] = count

    def roaring(self, facet: str, value: str) -> BitMap:
        """Return the jobs that have a property of ``ROARING``; none for an unknown one."""
        return self._roaring.get((facet, value), _NONE)

    def get(self, facet: str, value: str) -> int:
        """Return the jobs that have a property, as bits; none for an unknown one."""
        key = (facet, value)
        # No lock: two threads may decode the same bitmap, and both get the same integer.
        if (found := self._bits.get(key)) is None:
            if key in self._roaring:
                found = bits_of(self._roaring[key])
            elif key in self._stored:
                found = int.from_bytes(zlib.decompress(self._stored[key]), "little")
            else:
                return 0
            self._bits.put(key, found)
        return found

    def any_of(self, facet: str, values: Iterable[str]) -> int:
        """Return the jobs that have one of the values, as bits."""
        found = 0
        for value in values:
            found |= self.get(facet, value)
        return found

    def counts(self, facet: str) -> dict[str, int]:
        """Return the postings by value of a property, in no order."""
        return self._counts.get(facet, {})

    def payload(self, facet: str, value: str) -> bytes:
        """Return an array or a text, empty if there is none."""
        stored = self._stored.get((facet, value))
        return zlib.decompress(stored) if stored else b""

    def taken(self, facet: str, value: str) -> bytes:
        """Return an array or a text as ``payload`` does, the only time: it is not kept here."""
        found = self.payload(facet, value)
        self._stored.pop((facet, value), None)
        return found


class Groups:
    """Neighbouring positions that belong together: the jobs of a posting, or of a company.

    ``ends`` has the last position of each group; positions above the last end are in none.
    """

    def __init__(self, ends: int) -> None:
        self.ends = ends
        self._below = ((1 << ends.bit_length()) - 1) ^ ends

    def fold(self, bits: int) -> int:
        """Return the set with one bit, the last, for each group that has a position in ``bits``."""
        # Adding all-ones below each end carries into it exactly when one of the lower ones is set.
        # "| bits" adds the groups whose end is itself set: that one is in no carry.
        below = self._below
        return ((bits & below) + below | bits) & self.ends

    def fill(self, starts: int) -> int:
        """Return all positions of the groups whose first position is in ``starts``."""
        # The sum has the end of a chosen group, and what is below the end of any other.
        return (starts + self._below) ^ self._below


_NONE = BitMap()


def array_of(kind: str, raw: bytes) -> array[int]:
    """Return the integers of a payload."""
    values: array[int] = array(kind)
    values.frombytes(raw)
    return values
