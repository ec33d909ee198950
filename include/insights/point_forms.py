"""The months of a technology as JSON: what is of the months is rendered once.

Validating and serializing hundreds of points would take longer than counting them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from pydantic_core import to_json

from include.insights.models import Growth
from include.insights.statistics.intervals import POOLED_DESIGN_EFFECT, POOLED_MONTHS, Z_95

__all__ = ["POOLED_DIGITS", "PointForms", "Shares", "pooled_counts"]

Shares = Sequence[float | None]
POOLED_DIGITS = 5
"""Of pooled shares and their bands: an answer has hundreds."""
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


class PointForms:
    """Months as JSON of ``TrendPoint``: a technology fills in its numbers.

    ``pooled_totals`` are of each month and the two before; a running month, or one without a
    posting, has no pooled share.
    """

    def __init__(
        self,
        months: Sequence[str],
        totals: Sequence[int],
        is_whole: Sequence[bool],
        pooled_totals: Sequence[int],
    ) -> None:
        self._bands = [
            _Band.of(total) if total and whole else None
            for total, whole in zip(pooled_totals, is_whole, strict=True)
        ]
        self._form = ",".join(itertools.starmap(_form, zip(months, totals, is_whole, strict=True)))

    def filled(
        self,
        counts: Sequence[int],
        shares: Shares,
        monthly: Sequence[Growth],
        yearly: Sequence[Growth],
        pooled: Sequence[int],
    ) -> str:
        """Return the points of a technology; ``pooled`` counts each month and the two before."""
        bands = (
            _NO_BAND if band is None else _interval(count, band)
            for count, band in zip(pooled, self._bands, strict=True)
        )
        columns = zip(counts, shares, monthly, yearly, bands, strict=True)
        values = [value for *row, band in columns for value in (*row, *band)]
        # One call for all numbers: repr() takes ten times as long for each.
        return self._form % tuple(to_json(values)[1:-1].decode().split(",")) if values else ""


def pooled_counts(counts: Sequence[int]) -> list[int]:
    """Return the sum of each month and the two before it; the first two have fewer."""
    parts = (itertools.chain(itertools.repeat(0, back), counts) for back in range(POOLED_MONTHS))
    return [sum(of_month) for of_month in zip(*parts, strict=False)]


_NO_BAND: _Pooled = (None, None, None)


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
