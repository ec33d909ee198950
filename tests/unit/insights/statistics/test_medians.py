"""Medians: exact ranks, clusters, pooling, changes within cells, and what the intervals cover."""

from __future__ import annotations

import math
import statistics
from random import Random

import pytest

from bench.error_rates_pay import (
    change_coverage,
    cluster_coverage,
    company_change_coverage,
    median_coverage,
)
from include.insights.statistics.medians import (
    change_by_cells,
    design_effect,
    interval_of_median,
    lower_rank,
    months_to_pool,
    quantile,
)


def error_of(rounds: int) -> float:
    """Three standard deviations of a coverage of 95 % that is simulated in so many rounds."""
    return 3 * math.sqrt(0.95 * 0.05 / rounds)


@pytest.mark.parametrize("count", [1, 5, 6, 10, 43, 74, 999, 1000])
def test_ranks_are_the_exact_binomial_ones(count: int) -> None:
    rank = lower_rank(count)
    below = [math.comb(count, k) for k in range(rank + 1)]
    assert 40 * sum(below[:-1]) <= 2**count < 40 * sum(below)


def test_ranks_of_facts_that_were_measured() -> None:
    assert (lower_rank(43), 44 - lower_rank(43)) == (15, 29)
    assert (lower_rank(74), 75 - lower_rank(74)) == (29, 46)


@pytest.mark.parametrize("count", [1_001, 1_100])
def test_ranks_of_many_values_are_at_most_one_wider(count: int) -> None:
    rank = lower_rank(count)
    below = [math.comb(count, k) for k in range(rank + 2)]
    assert 40 * sum(below[:-2]) <= 2**count < 40 * sum(below)


def test_few_values_do_not_bound_their_median() -> None:
    assert interval_of_median([1.0] * 5) is None
    assert interval_of_median(list(range(6))) == (0, 5)
    assert interval_of_median(list(range(12)), effect=12.0) is None


def test_clusters_move_the_ranks_apart() -> None:
    values = list(range(1, 101))
    assert interval_of_median(values) == (40, 61)
    assert interval_of_median(values, effect=4.0) == (29, 72)


@pytest.mark.parametrize("count", [2, 5, 30, 43])
def test_quantiles_are_interpolated(count: int) -> None:
    values = sorted(Random(count).sample(range(1000), count))
    quartiles = statistics.quantiles(values, n=4, method="inclusive")
    assert [quantile(values, share) for share in (0.25, 0.5, 0.75)] == pytest.approx(quartiles)
    assert quantile(values[:1], 0.25) == values[0]


@pytest.mark.parametrize(
    ("counts", "months"),
    [([40, 30], 1), ([40, 29], 2), ([5, 10, 10, 10], 3), ([9], 1), ([1] * 40, 12)],
)
def test_months_are_pooled_until_thirty_at_most_a_year(counts: list[int], months: int) -> None:
    assert months_to_pool(counts, len(counts) - 1, 30) == months


def test_design_effect_of_lone_values_is_one_and_of_copies_their_number() -> None:
    values = list(range(20))
    assert design_effect(values, values, 9.5) == 1
    assert design_effect(values * 3, values * 3, 9.5) == 3
    assert design_effect([5.0] * 9, range(9), 5.0) == 1


def test_pay_changes_within_cells_although_the_mix_hides_it() -> None:
    """Each cell pays 10 % more, while the cheaper one grows: the median of all falls."""
    now = {"junior": [88_000.0] * 40, "senior": [165_000.0] * 5}
    before = {"junior": [80_000.0] * 5, "senior": [150_000.0] * 40, "lead": [1.0] * 40}
    found = change_by_cells(now, before)
    assert found is not None
    assert found.change == pytest.approx(0.1)
    assert (found.cells, found.interval, found.now, found.before) == (2, None, 45, 45)
    assert change_by_cells({"junior": [1.0] * 4}, {"junior": [1.0] * 40}) is None


@pytest.mark.parametrize("count", [10, 43])
def test_interval_covers_the_median(count: int) -> None:
    assert median_coverage(Random(1), count, 600) >= 0.95 - error_of(600)


def test_interval_covers_although_companies_repeat() -> None:
    robust, naive, effect = cluster_coverage(Random(1), most=5, rounds=150)
    assert robust >= 0.95 - error_of(150)
    assert naive < robust, "these companies would not show an interval that ignores them"
    assert effect > 2


def test_interval_covers_the_change_of_cells() -> None:
    assert change_coverage(Random(1), cells=12, rounds=120) >= 0.95 - error_of(120)


def test_interval_covers_the_change_although_companies_are_in_several_cells() -> None:
    assert company_change_coverage(Random(1), most=3, rounds=60) >= 0.95 - error_of(60)


@pytest.mark.slow
@pytest.mark.parametrize("count", [10, 30, 74, 600])
def test_interval_covers_the_median_at_length(count: int) -> None:
    assert median_coverage(Random(2), count, 4_000) >= 0.95 - error_of(4_000)


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, 3, 12])
def test_interval_covers_the_median_of_companies_at_length(most: int) -> None:
    assert cluster_coverage(Random(2), most, 2_000)[0] >= 0.95 - error_of(2_000)


@pytest.mark.slow
@pytest.mark.parametrize("cells", [6, 15, 40])
def test_interval_covers_the_change_at_length(cells: int) -> None:
    assert change_coverage(Random(2), cells, 1_000) >= 0.95 - error_of(1_000)


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, 3, 8])
def test_interval_covers_the_change_of_companies_at_length(most: int) -> None:
    assert company_change_coverage(Random(2), most, 300) >= 0.95 - error_of(300)
