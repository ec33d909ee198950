"""How much more often two skills are named together than chance predicts."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from functools import lru_cache
from operator import mul
from typing import TypeVar

from include.insights.statistics.intervals import Z_95

__all__ = ["design_effect_of_share", "independence", "lift", "lift_low", "p_of_g2"]

Cluster = TypeVar("Cluster", bound=Hashable)
_BISECTIONS = 40


def independence(both: int, one: int, other: int, total: int, effect: float = 1.0) -> float:
    """Return G2, the log-likelihood ratio against independence: 0 if independent.

    2 * sum(observed * ln(observed / expected)) over the four cells of a 2 x 2 table (Dunning 1993,
    https://aclanthology.org/J93-1003/). Divided by the design effect of clusters (Rao and Scott
    1984) it is chi-squared with one degree of freedom.
    """
    cells = (
        _weighed(both)
        + _weighed(one - both)
        + _weighed(other - both)
        + _weighed(total - one - other + both)
    )
    margins = _weighed(one) + _weighed(total - one) + _weighed(other) + _weighed(total - other)
    # Zero but for rounding where they are independent.
    return max(2 * (cells - margins + _weighed(total)) / effect, 0.0)


@lru_cache(65_536)
def _weighed(count: int) -> float:
    # ln(n N / (r c)) of four cells is a sum of logarithms: each margin's is counted once.
    return count * math.log(count) if count else 0.0


def lift(both: int, one: int, other: int, total: int) -> float:
    """Return how many times more often both are named than chance predicts; 1 if independent."""
    return both * total / (one * other)


def lift_low(both: int, one: int, other: int, total: int, effect: float = 1.0) -> float:
    """Return the lower end of the lift's 95 % interval; ``both`` is at least 1.

    The logarithm's variance is by the delta method, times the design effect of clusters, taken at
    the lower end: at a count that is high by chance it would be too small. By bisection.
    """
    value = lift(both, one, other, total)
    low, high = 0.0, value
    for _ in range(_BISECTIONS):
        tried = (low + high) / 2
        variance = 1 / (tried * one * other / total) - 1 / one - 1 / other + (2 * tried - 1) / total
        is_outside = math.log(value / tried) > Z_95 * math.sqrt(max(variance, 0.0) * effect)
        low, high = (tried, high) if is_outside else (low, tried)
    return low


def p_of_g2(g2: float) -> float:
    """Return the probability of a chi-squared value, one degree of freedom, of at least ``g2``."""
    return math.erfc(math.sqrt(max(g2, 0.0) / 2))


def design_effect_of_share(counts: Mapping[Cluster, int], totals: Mapping[Cluster, int]) -> float:
    """Return by how much clusters widen the variance of a share; at least 1.

    ``counts`` and ``totals`` are by cluster: sum((y - p m)^2) / (n p (1 - p)).
    """
    total = sum(totals.values())
    share = sum(counts.values()) / total if total else 0.0
    if not 0 < share < 1:
        return 1.0
    # The square multiplied out: clusters that do not count are in one sum only.
    squares: float = (
        sum(y * y for y in counts.values())
        - 2 * share * sum(y * totals[one] for one, y in counts.items())
        + share * share * sum(map(mul, totals.values(), totals.values()))
    )
    return max(1.0, squares / (total * share * (1 - share)))
