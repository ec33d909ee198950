"""Sums over companies in two windows by Arrow's kernels, of many sets of postings at once.

Of 40,000 postings they take a millisecond, a Counter over the company of each ten times as long;
each call of a kernel takes 10 µs, so that many small sets are best summed together. Not numpy:
where it is installed, DuckDB and pyarrow import it in every task, 0.3 s each.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap

from include.insights.index.sets import bits_of
from include.serving.arrays import booleans, uint32

__all__ = ["Clustered", "Clusters"]

_HALF = pa.scalar(32, pa.int64())
_LOW = pa.scalar((1 << 32) - 1, pa.int64())


class Clusters:
    """The company's number by position, which never descends."""

    def __init__(self, numbers: array[int]) -> None:
        self._size = numbers[-1] + 1 if numbers else 0
        self._positions = len(numbers)
        # Two companies of no posting end the sets by turns, so that two ends are never one run.
        self._numbers = uint32(numbers + array("I", (self._size, self._size + 1)))
        self._ends = [uint32(array("I", [len(numbers) + end])) for end in (0, 1)]

    def of(self, sets: Iterable[BitMap], is_now: Any) -> Clustered:
        """Return the postings of each set by company; ``is_now`` is by position, Arrow's."""
        parts = [uint32(array("I"))]
        for at, postings in enumerate(sets):
            parts += [uint32(postings.to_array()), self._ends[at & 1]]
        chosen = pa.concat_arrays(parts)
        return Clustered(self._numbers.take(chosen), is_now.take(chosen), self._size)

    def flags(self, postings: BitMap) -> Any:
        """Return whether each position is in a set, and the ends, which are not."""
        return booleans(bits_of(postings), self._positions + 2)


class Clustered:
    """The companies of some sets of postings: their postings in each window.

    A row is a company of a set, ascending within it, or its end, which has no postings.
    """

    def __init__(self, companies: Any, is_now: Any, size: int) -> None:
        runs = pc.run_end_encode(companies)
        self.companies = runs.values
        self._size = size
        is_end = pc.greater_equal(self.companies, size)
        self._ends = pc.indices_nonzero(is_end)
        last = runs.run_ends.cast(pa.int64())
        found = pc.cumulative_sum(is_now.cast(pa.int64())).take(pc.subtract(last, 1))
        self.now = _steps(found)
        self.before = pc.subtract(pc.subtract(_steps(last), self.now), is_end.cast(pa.int64()))

    def dot(self, one: Any, other: Any) -> list[int]:
        """Return the dot product of two numbers by row, of each set."""
        return self.sum(pc.multiply(one, other))

    def sum(self, numbers: Any) -> list[int]:
        """Return the sum of a number by row, of each set."""
        sums = pc.cumulative_sum(numbers).take(self._ends).to_pylist()
        return [later - earlier for earlier, later in pairwise((0, *sums))]

    def at(self, companies: Any) -> tuple[Any, Any]:
        """Return the postings of these companies, or ends, now and before, in the only set here."""
        found = self._by_number.take(companies)
        return pc.shift_right(found, _HALF), pc.bit_wise_and(found, _LOW)

    @cached_property
    def _by_number(self) -> Any:
        """Both numbers of postings by the company's, in one: one look-up finds both."""
        both = pc.bit_wise_or(pc.shift_left(self.now, _HALF), self.before)
        options = pc.ScatterOptions(max_index=self._size + 1)
        found = pc.call_function("scatter", [both, self.companies.cast(pa.int32())], options)
        return pc.fill_null(found, 0)


def _steps(sums: Any) -> Any:
    """Return what each running sum adds to the one before it."""
    before = pa.concat_arrays([pa.array([0], pa.int64()), sums])[: len(sums)]
    return pc.subtract(sums, before)
