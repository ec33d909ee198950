"""What pays more: pay with a technology against pay without it, within cells of like jobs."""

from __future__ import annotations

from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from include.insights.index.pay_order import PayOrder, lengths
from include.insights.models import PayPremium
from include.insights.statistics.medians import CELL_VALUES, Change, change_of

__all__ = ["Premiums"]

_MIN_CELLS = 6
"""The median of fewer changes has no interval."""


class Premiums:
    """Pay with a technology against pay without it, within kinds of jobs and a year.

    Of the year, too: technologies come, and pay grows.
    """

    def __init__(self, stated: PayOrder) -> None:
        """``stated`` has what a posting states once for several jobs once."""
        # The other cells have too few to compare: most of them.
        runs = pc.run_end_encode(stated.cells)
        large = pc.greater_equal(lengths(runs), 2 * CELL_VALUES)
        kind = pa.run_end_encoded(pa.int32(), pa.bool_())
        of_each = pa.RunEndEncodedArray.from_arrays(runs.run_ends, large, kind)
        self._stated = stated.where(pc.run_end_decode(of_each))

    def of(self, naming: int) -> PayPremium | None:
        """Return the premium of the pays in a set of jobs; None with fewer than six cells.

        Not kept: which technologies are asked for may depend on a person's skills.
        """
        has = self._stated.has(naming)
        if has.true_count < _MIN_CELLS * CELL_VALUES:
            return None
        having = _Medians.of(self._stated.where(has))
        if len(having.cells) < _MIN_CELLS:
            return None
        without = _Medians.of(self._stated.where(pc.invert(has)))
        found = _change(having, without)
        if found is None or found.interval is None:
            return None
        return PayPremium(
            change=found.change,
            low=found.interval.low,
            high=found.interval.high,
            cells=found.cells,
            n=found.now,
            n_without=found.before,
        )


class _Medians(NamedTuple):
    """The cells with enough pays, ascending: the number of pays of each, and their median."""

    cells: Any
    counts: Any
    medians: Any

    @classmethod
    def of(cls, pays: PayOrder) -> _Medians:
        runs = pc.run_end_encode(pays.cells)
        counts = lengths(runs)
        enough = pc.greater_equal(counts, CELL_VALUES)
        counts, ends = counts.filter(enough), runs.run_ends.filter(enough)
        begins = pc.subtract(ends, counts)
        below = pays.pays.take(pc.add(begins, pc.divide(pc.subtract(counts, 1), 2)))
        above = pays.pays.take(pc.add(begins, pc.divide(counts, 2)))
        # As quantile() adds them, so that both find the same to the last digit.
        medians = pc.add(below, pc.multiply(pc.subtract(above, below), 0.5))
        return cls(runs.values.filter(enough), counts, medians)


def _change(now: _Medians, before: _Medians) -> Change | None:
    """Return the change of the cells that are in both."""
    places = pc.index_in(now.cells, before.cells)
    has_both = places.is_valid()
    counts, medians = now.counts.filter(has_both), now.medians.filter(has_both)
    there = places.drop_null()
    ratios = pc.divide(medians, before.medians.take(there))
    totals = (pc.sum(one).as_py() or 0 for one in (counts, before.counts.take(there)))
    return change_of(pc.subtract(ratios, 1.0).to_pylist(), *totals)
