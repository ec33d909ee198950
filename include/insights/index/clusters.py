"""Sums over companies by Arrow's kernels: of 40,000 postings they take a millisecond.

A Counter over the company of each posting takes ten times as long. Not numpy: where it is
installed, DuckDB and pyarrow import it in every task, 0.3 s each.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap

from include.serving.arrays import uint32

__all__ = ["Clustered", "Clusters"]


class Clusters:
    """The company's number by position, which never descends."""

    def __init__(self, numbers: array[int]) -> None:
        self._numbers = uint32(numbers)
        self._size = numbers[-1] + 1 if numbers else 0

    def of(self, postings: BitMap) -> Clustered:
        """Return these postings by company."""
        found = self._numbers.take(uint32(postings.to_array()))
        return Clustered(found, self._size)


@dataclass(frozen=True)
class Clustered:
    """Some postings: the number of each one's company, ascending, of ``size`` companies."""

    companies: Any
    size: int

    def __len__(self) -> int:
        return len(self.companies)

    @cached_property
    def squares(self) -> int:
        """The sum over companies of their postings squared."""
        counts, _ = self._counted
        return pc.sum(pc.multiply(counts, counts)).as_py() or 0

    def times(self, other: Clustered) -> int:
        """Return the sum over companies of their postings here times their postings there.

        Best with the larger set as ``other``, whose counts are kept.
        """
        return pc.sum(other._by_number.take(self.companies)).as_py() or 0

    @cached_property
    def _counted(self) -> tuple[Any, Any]:
        """The number of postings of each company that has any, and the company's."""
        runs = pc.run_end_encode(self.companies)
        ends = runs.run_ends
        begins = pa.concat_arrays([pa.array([0], ends.type), ends])[: len(ends)]
        return pc.subtract(ends, begins), runs.values

    @cached_property
    def _by_number(self) -> Any:
        """The number of postings by the company's number; null where it has none."""
        counts, companies = self._counted
        options = pc.ScatterOptions(max_index=self.size - 1)
        return pc.call_function("scatter", [counts, companies.cast(pa.int32())], options)
