"""Medians with intervals, months pooled until they suffice, changes of pay within cells."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from include.insights.statistics.intervals import Z_95, Interval

__all__ = [
    "CELL_VALUES",
    "Change",
    "change_by_cells",
    "change_of",
    "design_effect",
    "interval_of_median",
    "lower_rank",
    "months_to_pool",
    "quantile",
]

Cell = TypeVar("Cell", bound=Hashable)
_MOST_POOLED = 12
"""Months; the pay of more than a year is not the pay of its last month."""
CELL_VALUES = 5
"""Values that a cell needs on both sides: a median of fewer is mostly its own noise."""
_EXACT = 1000
"""Values up to which the rank is counted; above, its normal approximation is the same or one less.
"""
_TAIL = 40
"""One in so many: the half of 5 % that is outside on one side."""


@dataclass(frozen=True)
class Change:
    """The median, over cells, of a ratio of two medians, less 1: a fraction of 1."""

    change: float
    interval: Interval | None
    cells: int
    now: int
    """Values in these cells."""
    before: int


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile of sorted values, interpolated (Hyndman and Fan's type 7, as DuckDB's).

    Raises IndexError without values.
    """
    place = (len(ordered) - 1) * share
    below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
    return below + (above - below) * (place - math.floor(place))


def interval_of_median(ordered: Sequence[float], effect: float = 1.0) -> Interval | None:
    """Return the interval of the median of sorted values by order statistics, without a model.

    ``effect`` is the design effect of clusters: the ranks move apart by its root (Woodruff 1952,
    https://doi.org/10.1080/01621459.1952.10483443). None if too few values bound the median.
    """
    count = len(ordered)
    from_middle = (count + 1) / 2 - lower_rank(count)
    rank = math.floor((count + 1) / 2 - from_middle * math.sqrt(effect))
    return Interval(ordered[rank - 1], ordered[count - rank]) if rank >= 1 else None


@lru_cache(4096)
def lower_rank(count: int) -> int:
    """Return the rank, from 1, of the lower end of the median's interval; 0 below six values.

    The largest r with P(X < r) <= 2.5 % for X of a binomial distribution of ``count`` and a half.
    """
    if count > _EXACT:
        return math.floor((count + 1 - Z_95 * math.sqrt(count)) / 2)
    rank, below, ways = 0, 0, 1
    while (below + ways) * _TAIL <= 1 << count:
        below += ways
        ways = ways * (count - rank) // (rank + 1)
        rank += 1
    return rank


def design_effect(values: Sequence[float], clusters: Sequence[Hashable], median: float) -> float:
    """Return by how much clusters widen the variance of the share below the median; at least 1.

    The variance is that of sums by cluster of the sides (+-1) that values lie on.
    """
    sides: defaultdict[Hashable, int] = defaultdict(int)
    decided = 0
    for value, cluster in zip(values, clusters, strict=True):
        side = (value > median) - (value < median)
        sides[cluster] += side
        decided += abs(side)
    return max(1.0, sum(side * side for side in sides.values()) / decided) if decided else 1.0


def months_to_pool(counts: Sequence[int], at: int, wanted: int) -> int:
    """Return how many months, back from index ``at``, hold ``wanted`` values; at most 12."""
    total = 0
    for back in range(min(_MOST_POOLED, at + 1)):
        total += counts[at - back]
        if total >= wanted:
            return back + 1
    return min(_MOST_POOLED, at + 1)


def change_by_cells(
    now: Mapping[Cell, Sequence[float]], before: Mapping[Cell, Sequence[float]]
) -> Change | None:
    """Return the change of the median within cells: the median over cells of each one's own.

    Compares like with like: what is asked for more often does not move it. As the Indeed Wage
    Tracker (Adrjan and Lydon 2022). None without a cell of five values on both sides.
    """
    cells = [
        (
            quantile(sorted(now[cell]), 0.5),
            len(now[cell]),
            quantile(sorted(values), 0.5),
            len(values),
        )
        for cell, values in before.items()
        if min(len(now.get(cell, ())), len(values)) >= CELL_VALUES
    ]
    return change_of(
        [median / earlier - 1 for median, _, earlier, _ in cells],
        sum(count for _, count, _, _ in cells),
        sum(count for _, _, _, count in cells),
    )


def change_of(changes: Iterable[float], now: int, before: int) -> Change | None:
    """Return the median of cells' changes, of so many values; None without a cell."""
    ordered = sorted(changes)
    if not ordered:
        return None
    middle = quantile(ordered, 0.5)
    return Change(middle, interval_of_median(ordered), len(ordered), now, before)
