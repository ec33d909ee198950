"""The bitmaps of ``posting_facets`` in memory: any filter in microseconds, exact.

A set of postings is an integer whose bit i stands for the posting at position i
(include/storage/serving_facets.py says how positions are given).
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from include.storage.serving_facets import DAY_BITS, FIRST_DAY, day_number
from include.storage.serving_places import place_forms

__all__ = ["ANYWHERE", "REMOTE", "FacetIndex", "FacetRow", "PostingFilter", "SkillBits"]

FacetRow = tuple[str, str, int, bytes]
ANYWHERE = frozenset({"any", "anywhere", "everywhere"})
REMOTE = "remote"
_REMOTE_VALUES = ("remote", "mixed")
_CACHED_SETS = 256  # of 25 kB each at 200,000 postings


@dataclass(frozen=True)
class PostingFilter:
    """Which postings are meant; ``any`` is no restriction, ``days`` None all of time."""

    location: str = "anywhere"
    role: str = "any"
    level: str = "any"
    source: str = "any"
    days: int | None = None
    technologies: tuple[str, ...] = ()
    seniors: bool = False
    duplicates: bool = False


@dataclass(frozen=True)
class SkillBits:
    """A skill and the postings that name it."""

    skill: str
    count: int
    bits: int


class FacetIndex:
    """The postings of one published version, by their properties."""

    def __init__(self, rows: Iterable[FacetRow]) -> None:
        self._bits: dict[tuple[str, str], int] = {}
        self._counts: dict[tuple[str, str], int] = {}
        payloads: dict[str, bytes] = {}
        for facet, value, count, payload in rows:
            raw = zlib.decompress(payload)
            if facet in ("order", "text"):
                payloads[value] = raw
            else:
                self._bits[facet, value] = int.from_bytes(raw, "little")
                self._counts[facet, value] = count
        self._ids = payloads.get("ids", b"")
        self._newest = _array("I", payloads.get("newest", b""))
        self._posted_at = _array("q", payloads.get("posted_at", b""))
        self._places = payloads.get("places", b"") + b"\n"
        self._line_starts = _line_starts(self._places)
        self.all = self._bits.get(("set", "all"), 0)
        self.skills = sorted(
            (
                SkillBits(v, self._counts[f, v], b)
                for (f, v), b in self._bits.items()
                if f == "skill"
            ),
            key=lambda skill: (-skill.count, skill.skill),
        )
        self.newest_day = self._newest_day()
        self._located: Callable[[str], int] = lru_cache(_CACHED_SETS)(self._locate)
        self._within: Callable[[int, int], int] = lru_cache(_CACHED_SETS)(self._days_between)

    def values(self, facet: str) -> dict[str, int]:
        """Return the values of a property and how many postings have each, most first."""
        found = {value: n for (name, value), n in self._counts.items() if name == facet}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def as_of(self, today: date) -> date:
        """Return the day that windows are counted back from: the newest posting's, at most today.

        Data that ends in the past is then asked for its own last days, not for an empty present.
        """
        return min(today, self.newest_day or today)

    def select(self, wanted: PostingFilter, as_of: date) -> int:
        """Return the postings that a filter means."""
        bits = self._located(wanted.location.strip())
        for facet, value in (
            ("role", wanted.role),
            ("level", wanted.level),
            ("source", wanted.source),
        ):
            if value != "any":
                bits &= self._bits.get((facet, value), 0)
        for technology in wanted.technologies:
            bits &= self._bits.get(("skill", technology), 0)
        if wanted.days is not None:
            first = as_of - timedelta(days=min(wanted.days, (as_of - FIRST_DAY).days))
            bits &= self._within(day_number(first), day_number(as_of))
        if not wanted.seniors:
            bits = self._without(bits, "level", "senior_excluded")
        return bits if wanted.duplicates else self._without(bits, "set", "duplicate")

    def companies(self, bits: int) -> int:
        """Count the companies with a posting in ``bits``; unnamed ones do not count.

        A company's postings are neighbours; adding all-ones below each company's last position
        carries into that position exactly when one of the lower ones is set.
        """
        ends = self._bits.get(("company", "ends"), 0)
        below = ((1 << ends.bit_length()) - 1) ^ ends
        return (((bits & below) + below | bits) & ends).bit_count()

    def newest(self, bits: int, after: tuple[int, str] | None = None) -> Iterator[tuple[int, str]]:
        """Yield time posted (epoch seconds) and id, newest first, from after ``after``."""
        chosen = bits.to_bytes((len(self._newest) + 7) // 8, "little")
        for rank in range(self._rank_after(after), len(self._newest)):
            position = self._newest[rank]
            if chosen[position >> 3] >> (position & 7) & 1:
                yield self._posted_at[rank], self._id(position)

    def _rank_after(self, after: tuple[int, str] | None) -> int:
        if after is None:
            return 0
        when, last_id = after
        first = bisect_left(self._posted_at, -when, key=lambda value: -value)
        end = bisect_right(self._posted_at, -when, key=lambda value: -value)
        return (
            bisect_right(
                range(first, end), _Descending(last_id), key=lambda r: _Descending(self._id_at(r))
            )
            + first
        )

    def _id_at(self, rank: int) -> str:
        return self._id(self._newest[rank])

    def _id(self, position: int) -> str:
        return self._ids[position * 16 : position * 16 + 16].hex()

    def _without(self, bits: int, facet: str, value: str) -> int:
        return bits & (self.all ^ self._bits.get((facet, value), 0))

    def _newest_day(self) -> date | None:
        if not self.all:
            return None
        left, number = self.all, 0
        for bit in reversed(range(DAY_BITS)):
            if higher := left & self._bits.get(("day", str(bit)), 0):
                left, number = higher, number | 1 << bit
        return FIRST_DAY + timedelta(days=number)

    def _days_between(self, first: int, last: int) -> int:
        return self._day_at_least(first) & (self.all ^ self._day_at_least(last + 1))

    def _day_at_least(self, number: int) -> int:
        greater, equal = 0, self.all
        for bit in reversed(range(DAY_BITS)):
            having = self._bits.get(("day", str(bit)), 0)
            if number >> bit & 1:
                equal &= having
            else:
                greater |= equal & having
                equal &= self.all ^ having
        return greater | equal

    def _locate(self, location: str) -> int:
        """Return the postings at a place; "Remote" is the way of working, not a place."""
        lowered = location.casefold()
        if lowered in ANYWHERE:
            return self.all
        head, comma, _ = lowered.partition(",")
        if head.strip() == REMOTE:
            remote = 0
            for value in _REMOTE_VALUES:
                remote |= self._bits.get(("remote", value), 0)
            return remote & self._located(location[len(head) + 1 :].strip()) if comma else remote
        size = (len(self._line_starts) + 7) // 8
        found = bytearray(size)
        for form in place_forms(location):
            self._mark_lines(form.encode(), found)
        return int.from_bytes(found, "little") & self.all

    def _mark_lines(self, needle: bytes, found: bytearray) -> None:
        at = self._places.find(needle)
        while at >= 0:
            line = bisect_right(self._line_starts, at) - 1
            found[line >> 3] |= 1 << (line & 7)
            following = line + 1
            if following == len(self._line_starts):
                return
            at = self._places.find(needle, self._line_starts[following])


class _Descending(str):
    """A text that sorts the other way round, as ids do in the newest-first order."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


def _array(kind: str, raw: bytes) -> array[int]:
    values: array[int] = array(kind)
    values.frombytes(raw)
    return values


def _line_starts(text: bytes) -> array[int]:
    starts: array[int] = array("I", [0])
    at = text.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find(b"\n", at + 1)
    starts.pop()
    return starts
