"""Stated pays in the order in which questions read them: sorted once, then filtered by Arrow."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from include.insights.index.sets import bits_of, roaring_at
from include.serving.arrays import booleans, numbers_of, uint32

__all__ = ["PayOrder", "SharedPay", "lengths"]


@dataclass(frozen=True)
class PayOrder:
    """The jobs whose pay is in one currency and that are in a cell, by cell and pay, ascending."""

    size: int
    """Of all positions."""
    positions: Any
    cells: Any
    pays: Any

    @classmethod
    def of(cls, cells: array[int], low: Sequence[float], high: Sequence[float]) -> PayOrder:
        """Return the order of pays: a range counts as its middle. ``cells`` has 0 for no cell."""
        numbers = uint32(cells)
        at = pc.indices_nonzero(numbers).cast(pa.uint32())
        ends = (pa.array(end, pa.float64()).take(at) for end in (low, high))
        found = pa.table(
            {"position": at, "cell": numbers.take(at), "pay": pc.divide(pc.add(*ends), 2.0)}
        ).sort_by([("cell", "ascending"), ("pay", "ascending")])
        return cls(len(cells), *(column.combine_chunks() for column in found.columns))

    def has(self, bits: int) -> Any:
        """Return of each whether it is in a set of jobs."""
        return booleans(bits, self.size).take(self.positions)

    def where(self, chosen: Any) -> PayOrder:
        """Return those for which ``chosen`` is true."""
        columns = (self.positions, self.cells, self.pays)
        return PayOrder(self.size, *(column.filter(chosen) for column in columns))


class SharedPay:
    """The pays that a posting states once for several of its jobs."""

    def __init__(self, labels: array[int]) -> None:
        """``labels`` has one number by position for each such pay; 0 where none is stated."""
        numbers = uint32(labels)
        at = pc.indices_nonzero(numbers).cast(pa.uint32())
        # Stable: the jobs of a pay stay in their order.
        order = pc.sort_indices(numbers.take(at))
        found, named = at.take(order), numbers.take(at).take(order)
        runs = pc.run_end_encode(named)
        several = pa.RunEndEncodedArray.from_arrays(
            runs.run_ends, pc.greater(lengths(runs), 1), pa.run_end_encoded(pa.int32(), pa.bool_())
        )
        kept = pc.run_end_decode(several)
        self._positions, self._labels = found.filter(kept), named.filter(kept)
        self._size = len(labels)
        self._bits = _bits(self._positions)

    def once(self, bits: int) -> int:
        """Return a set of jobs that state pay, without all but the last that share one."""
        chosen = booleans(bits, self._size).take(self._positions)
        runs = pc.run_end_encode(self._labels.filter(chosen))
        last = self._positions.filter(chosen).take(pc.subtract(runs.run_ends, 1))
        return bits & ~self._bits | _bits(last)


def lengths(runs: Any) -> Any:
    """Return the length of each run of a run-end encoded array."""
    ends = runs.run_ends
    return pc.subtract(ends, pa.concat_arrays([pa.array([0], ends.type), ends])[: len(ends)])


def _bits(positions: Any) -> int:
    return bits_of(roaring_at(numbers_of(positions)))
