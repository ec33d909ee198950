"""The skills of each posting, for counting pairs: a bitmap a pair would be half a million."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from itertools import accumulate, chain

__all__ = ["SkillLists"]


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

    def of(self, positions: Iterable[int], kept: Container[int]) -> Iterator[list[int]]:
        """Yield the skills among ``kept`` of each posting."""
        starts, skills = self._starts, self._skills
        for position in positions:
            named = skills[starts[position] : starts[position + 1]]
            yield [skill for skill in named if skill in kept]
