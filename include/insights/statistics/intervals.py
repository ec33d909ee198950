"""Wilson intervals of shares, of one month or pooled over three."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "POOLED_DESIGN_EFFECT",
    "POOLED_MONTHS",
    "Z_95",
    "Interval",
    "count_ratio",
    "overlaps",
    "pool",
    "wilson",
]

Z_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""
POOLED_MONTHS = 3
POOLED_DESIGN_EFFECT = 1.6
"""Of a skill's share in three months: companies post again (1.63 measured on 2025 and 2026)."""


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


def wilson(count: float, total: float, design_effect: float = 1.0) -> Interval:
    """Return Wilson's score interval of the share ``count / total``; (0, 1) if the total is 0.

    It covers near 95 % for few and for rare ones, too, where p ± z·sd does not (Brown, Cai and
    DasGupta 2001, https://doi.org/10.1214/ss/1009213286). Repeats of one company are worth less
    than as many companies: ``design_effect`` divides both numbers.
    """
    if not total:
        return Interval(0.0, 1.0)
    share, n = count / total, total / design_effect
    z2 = Z_95 * Z_95
    center = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # At 0 and at all of n the end is exactly that, but for rounding.
    return Interval(center - half if count else 0.0, center + half if count < total else 1.0)


def count_ratio(count: float, variance: float, by: float) -> Interval:
    """Return the interval of ``count / by``, two independent counts, both above 0.

    On the log scale, by the delta method: the squared relative error is that of ``count`` (its
    ``variance``; of a Poisson count the count itself) and of ``by``, a Poisson count, added
    (Casella and Berger, Statistical Inference, 5.5.4).
    """
    half = Z_95 * math.sqrt(variance / count**2 + 1 / by)
    return Interval(count / by * math.exp(-half), count / by * math.exp(half))


def overlaps(one: Interval, other: Interval) -> bool:
    """Return whether two intervals have a point in common."""
    return one.low <= other.high and other.low <= one.high


def pool(months: Sequence[tuple[int, int]]) -> list[tuple[float, Interval] | None]:
    """Return for each month the share of it and the two before, with its interval.

    ``months`` are (count, total) in order, without gaps; a month whose three totals are 0 gets
    None. The first two months pool what there is.
    """
    pooled: list[tuple[float, Interval] | None] = []
    count = total = 0
    for at, (of_month, in_month) in enumerate(months):
        count, total = count + of_month, total + in_month
        if at >= POOLED_MONTHS:
            left, size = months[at - POOLED_MONTHS]
            count, total = count - left, total - size
        band = wilson(count, total, POOLED_DESIGN_EFFECT)
        pooled.append((count / total, band) if total else None)
    return pooled
