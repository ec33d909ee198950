"""The seasons of a count by month, and what a running month has by now."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, median

__all__ = ["seasonal_factors", "usual_share"]

_SEASON_MONTHS = 12
_SEASON_YEARS = 10  # the newest ones: seasons drift
_SEASON_MIN_YEARS = 3  # of each calendar month; a mean of fewer is noise
_SEASON_MIN_COUNT = 30  # a month on average; with fewer, factors of ten years are 6 % off or more


def seasonal_factors(counts: Sequence[int], first_month: int) -> list[float] | None:
    """Return 12 factors, January first, that divide a month's count to adjust it for the season.

    ``counts`` are of whole months in order, without gaps; ``first_month`` is 1 to 12. The factors
    are geometric, with mean 1: means by calendar month, over the newest ten years, of the log count
    less its centred mean of 2x12 months (classical decomposition, Hyndman and Athanasopoulos,
    https://otexts.com/fpp3/classical-decomposition.html). None with fewer than three years
    of it, or than 30 a month.
    """
    logs = [math.log(count) if count else None for count in counts]
    found: list[list[float]] = [[] for _ in range(_SEASON_MONTHS)]
    half = _SEASON_MONTHS // 2
    for at in range(len(logs) - half - 1, half - 1, -1):
        trend = _centred_mean(logs[at - half : at + half + 1])
        value, rest = logs[at], found[(first_month - 1 + at) % _SEASON_MONTHS]
        if trend is not None and value is not None and len(rest) < _SEASON_YEARS:
            rest.append(value - trend)
    recent = counts[-_SEASON_MONTHS * _SEASON_YEARS :]
    if min(map(len, found)) < _SEASON_MIN_YEARS or fmean(recent) < _SEASON_MIN_COUNT:
        return None
    means = [fmean(rest) for rest in found]
    return [math.exp(mean - fmean(means)) for mean in means]


def _centred_mean(logs: Sequence[float | None]) -> float | None:
    """Return the mean of 13 months, the outer two with half the weight; None if one has none."""
    known = [value for value in logs if value is not None]
    if len(known) < len(logs):
        return None
    return (sum(known) - (known[0] + known[-1]) / 2) / _SEASON_MONTHS


def usual_share(months: Iterable[tuple[int, int]]) -> float | None:
    """Return the median of count / total over months, those without a total left out."""
    shares = [count / total for count, total in months if total]
    return median(shares) if shares else None
