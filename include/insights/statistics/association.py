"""How much more often two skills are named together than chance predicts."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
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
        (both, one, other),
        (one - both, one, total - other),
        (other - both, total - one, other),
        (total - one - other + both, total - one, total - other),
    )
    return (
        2
        / effect
        * math.fsum(n * math.log(n * total / (row * column)) for n, row, column in cells if n)
    )


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
    squares = math.fsum((counts.get(one, 0) - share * m) ** 2 for one, m in totals.items())
    return max(1.0, squares / (total * share * (1 - share)))
