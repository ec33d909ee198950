"""Long-tailed laws: how often the things of rank 0, 1, 2 ... are drawn.

The constants were fitted to counts of the product's own readings of 93,453 real postings
(docs/sample.md, "Fitted distributions"): aggregates, no text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

__all__ = ["SKILLS_MEAN", "Weights", "at_quantile", "company_rank", "count_skills"]

COMPANY_SHIFT = 130
"""Zipf-Mandelbrot of exponent 1: a company of rank r posts as 1 / (r + 130)."""
SKILLS_MEAN = 4.0
"""Skills a posting; real 4.1."""


class Weights:
    """Draws an index as often as its weight says, in the time of a binary search."""

    __slots__ = ("_sums",)

    def __init__(self, weights: Iterable[float]) -> None:
        self._sums = list(accumulate(weights))

    def pick(self, share: float) -> int:
        """Return the index at this share, in [0, 1), of all weights."""
        at = bisect_right(self._sums, share * self._sums[-1])
        return min(at, len(self._sums) - 1)


def company_rank(share: float, companies: int) -> int:
    """Return the rank of the company at this share of the postings of so many companies."""
    first = COMPANY_SHIFT + 1
    ratio: float = ((companies + COMPANY_SHIFT) / first) ** share
    return min(int(first * ratio) - first, companies - 1)


def count_skills(random: Iterable[float], most: int, mean: float = SKILLS_MEAN) -> int:
    """Return how many skills are named: geometric; of a mean of 4, none in one of five."""
    goes_on = mean / (1 + mean)
    count = 0
    for share in random:
        if share >= goes_on or count == most:
            break
        count += 1
    return count


def at_quantile(points: Sequence[tuple[float, float]], share: float) -> float:
    """Return the value at a share of a distribution given by (share, value) points."""
    low = points[0]
    for high in points[1:]:
        if share <= high[0]:
            return low[1] + (high[1] - low[1]) * (share - low[0]) / (high[0] - low[0])
        low = high
    return low[1]
