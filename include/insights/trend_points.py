"""The points of technologies under a filter, counted and rendered month by month."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from include.insights.comparison import Windows
from include.insights.index import FacetIndex
from include.insights.index.by_month import members
from include.insights.models import Growth
from include.insights.monthly import Monthly
from include.insights.series import POOLED_DIGITS
from include.insights.statistics.changes import ClusterSums, Difference, cluster_difference
from include.insights.statistics.intervals import POOLED_DESIGN_EFFECT, POOLED_MONTHS, Z_95
from include.insights.trends import months_before, months_between

__all__ = ["Points"]

_YEAR = 12


class _Band(NamedTuple):
    """What Wilson's interval (statistics/intervals.py) takes from a total, for any count of it."""

    total: int
    shift: float
    scale: float
    width: float
    square: float

    @classmethod
    def of(cls, total: int) -> _Band:
        n, z2 = total / POOLED_DESIGN_EFFECT, Z_95 * Z_95
        scale = 1 / (1 + z2 / n)
        return cls(total, z2 / (2 * n), scale, Z_95 * scale / math.sqrt(n), z2 / (4 * n))

    def rendered(self, count: int) -> str:
        """Return a point's pooled share and its interval as JSON."""
        total, shift, scale, width, square = self
        share = count / total
        center = (share + shift) * scale
        half = width * math.sqrt(share * (1 - share) + square)
        low = center - half if count else 0.0
        high = center + half if count < total else 1.0
        d = POOLED_DIGITS
        return f'"pooled_share":{share:.{d}f},"low":{low:.{d}f},"high":{high:.{d}f}'


_NO_BAND = '"pooled_share":null,"low":null,"high":null'


class Points:
    """The points of any technology: the months shown, and a year before them for growth."""

    def __init__(self, monthly: Monthly) -> None:
        self._index = monthly.selection.index
        self._months = months_between(months_before(monthly.first, _YEAR), monthly.last)
        self._running = [monthly.is_running(month) for month in self._months]
        postings = monthly.postings_of(self._months[0], monthly.last)
        self._arranged = self._index.by_month.arranged(postings, self._months)
        self._totals = self._index.by_month.counts(self._arranged, self._months)

    def of(self, technology_id: str) -> str:
        """Return the JSON of the points of a technology."""
        named = self._arranged & self._index.skill_by_month(technology_id)
        counts, totals = self._index.by_month.counts(named, self._months), self._totals
        shares = [n / total if total else None for n, total in zip(counts, totals, strict=True)]
        points = []
        for at, (band, none) in enumerate(self._bands, _YEAR):
            running, now = self._running[at], shares[at]
            month = year = None
            if now is not None and not running:
                month, year = _growth(now, shares[at - 1]), _growth(now, shares[at - _YEAR])
            pooled = sum(counts[at - POOLED_MONTHS + 1 : at + 1])
            points.append(
                f'{{"month":"{self._months[at]}","mention_count":{counts[at]},'
                f'"total_jobs":{totals[at]},"share":{_number(now)},'
                f'"mom_growth_pct":{_number(month)},"yoy_growth_pct":{_number(year)},'
                f"{band.rendered(pooled) if band and pooled else none},"
                f'"is_running":{"true" if running else "false"}}}'
            )
        return f"[{','.join(points)}]"

    def changes(self, windows: Windows) -> Changes | None:
        """Return the changes between two windows; None if not all of it is arranged."""
        is_arranged = windows.before[0] >= self._months[0]
        return Changes(self._index, self._arranged, windows) if is_arranged else None

    @cached_property
    def _bands(self) -> list[tuple[_Band | None, str]]:
        """Of each month shown that of three months, and what it is without a mention.

        None for a running month, and where there is no posting.
        """
        ends = range(_YEAR, len(self._months))
        totals = (sum(self._totals[at - POOLED_MONTHS + 1 : at + 1]) for at in ends)
        shown = zip(totals, self._running[_YEAR:], strict=True)
        bands = [None if running or not total else _Band.of(total) for total, running in shown]
        return [(band, band.rendered(0) if band else _NO_BAND) for band in bands]


class Changes:
    """Changes of shares between two windows, as Comparison has them, of arranged postings.

    A window is a few bytes of them, whose companies are read without looking at the others.
    """

    def __init__(self, index: FacetIndex, arranged: int, windows: Windows) -> None:
        self._index, self._arranged = index, arranged
        self._spans = [index.by_month.span(*window) for window in (windows.now, windows.before)]
        self._now, self._before = self._by_company(arranged)
        self._all = ClusterSums.of_all(self._now, self._before)

    def of(self, technology_id: str) -> Difference | None:
        """Return the change of a technology's share; None if a window has no posting."""
        if not self._now or not self._before:
            return None
        named = self._arranged & self._index.skill_by_month(technology_id)
        sums = replace(self._all)
        sums.add_counts(*self._by_company(named), self._now, self._before)
        return cluster_difference(sums)

    def _by_company(self, arranged: int) -> tuple[Counter[int], Counter[int]]:
        companies: Sequence[int] = self._index.clusters_by_month
        now, before = (Counter(members(arranged, span, companies)) for span in self._spans)
        return now, before


def _growth(share: float, before: float | None) -> Growth:
    """Return the growth of a whole month's share in per cent, as the marts have it."""
    return 100 * (share / before - 1) if before else None


def _number(value: float | None) -> str:
    return "null" if value is None else repr(value)
