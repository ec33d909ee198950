"""The skills of each posting: the bitmaps, the other way round.

A few postings are counted from their lists sooner than from a bitmap a skill, and a bitmap a pair
of skills would be half a million.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, pairwise

from include.insights.index.bitmaps import Bitmaps, array_of
from include.insights.index.order import Postings

__all__ = ["SkillLists"]

_ONE = ord("1")


class SkillLists:
    """The numbers, in the order of ``FacetIndex.skills``, of the skills that postings name.

    Postings are given by the position of any of their jobs.
    """

    def __init__(self, bitmaps: Bitmaps, postings: Postings) -> None:
        self._postings = postings
        self._skills = array_of("H", bitmaps.taken("order", "skills"))
        self._starts = array_of("I", bitmaps.taken("order", "skill_starts"))

    def sizes(self) -> Iterator[int]:
        """Yield by position how many skills the posting names."""
        of_posting = array("H", (end - start for start, end in pairwise(self._starts)))
        return map(of_posting.__getitem__, self._postings.numbers)

    def counts(self, positions: Iterable[int]) -> Counter[int]:
        """Return the postings by skill among these."""
        return Counter(chain.from_iterable(self._of(positions)))

    def counts_of_groups(self, positions: Iterable[int], groups: Sequence[int]) -> Counter[int]:
        """Return by skill how many groups (numbers by position) have a posting that names it.

        The postings of a group have to be neighbours.
        """
        grouped = groupby(positions, key=groups.__getitem__)
        named = (frozenset().union(*self._of(members)) for _, members in grouped)
        return Counter(chain.from_iterable(named))

    def positions_of(self, positions: Iterable[int]) -> Mapping[int, list[int]]:
        """Return by skill those of these positions whose posting names it."""
        at = list(positions)
        found: defaultdict[int, list[int]] = defaultdict(list)
        for position, skills in zip(at, self._of(at), strict=True):
            for skill in skills:
                found[skill].append(position)
        return found

    def bits(self, positions: Sequence[int], kept: Iterable[int]) -> dict[int, int]:
        """Return the postings that name each skill, as bits: the n-th, highest first, is the n-th.

        Bitmaps of a few thousand postings, not of all: a pair takes a microsecond.
        """
        digits = {skill: bytearray(b"0") * len(positions) for skill in kept}
        for at, skills in enumerate(self._of(positions)):
            for skill in skills:
                if skill in digits:
                    digits[skill][at] = _ONE
        return {skill: int(of_skill or b"0", 2) for skill, of_skill in digits.items()}

    def _of(self, positions: Iterable[int]) -> Iterator[array[int]]:
        starts, skills = self._starts, self._skills
        for number in map(self._postings.numbers.__getitem__, positions):
            yield skills[starts[number] : starts[number + 1]]
