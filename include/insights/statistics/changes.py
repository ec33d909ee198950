"""Changes of a share between two windows: test, interval, false discoveries, causes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from include.insights.statistics.intervals import Z_95

__all__ = [
    "ClusterSums",
    "Difference",
    "Groups",
    "ShiftShare",
    "cluster_difference",
    "q_values",
    "shift_share",
    "two_sided_p",
]

Groups = Mapping[int, tuple[int, int]]
"""Count and total by the number of a group."""


@dataclass(slots=True)
class ClusterSums:
    """Sums over companies of postings m and of those that count y, before (0) and now (1).

    They suffice for the robust variance of a difference of shares, so that only companies that name
    a skill are read for it: `y` sums are of those, `m` sums of all companies.
    """

    m1: int = 0
    m0: int = 0
    m1_m1: int = 0
    m0_m0: int = 0
    m1_m0: int = 0
    y1: int = 0
    y0: int = 0
    y1_y1: int = 0
    y0_y0: int = 0
    y1_y0: int = 0
    y1_m1: int = 0
    y0_m0: int = 0
    y1_m0: int = 0
    y0_m1: int = 0

    def add_company(self, m1: int, m0: int) -> None:
        """Add a company's postings; a posting without a company is one by itself."""
        self.m1 += m1
        self.m0 += m0
        self.m1_m1 += m1 * m1
        self.m0_m0 += m0 * m0
        self.m1_m0 += m1 * m0

    def add_mentions(self, y1: int, y0: int, m1: int, m0: int) -> None:
        """Add the postings of a company, which ``add_company`` has added, that count."""
        # Most companies post in one window only: half of the sums gain nothing.
        if y1:
            self.y1 += y1
            self.y1_y1 += y1 * y1
            self.y1_m1 += y1 * m1
            self.y1_m0 += y1 * m0
        if y0:
            self.y0 += y0
            self.y0_y0 += y0 * y0
            self.y0_m0 += y0 * m0
            self.y0_m1 += y0 * m1
            self.y1_y0 += y1 * y0


class Difference(NamedTuple):
    """The change of a share, in fractions of 1, with its interval and two-sided p-value."""

    change: float
    low: float
    high: float
    p: float


def cluster_difference(sums: ClusterSums) -> Difference:
    """Return the change of a share between two windows, robust to companies that post often.

    With p = y/m of a window, company c moves the difference by
    e_c = (y1c - p1 m1c)/m1 - (y0c - p0 m0c)/m0; the variance is the sum of e_c² (linearization,
    Kish 1965; Liang and Zeger 1986, https://doi.org/10.1093/biomet/73.1.13). A company in both
    windows counts in both, so what it keeps cancels. Both windows need a posting.
    """
    s, p1, p0 = sums, sums.y1 / sums.m1, sums.y0 / sums.m0
    now = s.y1_y1 - 2 * p1 * s.y1_m1 + p1 * p1 * s.m1_m1
    before = s.y0_y0 - 2 * p0 * s.y0_m0 + p0 * p0 * s.m0_m0
    both = s.y1_y0 - p0 * s.y1_m0 - p1 * s.y0_m1 + p1 * p0 * s.m1_m0
    variance = now / s.m1**2 + before / s.m0**2 - 2 * both / (s.m1 * s.m0)
    sd = math.sqrt(max(variance, 0.0))
    change = p1 - p0
    p = two_sided_p(change / sd) if sd else float(change == 0)
    return Difference(change, change - Z_95 * sd, change + Z_95 * sd, p)


def two_sided_p(z: float) -> float:
    """Return the probability of a normal value at least as far from 0 as ``z``."""
    return math.erfc(abs(z) / math.sqrt(2))


def q_values(p_values: Sequence[float]) -> list[float]:
    """Return the q-value of each p-value, in the same order.

    Of those with q <= 0.10, at most one in ten is expected to be false (Benjamini and Hochberg
    1995, https://doi.org/10.1111/j.2517-6161.1995.tb02031.x).
    """
    q, smallest = [0.0] * len(p_values), 1.0
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank in range(len(order), 0, -1):
        at = order[rank - 1]
        q[at] = smallest = min(smallest, p_values[at] * len(order) / rank)
    return q


class ShiftShare(NamedTuple):
    """The change of a share: within groups, and from the groups' changed sizes."""

    within: float
    mix: float


def shift_share(now: Groups, before: Groups) -> ShiftShare:
    """Split the change of a share; ``now`` and ``before`` are (count, total) by group.

    within = sum of mean weight x change of the group's share; mix = sum of mean share x change of
    the group's weight; both add up to the change. A group that one window lacks has no change of
    its own: all of it is mix.
    """
    within = mix = 0.0
    n1, n0 = _total(now.values()), _total(before.values())
    for group in sorted({*now, *before}):
        (y1, m1), (y0, m0) = now.get(group, (0, 0)), before.get(group, (0, 0))
        if not m1 and not m0:
            continue
        p1, p0 = y1 / m1 if m1 else y0 / m0, y0 / m0 if m0 else y1 / m1
        w1, w0 = m1 / n1, m0 / n0
        within += (w1 + w0) / 2 * (p1 - p0)
        mix += (p1 + p0) / 2 * (w1 - w0)
    return ShiftShare(within, mix)


def _total(groups: Iterable[tuple[int, int]]) -> int:
    return sum(total for _, total in groups)
