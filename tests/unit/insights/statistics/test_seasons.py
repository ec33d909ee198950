"""Seasonal factors: exact on a series that is made of them, absent where data are too few."""

from __future__ import annotations

import math

import pytest

from include.insights.statistics.seasons import seasonal_factors, usual_share

FACTORS = [0.80, 1.02, 1.08, 1.05, 1.04, 1.03, 1.01, 1.01, 0.93, 1.05, 1.06, 0.94]
MEAN = math.exp(sum(map(math.log, FACTORS)) / 12)


def series(years: int, first: int = 1, growth: float = 1.01, size: float = 1e6) -> list[int]:
    months = range(12 * years)
    return [round(size * growth**at * FACTORS[(first - 1 + at) % 12]) for at in months]


@pytest.mark.parametrize("first", [1, 4, 12])
def test_a_trend_with_a_season_gives_the_season(first: int) -> None:
    found = seasonal_factors(series(12, first), first)
    assert found == pytest.approx([factor / MEAN for factor in FACTORS], rel=1e-4)


def test_only_the_newest_ten_years_count() -> None:
    old = [count * (5 if at % 12 == 0 else 1) for at, count in enumerate(series(8))]
    found = seasonal_factors([*old, *series(12)], 1)
    assert found == pytest.approx([factor / MEAN for factor in FACTORS], rel=1e-3)


def test_three_years_beside_the_ends_are_needed() -> None:
    assert seasonal_factors(series(3), 1) is None
    assert seasonal_factors(series(4), 1) is not None
    assert seasonal_factors([], 1) is None


def test_few_postings_a_month_have_no_season() -> None:
    assert seasonal_factors(series(12, growth=1, size=25), 1) is None
    assert seasonal_factors(series(12, growth=1, size=35), 1) is not None


def test_a_month_without_postings_is_left_out() -> None:
    counts = series(12)
    counts[30] = 0
    found = seasonal_factors(counts, 1)
    assert found == pytest.approx([factor / MEAN for factor in FACTORS], rel=1e-3)


def test_factors_have_the_geometric_mean_1() -> None:
    counts = [100 + (37 * at) % 91 for at in range(90)]
    found = seasonal_factors(counts, 5)
    assert found is not None
    assert math.prod(found) == pytest.approx(1)


def test_the_usual_share_is_that_of_the_month_in_the_middle() -> None:
    assert usual_share([(1, 2), (9, 10), (6, 10), (0, 0)]) == 0.6
    assert usual_share([(0, 0)]) is None
