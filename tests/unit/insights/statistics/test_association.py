"""Pairs: G2, the lift's lower end, design effects, and how often they err."""

from __future__ import annotations

import math
from random import Random

import pytest

from bench.error_rates_pay import pair_errors
from include.insights.statistics.association import (
    design_effect_of_share,
    independence,
    lift,
    lift_low,
    p_of_g2,
)


def error_of(share: float, rounds: int) -> float:
    """Three standard deviations of a share that is simulated in so many rounds."""
    return 3 * math.sqrt(share * (1 - share) / rounds)


def test_g2_is_twice_the_log_likelihood_ratio() -> None:
    """Of 30, 50, 30 and 890, with 4.8, 75.2, 55.2 and 864.8 expected."""
    observed, expected = (30, 50, 30, 890), (4.8, 75.2, 55.2, 864.8)
    ratio = sum(o * math.log(o / e) for o, e in zip(observed, expected, strict=True))
    assert independence(30, 80, 60, 1000) == pytest.approx(2 * ratio)


def test_independent_skills_have_no_g2_and_a_lift_of_one() -> None:
    assert independence(20, 100, 200, 1000) == pytest.approx(0, abs=1e-12)
    assert lift(20, 100, 200, 1000) == 1
    assert independence(0, 10, 20, 100) > 0


def test_p_is_of_chi_squared_with_one_degree_of_freedom() -> None:
    assert p_of_g2(0) == 1
    assert p_of_g2(3.841458820694124) == pytest.approx(0.05)


def test_design_effect_divides_g2_and_lowers_the_lift() -> None:
    table = (30, 80, 60, 1000)
    assert independence(*table, effect=2.7) == pytest.approx(independence(*table) / 2.7)
    assert lift_low(*table, effect=2.7) < lift_low(*table) < lift(*table)


def test_a_pair_that_is_never_apart_has_a_finite_lower_end() -> None:
    assert 0 < lift_low(40, 40, 40, 200) <= lift(40, 40, 40, 200) == 5


def test_equal_postings_of_a_company_have_their_number_as_design_effect() -> None:
    totals = dict.fromkeys(range(40), 3)
    assert design_effect_of_share({0: 3, 1: 3}, totals) == pytest.approx(3)
    assert design_effect_of_share({0: 1, 1: 1}, dict.fromkeys(range(40), 1)) == pytest.approx(1)
    assert design_effect_of_share({}, totals) == 1


@pytest.mark.parametrize("most", [1, 5])
def test_false_discoveries_and_lower_ends_are_as_rare_as_promised(most: int) -> None:
    found = pair_errors(Random(1), most, rounds=50)
    assert found.found <= 0.05 + error_of(0.05, 50)
    assert found.above <= 0.025 + error_of(0.025, 50)
    assert most == 1 or found.naive_found > 0.15, "these companies would not show the naive error"


@pytest.mark.slow
@pytest.mark.parametrize("lift", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("most", [1, 3, 12])
def test_errors_are_as_rare_as_promised_at_length(most: int, lift: float) -> None:
    found = pair_errors(Random(2), most, 600, lift)
    assert found.above <= 0.025 + error_of(0.025, 600)
    assert lift > 1 or found.found <= 0.05 + error_of(0.05, 600)
