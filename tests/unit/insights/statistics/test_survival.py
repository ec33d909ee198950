"""The Kaplan-Meier estimate, worked by hand (tests/unit/dbt/test_days_open.py has the mart's)."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from include.insights.statistics.survival import Step, days_until, kaplan_meier, share_after

# entry, exit, closed
LIVES = [(0, 2, True), (0, 3, False), (0, 5, True), (0, 8, True), (0, 8, True), (2, 9, False)]


def curve(min_at_risk: int) -> list[Step]:
    return kaplan_meier(
        Counter(entry for entry, _, _ in LIVES),
        Counter(leave for _, leave, _ in LIVES),
        Counter(leave for _, leave, closed in LIVES if closed),
        min_at_risk,
    )


def test_estimate_equals_one_that_was_worked_by_hand() -> None:
    steps = curve(1)
    assert [step[:3] for step in steps] == [(2, 5, 1), (3, 5, 0), (5, 4, 1), (8, 3, 2), (9, 1, 0)]
    # 4/5, times 3/4, times 1/3
    assert [step.share for step in steps] == pytest.approx([0.8, 0.8, 0.6, 0.2, 0.2])
    # Greenwood: 1/(5*4), plus 1/(4*3), plus 2/(3*1); the interval is S^exp(-+1.96 g/|ln S|)
    for step, variance in zip(steps, (1 / 20, 1 / 20, 2 / 15, 4 / 5, 4 / 5), strict=True):
        spread = math.exp(1.959964 * math.sqrt(variance) / abs(math.log(step.share)))
        ends = (step.share**spread, step.share ** (1 / spread))
        assert (step.low, step.high) == pytest.approx(ends, abs=1e-6)


def test_curve_ends_where_too_few_are_at_risk() -> None:
    assert [step.days for step in curve(4)] == [2, 3, 5]
    assert curve(6) == []


def test_quantiles_are_ages_that_the_curve_comes_down_to() -> None:
    shares = [(step.days, step.share) for step in curve(1)]
    assert [days_until(shares, share) for share in (0.8, 0.75, 0.5, 0.1)] == [2, 5, 8, None]
    assert days_until([(7, None)], 0.5) is None


def test_share_after_an_age_needs_one_that_was_followed_so_long() -> None:
    assert share_after(curve(1), 10) is None
    later = share_after(curve(1), 7)
    assert later
    assert later.days == 5
    assert share_after([], 0) is None
