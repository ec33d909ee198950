"""Sets of positions as integers: decoding, iterating, and counting groups of neighbours."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable
from itertools import chain

from include.insights.cache import sets_kept
from include.serving.bits import flags_of, positions

__all__ = ["Bitmaps", "FacetRow", "Groups", "array_of", "bits_at", "flags_of", "positions"]

FacetRow = tuple[str, str, int, bytes]
"""Facet, value, number of postings, compressed payload: a row of ``posting_facets``."""
_SKILL = "skill"
_SKILL_BYTES = 96 << 20
"""Of decoded skills: all of them at 500,000 jobs; of more, the rare ones are decoded each time."""
_ONE = ord("1")
_FEW_SHARE = 32
"""Below one position in this many, each sets a bit."""


class Bitmaps:
    """The bitmaps and payloads of one published version, decompressed when first asked for.

    Frequent ones stay decompressed.
    """

    def __init__(self, rows: Iterable[FacetRow]) -> None:
        self._stored: dict[tuple[str, str], bytes] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self._bits: dict[tuple[str, str], int] = {}
        self._least_kept = 0
        for facet, value, count, payload in rows:
            self._stored[facet, value] = payload
            self._counts.setdefault(facet, {})[value] = count
        skills = sorted(self.counts(_SKILL).values(), reverse=True)
        most = sets_kept(len(skills), 8 * len(self.payload("set", "all")), _SKILL_BYTES)
        if most < len(skills):
            self._least_kept = skills[most]

    def get(self, facet: str, value: str) -> int:
        """Return the jobs that have a property, as bits; none for an unknown one."""
        key = (facet, value)
        # No lock: two threads may decode the same bitmap, and both get the same integer.
        if (found := self._bits.get(key)) is None:
            if key not in self._stored:
                return 0
            found = int.from_bytes(zlib.decompress(self._stored[key]), "little")
            if facet != _SKILL or self._counts[facet][value] > self._least_kept:
                self._bits[key] = found
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


def bits_at(groups: Iterable[Iterable[int]], size: int) -> int:
    """Return the set of all positions of the groups, all below ``size``."""
    found = [*chain.from_iterable(groups)]
    if len(found) * _FEW_SHARE < size:
        raw = bytearray(-(-size // 8))
        for position in found:
            raw[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(raw, "little")
    # Set digits, then parse them in C: setting so many bits takes three times as long.
    digits = bytearray(b"0") * size
    for position in found:
        digits[position] = _ONE
    digits.reverse()
    return int(digits, 2) if size else 0


def array_of(kind: str, raw: bytes) -> array[int]:
    """Return the integers of a payload."""
    values: array[int] = array(kind)
    values.frombytes(raw)
    return values
