"""The skills of each posting, for counting pairs: a bitmap a pair would be half a million."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain

__all__ = ["SkillLists"]

_ONE = ord("1")


class SkillLists:
    """The numbers of the skills that a posting names, ascending, by the position of its end."""

    def __init__(self, named: Iterable[Iterable[int]], size: int) -> None:
        # One sort of all (position, skill) is ten times faster than a list a posting.
        pairs = sorted(
            position << 16 | number for number, at in enumerate(named) for position in at
        )
        self._skills = array("H", (pair & 0xFFFF for pair in pairs))
        counts = Counter(pair >> 16 for pair in pairs)
        ends = accumulate(map(counts.__getitem__, range(size)))
        self._starts = array("I", chain((0,), ends))

    def counts(self, positions: Iterable[int]) -> Counter[int]:
        """Return the postings by skill among these."""
        return Counter(chain.from_iterable(self._of(positions)))

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
        return (skills[starts[position] : starts[position + 1]] for position in positions)
