"""The bitmaps of ``posting_facets`` in memory: any filter, exact, in microseconds.

A set of postings is an integer whose bit i stands for the posting at position i
(include/serving/facets.py assigns positions). A place of the tree is looked up with all that
lies in it; other words are searched in the distinct places, about 6,000 for 100,000 postings.
Results are cached by place or by normalized words, so that all spellings share one entry.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import compress, islice, product

from include.insights.cache import SegmentedLRU
from include.postings.places.tree import ancestors, nodes
from include.serving.facets import ANY, DAY_BITS, FIRST_DAY, day_number
from include.serving.places import PlacesAsked, place_forms, places_asked

__all__ = ["ANYWHERE", "REMOTE", "FacetIndex", "FacetRow", "PostingFilter", "SkillBits"]

FacetRow = tuple[str, str, int, bytes]
ANYWHERE = frozenset({"any", "anywhere", "everywhere"})
REMOTE = "remote"
_REMOTE_VALUES = ("remote", "mixed")
_CACHED_SETS = 256  # of 25 kB each at 200,000 postings
_ONE = ord("1")
_SCAN_SHARE = 32
"""Below one posting in this many, sort the matches; above, scan all postings newest first."""
_DIGITS = bytes.maketrans(b"01", b"\0\1")


@dataclass(frozen=True)
class PostingFilter:
    """A filter of postings; ``any`` means no restriction, ``days`` None all of time."""

    location: str = "anywhere"
    role: str = "any"
    level: str = "any"
    source: str = "any"
    days: int | None = None
    technologies: tuple[str, ...] = ()
    job_roles: tuple[str, ...] = ()
    """One of the posting's jobs has one of these roles and one of ``job_levels``; empty: any."""
    job_levels: tuple[str, ...] = ()
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
        self._rank_by_position = _inverse(self._newest)
        self._posted_at = _array("q", payloads.get("posted_at", b""))
        self._places = _positions_by_line(payloads.get("places", b""))
        self._distinct_places = b"\n".join(self._places)
        self._tree = _PlacesOfPostings(payloads.get("place_ids", b""))
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
        self._named: SegmentedLRU[str, int] = SegmentedLRU(_CACHED_SETS)
        self._within: Callable[[int, int], int] = lru_cache(_CACHED_SETS)(self._days_between)

    def values(self, facet: str) -> dict[str, int]:
        """Return the postings per value of a property, most frequent first."""
        found = {value: n for (name, value), n in self._counts.items() if name == facet}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def as_of(self, today: date) -> date:
        """Return the day that windows end at: the newest posting's, at most today.

        With old data, a window then covers the data's last days instead of an empty present.
        """
        return min(today, self.newest_day or today)

    def select(self, wanted: PostingFilter, as_of: date) -> int:
        """Return the postings that match a filter, as bits."""
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
        if wanted.job_roles or wanted.job_levels:
            bits &= self._offering(wanted.job_roles, wanted.job_levels)
        if wanted.days is not None:
            first = as_of - timedelta(days=min(wanted.days, (as_of - FIRST_DAY).days))
            bits &= self._within(day_number(first), day_number(as_of))
        if not wanted.seniors:
            bits = self._without(bits, "level", "senior_excluded")
        return bits if wanted.duplicates else self._without(bits, "set", "duplicate")

    def companies(self, bits: int) -> int:
        """Count the companies with a posting in ``bits``; unnamed ones do not count.

        A company's postings are adjacent: adding all-ones below each company's last position
        carries into that position exactly when one of the lower ones is set.
        """
        # "| bits" adds companies whose last position is itself set: that one is in no carry.
        ends = self._bits.get(("company", "ends"), 0)
        below = ((1 << ends.bit_length()) - 1) ^ ends
        return (((bits & below) + below | bits) & ends).bit_count()

    def newest(self, bits: int, after: tuple[int, str] | None = None) -> Iterator[tuple[int, str]]:
        """Yield time posted (epoch seconds) and id, newest first, from after ``after``."""
        first = self._rank_after(after)
        for rank in self._ranks(bits, first):
            yield self._posted_at[rank], self._id_at(rank)

    def _ranks(self, bits: int, first: int) -> Iterable[int]:
        """Yield the ranks, newest first, of the postings in ``bits``, starting at ``first``."""
        size = len(self._newest)
        # Few matches: sorting them is faster than skipping all others.
        if bits.bit_count() * _SCAN_SHARE < size:
            ranks = sorted(self._ranks_of(bits))
            return islice(ranks, bisect_left(ranks, first), None)
        # All in C and lazy: a page stops after its first matches.
        flags = f"{bits:0{size}b}".encode().translate(_DIGITS)[::-1]
        chosen = map(flags.__getitem__, islice(self._newest, first, None))
        return compress(range(first, size), chosen)

    def _ranks_of(self, bits: int) -> Iterator[int]:
        # find() skips zeros in C; shifting the integer would copy it for each bit.
        digits = f"{bits:b}"[::-1]
        at = digits.find("1")
        while at >= 0:
            yield self._rank_by_position[at]
            at = digits.find("1", at + 1)

    def _rank_after(self, after: tuple[int, str] | None) -> int:
        if after is None:
            return 0
        when, last_id = after
        # Times descend, hence the negated key; among equal times the ids descend, too.
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

    def _offering(self, roles: Sequence[str], levels: Sequence[str]) -> int:
        """Return the postings with a job that has one of the roles and one of the levels."""
        found = 0
        for role, level in product(roles or (ANY,), levels or (ANY,)):
            found |= self._bits.get(("job", f"{role} {level}"), 0)
        return found

    def _without(self, bits: int, facet: str, value: str) -> int:
        return bits & (self.all ^ self._bits.get((facet, value), 0))

    def _newest_day(self) -> date | None:
        if not self.all:
            return None
        # From the highest bit: keep only postings that have it, if any; the rest cannot be newest.
        candidates, number = self.all, 0
        for bit in reversed(range(DAY_BITS)):
            if higher := candidates & self._bits.get(("day", str(bit)), 0):
                candidates, number = higher, number | 1 << bit
        return FIRST_DAY + timedelta(days=number)

    def _days_between(self, first: int, last: int) -> int:
        return self._day_at_least(first) & (self.all ^ self._day_at_least(last + 1))

    def _day_at_least(self, number: int) -> int:
        # O'Neil and Quass: compare bit by bit from the highest; ``equal`` are still undecided.
        greater, equal = 0, self.all
        for bit in reversed(range(DAY_BITS)):
            having = self._bits.get(("day", str(bit)), 0)
            if number >> bit & 1:
                equal &= having
            else:
                greater |= equal & having
                equal &= self.all ^ having
        return greater | equal

    def _located(self, location: str) -> int:
        """Return the postings at a place; "Remote" filters by work mode, not by place."""
        lowered = location.casefold()
        if lowered in ANYWHERE:
            return self.all
        head, comma, _ = lowered.partition(",")
        if head.strip() != REMOTE:
            return self._at(location)
        remote = 0
        for value in _REMOTE_VALUES:
            remote |= self._bits.get(("remote", value), 0)
        return remote & self._open_to(location[len(head) + 1 :].strip()) if comma else remote

    def _at(self, location: str) -> int:
        """Return the postings that name a place within a place, or the words of an unknown one."""
        asked = places_asked(location) if self._tree else PlacesAsked(frozenset(), location)
        found = 0
        for form in place_forms(asked.words) if asked.words else ():
            found |= self._naming(form)
        # Words that nothing names end here: what they ask for beside a state is not kept.
        if not asked.place_ids or (asked.words and not found):
            return found
        within = 0
        for place_id in asked.place_ids:
            within |= self._grouped(f"in {place_id}", self._tree.within(place_id))
        return found & within if asked.words else within

    def _open_to(self, location: str) -> int:
        """Return the postings at a place, and those open to a region around it."""
        if location.casefold() in ANYWHERE:
            return self.all
        found = self._at(location)
        for place_id in places_asked(location).place_ids if self._tree else ():
            around = self._grouped(f"from {place_id}", self._tree.open_to(place_id))
            refused = self._grouped(f"not {place_id}", self._tree.refusing(place_id))
            found |= around & ~refused
        return found

    def _grouped(self, key: str, groups: list[array[int]]) -> int:
        """Return the postings of groups of positions, cached by key unless there are none."""
        if not groups:
            return 0
        if (kept := self._named.get(key)) is not None:
            return kept
        found = self._bits_at(groups)
        self._named.put(key, found)
        return found

    def _naming(self, form: str) -> int:
        """Return the postings whose places contain this form."""
        if (kept := self._named.get(form)) is not None:
            return kept
        needle = form.encode()
        # Do not cache misses: there are infinitely many, and they would evict real places.
        if needle not in self._distinct_places:
            return 0
        found = self._bits_at(rows for line, rows in self._places.items() if needle in line)
        self._named.put(form, found)
        return found

    def _bits_at(self, groups: Iterable[array[int]]) -> int:
        # Set digits, then parse them in C: setting bits of an integer takes three times as long.
        digits = bytearray(b"0") * len(self._newest)
        for positions in groups:
            for position in positions:
                digits[position] = _ONE
        digits.reverse()
        return int(digits, 2)


class _PlacesOfPostings:
    """Positions by place of the tree: what lies in it, what is open to it, what refuses it."""

    def __init__(self, payload: bytes) -> None:
        self._within: defaultdict[str, list[array[int]]] = defaultdict(list)
        self._hire_from: defaultdict[str, list[array[int]]] = defaultdict(list)
        self._excluded: defaultdict[str, list[array[int]]] = defaultdict(list)
        for line, positions in _positions_by_line(payload).items():
            said = [(word[0], word[1:]) for word in line.decode().split(" ") if word[1:] in nodes()]
            offered = [ancestors(place_id) for relation, place_id in said if relation != "e"]
            for place_id in frozenset().union(*offered):
                self._within[place_id].append(positions)
            for relation, place_id in said:
                if relation != "s":
                    by_place = self._hire_from if relation == "h" else self._excluded
                    by_place[place_id].append(positions)

    def __bool__(self) -> bool:
        return bool(self._within)

    def within(self, place_id: str) -> list[array[int]]:
        """Return the postings that offer a place within this one."""
        return self._within.get(place_id, [])

    def open_to(self, place_id: str) -> list[array[int]]:
        """Return the postings that one may apply for from a region around this place."""
        return [g for around in ancestors(place_id) for g in self._hire_from.get(around, ())]

    def refusing(self, place_id: str) -> list[array[int]]:
        """Return the postings that refuse this place or a region around it."""
        return [g for around in ancestors(place_id) for g in self._excluded.get(around, ())]


class _Descending(str):
    """A string that sorts in reverse, as ids do in the newest-first order."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


def _array(kind: str, raw: bytes) -> array[int]:
    values: array[int] = array(kind)
    values.frombytes(raw)
    return values


def _inverse(order: array[int]) -> array[int]:
    ranks = array("I", bytes(order.itemsize * len(order)))
    for rank, position in enumerate(order):
        ranks[position] = rank
    return ranks


def _positions_by_line(places: bytes) -> Mapping[bytes, array[int]]:
    """Return positions by line of places, without the postings that name no place."""
    found: defaultdict[bytes, array[int]] = defaultdict(partial(array, "I"))
    for position, line in enumerate(places.split(b"\n")):
        if line:
            found[line].append(position)
    return dict(found)
