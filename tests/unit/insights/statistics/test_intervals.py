"""Wilson intervals: their defining equation, their bounds, and what they cover."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.error_rates import QUARTERS, design_effect, exact_coverage, pooled_coverage
from include.insights.statistics.intervals import Z_95, Interval, overlaps, pool, wilson

TOTALS = st.integers(1, 5_000)


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    total = draw(TOTALS)
    return draw(st.integers(0, total)), total


@given(counts())
def test_the_ends_are_the_shares_that_a_score_test_just_keeps(found: tuple[int, int]) -> None:
    """Wilson 1927: at each end p, the count is 1.96 standard errors of p from its expectation."""
    count, total = found
    for end in wilson(count, total):
        if 0 < end < 1:
            score = abs(count / total - end) / math.sqrt(end * (1 - end) / total)
            assert score == pytest.approx(Z_95)


@given(counts())
def test_an_interval_holds_its_share_and_stays_a_fraction(found: tuple[int, int]) -> None:
    low, high = wilson(*found)
    assert 0 <= low <= found[0] / found[1] <= high <= 1


@given(counts())
def test_the_interval_of_the_rest_is_the_mirror_image(found: tuple[int, int]) -> None:
    count, total = found
    low, high = wilson(count, total)
    assert wilson(total - count, total) == pytest.approx((1 - high, 1 - low))


@given(counts(), st.floats(1.1, 5))
def test_repeated_companies_widen_the_interval(found: tuple[int, int], effect: float) -> None:
    plain, wide = wilson(*found), wilson(*found, effect)
    assert wide.low <= plain.low
    assert plain.high <= wide.high
    assert wide == pytest.approx(wilson(found[0] / effect, found[1] / effect))


def test_nothing_counted_says_nothing() -> None:
    assert wilson(0, 0) == (0, 1)


def test_overlap_is_mutual_and_includes_the_ends() -> None:
    a, b, c = Interval(0.1, 0.2), Interval(0.2, 0.3), Interval(0.21, 0.4)
    assert overlaps(a, b)
    assert overlaps(b, a)
    assert not overlaps(a, c)
    assert not overlaps(c, a)


@pytest.mark.parametrize("total", [10, 30, 100])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.2, 0.5])
def test_the_interval_covers_what_it_promises(share: float, total: int) -> None:
    """Exactly, not by simulation; a discrete count cannot meet 95 % everywhere."""
    assert 0.90 <= exact_coverage(share, total) <= 0.99


def test_coverage_is_95_percent_on_average_over_shares() -> None:
    for total in (10, 30, 100):
        covered = [exact_coverage(share / 40, total) for share in range(1, 40)]
        assert sum(covered) / len(covered) == pytest.approx(0.95, abs=0.012)


def test_a_month_pools_itself_and_the_two_before() -> None:
    pooled = pool([(1, 10), (2, 10), (0, 0), (6, 20), (0, 0), (0, 0), (0, 0)])
    shares = [one and round(one[0], 4) for one in pooled]
    assert shares == [0.1, 0.15, 0.15, round(8 / 30, 4), 0.3, 0.3, None]
    assert pooled[3] == (8 / 30, wilson(8 / 1.6, 30 / 1.6))


def test_the_band_covers_companies_that_post_each_month() -> None:
    effect = design_effect(Random(1), QUARTERS, 0.05, 400)
    assert 1.3 < effect < 2.1
    covered = pooled_coverage(Random(2), 0.05, 400)
    assert covered > 0.90
    assert pooled_coverage(Random(2), 0.05, 400, divisor=1.0) < covered - 0.03
