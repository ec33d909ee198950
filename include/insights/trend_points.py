"""The points of technologies under a filter, counted and rendered month by month."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from pydantic_core import to_json

from include.insights.models import Growth
from include.insights.monthly import Monthly
from include.insights.series import POOLED_DIGITS
from include.insights.statistics.intervals import POOLED_DESIGN_EFFECT, POOLED_MONTHS, Z_95
from include.insights.trends import months_before, months_between

__all__ = ["Points"]

_YEAR = 12
_POOLED_UNITS = float(10**POOLED_DIGITS)


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


_Pooled = tuple[float | None, float | None, float | None]
"""A pooled share and its interval."""


class Points:
    """The points of any technology: the months shown, and a year before them for growth.

    What is of the months is rendered once: a technology fills in its numbers.
    """

    def __init__(self, monthly: Monthly) -> None:
        self._index = monthly.selection.index
        self._months = months_between(months_before(monthly.first, _YEAR), monthly.last)
        self._chosen = monthly.selection.posting_set & self._index.of_months(self._months)
        self._totals = self._index.counts_by_month(self._chosen, self._months)
        self._is_whole = [not monthly.is_running(month) for month in self._months[_YEAR:]]
        self._bands = self._bands_of_months()
        shown = zip(self._months[_YEAR:], self._totals[_YEAR:], self._is_whole, strict=True)
        self._form = ",".join(itertools.starmap(_form, shown))

    def of(self, technology_id: str) -> str:
        """Return the JSON of the points of a technology."""
        named = self._chosen & self._index.bitmaps.roaring("skill", technology_id)
        counts = self._index.counts_by_month(named, self._months)
        shares = [
            n / total if total else None for n, total in zip(counts, self._totals, strict=True)
        ]
        shown = shares[_YEAR:]
        growths = (self._growth(shown, shares[at:]) for at in (_YEAR - 1, 0))
        columns = zip(counts[_YEAR:], shown, *growths, self._pooled(counts), strict=True)
        values = [value for *row, pooled in columns for value in (*row, *pooled)]
        # One call for all numbers: repr() takes ten times as long for each.
        return f"[{self._form % tuple(to_json(values)[1:-1].decode().split(','))}]"

    def _growth(self, shown: _Shares, before: _Shares) -> list[Growth]:
        """Return the growth of whole months' shares in per cent, as the marts have it."""
        pairs = zip(shown, before, self._is_whole, strict=False)
        return [
            100 * (share / earlier - 1) if is_whole and earlier and share is not None else None
            for share, earlier, is_whole in pairs
        ]

    def _pooled(self, counts: Sequence[int]) -> list[_Pooled]:
        """Return the share of three months, to the month shown, with its interval."""
        parts = (counts[_YEAR - back : len(counts) - back] for back in range(POOLED_MONTHS))
        pooled = map(sum, zip(*parts, strict=True))
        return [
            _NO_BAND if band is None else _interval(count, band)
            for count, band in zip(pooled, self._bands, strict=True)
        ]

    def _bands_of_months(self) -> list[_Band | None]:
        """Return the bands of the months shown; None of a running one, or without a posting."""
        ends = range(_YEAR, len(self._months))
        totals = (sum(self._totals[at - POOLED_MONTHS + 1 : at + 1]) for at in ends)
        shown = zip(totals, self._is_whole, strict=True)
        return [_Band.of(total) if total and is_whole else None for total, is_whole in shown]


_NO_BAND: _Pooled = (None, None, None)
_Shares = Sequence[float | None]


def _form(month: str, total: int, is_whole: bool) -> str:
    """Return the JSON of a month's point with a place for each number of a technology."""
    return (
        f'{{"month":"{month}","mention_count":%s,"total_jobs":{total},"share":%s,'
        '"mom_growth_pct":%s,"yoy_growth_pct":%s,"pooled_share":%s,"low":%s,"high":%s,'
        f'"is_running":{"false" if is_whole else "true"}}}'
    )


def _interval(count: int, band: _Band) -> _Pooled:
    total, shift, scale, width, square = band
    share = count / total
    center = (share + shift) * scale
    half = width * math.sqrt(share * (1 - share) + square)
    low = center - half if count else 0.0
    high = center + half if count < total else 1.0
    # POOLED_DIGITS digits of shares from 0 to 1, five times as fast as by round().
    units = _POOLED_UNITS
    return (
        int(share * units + 0.5) / units,
        int(low * units + 0.5) / units,
        int(high * units + 0.5) / units,
    )
