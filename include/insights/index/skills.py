"""The skills of each posting: for small sets faster than a bitmap of each skill."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import chain, groupby

from include.insights.index.bitmaps import Bitmaps, array_of

__all__ = ["PostingSkills"]


class PostingSkills:
    """The skills that each posting names, by posting number; read when first used."""

    def __init__(self, bitmaps: Bitmaps) -> None:
        self._bitmaps = bitmaps

    def counts(self, postings: Iterable[int]) -> Counter[str]:
        """Return how many of the postings (numbers) name each skill."""
        named = self._named
        return self._by_id(Counter(chain.from_iterable(named(number) for number in postings)))

    def counts_of_groups(self, postings: Iterable[tuple[int, int]]) -> Counter[str]:
        """Return by skill how many groups have a posting that names it.

        ``postings`` are (group, number) with the postings of a group in a row.
        """
        groups = groupby(postings, key=lambda one: one[0])
        sets = (frozenset().union(*(self._named(n) for _, n in members)) for _, members in groups)
        return self._by_id(Counter(chain.from_iterable(sets)))

    def _by_id(self, counted: Counter[int]) -> Counter[str]:
        ids = self._ids
        return Counter({ids[number]: n for number, n in counted.items()})

    def _named(self, number: int) -> array[int]:
        return self._numbers[self._starts[number] : self._starts[number + 1]]

    @cached_property
    def _ids(self) -> list[str]:
        return self._bitmaps.payload("text", "skills").decode().split("\n")

    @cached_property
    def _numbers(self) -> array[int]:
        return array_of("H", self._bitmaps.payload("order", "skills"))

    @cached_property
    def _starts(self) -> array[int]:
        return array_of("I", self._bitmaps.payload("order", "skill_starts"))
