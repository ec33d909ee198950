"""Where jobs are: the places of the tree that they name, else their words.

A place of the tree is looked up with all that lies in it; other words are searched in the distinct
places, about 6,000 for 100,000 postings. Results are cached by place or by normalized words, so
that all spellings share one entry.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from io import BytesIO
from itertools import accumulate, chain, compress
from typing import TypeAlias

from pyroaring import BitMap

from include.insights.cache import SegmentedLRU
from include.insights.index.bitmaps import Bitmaps, bits_at, flags_of
from include.insights.index.order import Postings
from include.insights.index.sets import bits_of, bytes_of, positions, roaring_at
from include.postings.places.tree import ancestors, nodes
from include.serving.places import PlacesAsked, place_forms, places_asked

__all__ = ["ANYWHERE", "JobPlaces", "Members"]

ANYWHERE = frozenset({"any", "anywhere", "everywhere"})
_SETS_BYTES = 16 << 20
_CACHED_MEMBERS = 16  # of about 1 MB for the countries of the world
_MEMBERS_SHARE = 100
"""Above one job in this many, a set is quicker as bits, below as positions."""
Members: TypeAlias = "int | array[int]"
"""Jobs as bits, or their positions, ascending."""
_Combine = Callable[["_Places"], int]


class JobPlaces:
    """The places of the jobs: a job's own where it names any, else its posting's.

    ``by_posting`` asks for the posting's places alone, as contract 1.0.0 does.
    """

    def __init__(self, bitmaps: Bitmaps, postings: Postings) -> None:
        starts, size = postings.starts, postings.size
        self._size = size
        self._members: SegmentedLRU[str, list[Members]] = SegmentedLRU(_CACHED_MEMBERS)
        self._own = bitmaps.get("own", "places")
        own = positions(self._own)
        fill = postings.groups.fill
        self._of_postings = _Places(bitmaps, "", starts, lambda found: fill(bits_of(found)))
        self._of_jobs = _Places(bitmaps, "job_", own, bits_of)

    def at(self, location: str, *, by_posting: bool = False) -> int:
        """Return the jobs that name a place within a place, or the words of an unknown one."""
        asked = self._asked(location)
        return self._both(lambda places: places.at(asked), by_posting=by_posting)

    def within(self, place_id: str, *, by_posting: bool = False) -> int:
        """Return the jobs that name a place within one of the tree, as bits."""
        return self._both(lambda places: places.within(place_id), by_posting=by_posting)

    def members(self, place_ids: Sequence[str]) -> list[Members]:
        """Return the jobs within each place; cached by the places."""
        key = " ".join(place_ids)
        if (kept := self._members.get(key)) is None:
            kept = [self._members_of(self.within(place_id)) for place_id in place_ids]
            self._members.put(key, kept)
        return kept

    def among(self, bits: int, place_ids: Sequence[str]) -> Iterator[int]:
        """Yield those of a set of jobs that are within each place, as bits."""
        flags = flags_of(bits, self._size)
        for members in self.members(place_ids):
            if isinstance(members, int):
                yield bits & members
            else:
                yield bits_at([compress(members, map(flags.__getitem__, members))], self._size)

    def _members_of(self, bits: int) -> Members:
        if bits.bit_count() * _MEMBERS_SHARE > self._size:
            return bits
        return positions(bits)

    def open_to(self, location: str, *, by_posting: bool = False) -> int:
        """Return the jobs at a place, and those that one may do from a region around it."""
        asked = self._asked(location)
        return self._both(lambda places: places.open_to(asked), by_posting=by_posting)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The number of postings that name a place within it, by place of the tree."""
        return self._of_postings.sizes

    def unstated(self, location: str) -> int:
        """Return the jobs that name no region to apply from, and do not refuse the place."""
        asked = self._asked(location)
        return self._both(lambda places: ~places.hiring & ~places.refusing(asked))

    def _asked(self, location: str) -> PlacesAsked:
        return places_asked(location) if self._of_postings else PlacesAsked(frozenset(), location)

    def _both(self, ask: _Combine, *, by_posting: bool = False) -> int:
        found = ask(self._of_postings)
        if by_posting or not self._own:
            return found
        return found & ~self._own | ask(self._of_jobs) & self._own


class _Places:
    """The lines of places of some postings or jobs."""

    def __init__(
        self,
        bitmaps: Bitmaps,
        prefix: str,
        at: Sequence[int],
        bits: Callable[[BitMap], int],
    ) -> None:
        lines = _by_line(bitmaps.taken("text", f"{prefix}places"), at)
        self._distinct, self._rows = b"\n".join(lines), list(lines.values())
        ends = accumulate((len(line) + 1 for line in lines), initial=0)
        self._starts = array("I", ends)
        """Where each line begins in ``_distinct``, and the end."""
        self._tree = _Tree(_by_line(bitmaps.taken("text", f"{prefix}place_ids"), at))
        self._bits = bits
        """The jobs of positions: a posting's first stands for all of its jobs."""
        self._kept: SegmentedLRU[str, BitMap] = SegmentedLRU(_SETS_BYTES, bytes_of)

    def __bool__(self) -> bool:
        return bool(self._tree)

    @property
    def sizes(self) -> dict[str, int]:
        # Each posting stands on one line, so its groups never overlap.
        return {place_id: sum(map(len, at)) for place_id, at in self._tree.within.items()}

    @cached_property
    def hiring(self) -> int:
        """The jobs that name a region to apply from, as bits."""
        return self._bits(roaring_at(_joined(chain.from_iterable(self._tree.hire_from.values()))))

    def at(self, asked: PlacesAsked) -> int:
        found = 0
        for form in place_forms(asked.words) if asked.words else ():
            found |= self._naming(form)
        # Words that nothing names end here: what they ask for beside a state is not kept.
        if not asked.place_ids or (asked.words and not found):
            return found
        within = 0
        for place_id in asked.place_ids:
            within |= self.within(place_id)
        return found & within if asked.words else within

    def within(self, place_id: str) -> int:
        return self._grouped(f"in {place_id}", self._tree.within.get(place_id, ()))

    def open_to(self, asked: PlacesAsked) -> int:
        found = self.at(asked)
        for place_id in asked.place_ids:
            around = self._grouped(f"from {place_id}", self._tree.open_to(place_id))
            found |= around & ~self._refusing(place_id)
        return found

    def refusing(self, asked: PlacesAsked) -> int:
        """Return the jobs that refuse all of the places asked for."""
        found = -1 if asked.place_ids else 0
        for place_id in asked.place_ids:
            found &= self._refusing(place_id)
        return found

    def _refusing(self, place_id: str) -> int:
        return self._grouped(f"not {place_id}", self._tree.refusing(place_id))

    def _grouped(self, key: str, groups: Sequence[array[int]]) -> int:
        """Return the jobs of groups of positions, cached by key unless there are none."""
        if not groups:
            return 0
        if (kept := self._kept.get(key)) is None:
            kept = roaring_at(_joined(groups))
            self._kept.put(key, kept)
        return self._bits(kept)

    def _naming(self, form: str) -> int:
        """Return the jobs whose places contain this form."""
        if (kept := self._kept.get(form)) is None:
            needle = form.encode()
            # Do not cache misses: there are infinitely many, and they would evict real places.
            if needle not in self._distinct:
                return 0
            kept = roaring_at(_joined(self._containing(needle)))
            self._kept.put(form, kept)
        return self._bits(kept)

    def _containing(self, needle: bytes) -> Iterator[array[int]]:
        """Yield the positions of each line that contains this."""
        # All lines are searched at once: a loop over 30,000 takes ten times as long.
        at = 0
        while (at := self._distinct.find(needle, at)) >= 0:
            number = bisect_right(self._starts, at) - 1
            yield self._rows[number]
            at = self._starts[number + 1]


_Lines = Mapping[bytes, "array[int]"]
_Groups = defaultdict[str, list["array[int]"]]


class _Tree:
    """Positions by place of the tree: what lies in it, what is open to it, what refuses it."""

    def __init__(self, lines: _Lines) -> None:
        self.within: _Groups = defaultdict(list)
        self.hire_from: _Groups = defaultdict(list)
        self._excluded: _Groups = defaultdict(list)
        for line, at in lines.items():
            said = [(word[0], word[1:]) for word in line.decode().split(" ") if word[1:] in nodes()]
            offered = [ancestors(place_id) for relation, place_id in said if relation != "e"]
            for place_id in frozenset().union(*offered):
                self.within[place_id].append(at)
            for relation, place_id in said:
                if relation != "s":
                    by_place = self.hire_from if relation == "h" else self._excluded
                    by_place[place_id].append(at)

    def __bool__(self) -> bool:
        return bool(self.within)

    def open_to(self, place_id: str) -> list[array[int]]:
        """Return those that one may apply for from a region around this place."""
        return [g for around in ancestors(place_id) for g in self.hire_from.get(around, ())]

    def refusing(self, place_id: str) -> list[array[int]]:
        """Return those that refuse this place or a region around it."""
        return [g for around in ancestors(place_id) for g in self._excluded.get(around, ())]


def _joined(groups: Iterable[array[int]]) -> array[int]:
    found = array("I")
    for group in groups:
        found += group
    return found


def _by_line(text: bytes, at: Sequence[int]) -> _Lines:
    """Return positions by line of places, without those that name no place."""
    found: defaultdict[bytes, array[int]] = defaultdict(partial(array, "I"))
    # A line at a time: a million at once would be 60 MB.
    for line, position in zip(BytesIO(text), at, strict=False):
        if named := line.rstrip(b"\n"):
            found[named].append(position)
    return dict(found)
