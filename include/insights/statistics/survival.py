"""How long something lasts, of which some still does: the Kaplan-Meier estimate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from include.insights.statistics.intervals import Z_95

__all__ = ["MIN_AT_RISK", "Step", "days_until", "kaplan_meier", "share_after"]

MIN_AT_RISK = 10
"""As survival_min_jobs of dbt_project.yml: with fewer at risk a step of the curve is chance."""
_DIGITS = 9
"""A half may come out of the product as 0.5000000000000001."""


class Step(NamedTuple):
    """An age in days, and the share that lasts longer, with its 95 % interval."""

    days: int
    at_risk: int
    closed: int
    share: float
    low: float | None
    high: float | None


def kaplan_meier(
    entered: Mapping[int, int],
    left: Mapping[int, int],
    closed: Mapping[int, int],
    min_at_risk: int = MIN_AT_RISK,
) -> list[Step]:
    """Return the curve, as gold.job_survival has it; counts are by age in days.

    ``closed`` are those of ``left`` that ended, the others are censored; who enters late is at risk
    from then on (https://doi.org/10.1080/01621459.1958.10501452). Greenwood's variance, interval
    of log(-log), null at 0 and 1. Days with fewer at risk than ``min_at_risk`` are left out; the
    curve ends before the first of them on which one closes.
    """
    steps: list[Step] = []
    at_risk, share, variance = 0, 1.0, 0.0
    for day in sorted({*entered, *left}):
        ended = closed.get(day, 0)
        if ended and at_risk < min_at_risk:
            break
        if ended:
            share *= 1 - ended / at_risk
            variance += ended / (at_risk * (at_risk - ended)) if ended < at_risk else 0.0
        if at_risk >= min_at_risk:
            steps.append(Step(day, at_risk, ended, share, *_interval(share, variance)))
        at_risk += entered.get(day, 0) - left.get(day, 0)
    return steps


def _interval(share: float, variance: float) -> tuple[float, float] | tuple[None, None]:
    if not 0 < share < 1:
        return None, None
    spread = math.exp(Z_95 * math.sqrt(variance) / abs(math.log(share)))
    return share**spread, share ** (1 / spread)


def days_until(curve: Sequence[tuple[int, float | None]], share: float) -> int | None:
    """Return the first age at which a curve has come down to ``share``; None if it stays above."""
    return next((day for day, at in curve if at is not None and round(at, _DIGITS) <= share), None)


def share_after(curve: Sequence[Step], days: int) -> Step | None:
    """Return the last step up to an age; None if nothing was followed for so long."""
    if not curve or curve[-1].days < days:
        return None
    return next(step for step in reversed(curve) if step.days <= days)
