"""Ranks, quantiles and G2 as scipy and numpy have them, which take seconds to import."""

from __future__ import annotations

from random import Random

import pytest

from include.insights.statistics.association import independence, lift, lift_low, p_of_g2
from include.insights.statistics.medians import design_effect, lower_rank, quantile

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("oracles")]


def test_ranks_of_medians() -> None:
    from scipy.stats import binom

    for count in range(1, 1_001):
        rank = lower_rank(count)
        assert binom.cdf(rank - 1, count, 0.5) <= 0.025 < binom.cdf(rank, count, 0.5)
    for count in (1_001, 1_100, 2_500, 20_000, 100_000):
        rank = lower_rank(count)
        assert binom.cdf(rank - 1, count, 0.5) <= 0.025 < binom.cdf(rank + 1, count, 0.5)


def test_quantiles() -> None:
    import numpy as np

    for count in (1, 2, 5, 30, 74):
        values = sorted(Random(count).sample(range(1_000), count))
        for share in (0.25, 0.5, 0.75):
            assert quantile(values, share) == pytest.approx(np.quantile(values, share))


def test_design_effect_of_a_median() -> None:
    """The variance of the share below it, robust to clusters, over that of lone values."""
    import numpy as np
    import statsmodels.api as sm

    random = Random(4)
    values, clusters = [], []
    for cluster in range(80):
        own = random.gauss(0, 1)
        for _ in range(random.randint(1, 6)):
            values.append(own + random.gauss(0, 0.3))
            clusters.append(cluster)
    if len(values) % 2:
        values, clusters = values[1:], clusters[1:]
    median = quantile(sorted(values), 0.5)
    below = np.array([value < median for value in values], float)
    model = sm.OLS(below, np.ones(len(below)))
    keywords = {"groups": np.array(clusters), "use_correction": False}
    fit = model.fit(cov_type="cluster", cov_kwds=keywords)
    expected = fit.bse[0] ** 2 / (0.25 / len(values))
    assert design_effect(values, clusters, median) == pytest.approx(expected)


@pytest.mark.parametrize("counts", [(30, 80, 60, 1000), (5, 100, 60, 1000), (40, 40, 60, 200)])
def test_g2(counts: tuple[int, int, int, int]) -> None:
    from scipy.stats import chi2_contingency

    both, one, other, total = counts
    table = [[both, one - both], [other - both, total - one - other + both]]
    expected = chi2_contingency(table, correction=False, lambda_="log-likelihood")
    assert independence(*counts) == pytest.approx(expected.statistic)
    assert p_of_g2(expected.statistic) == pytest.approx(expected.pvalue)


def test_lower_end_of_a_lift() -> None:
    """As the relative risk of one given the other, whose variance differs by the margins alone."""
    from scipy.stats.contingency import relative_risk

    both, one, other, total = 800, 2_000, 30_000, 1_000_000
    risk = relative_risk(both, one, other - both, total - one).confidence_interval(0.95)
    assert lift_low(both, one, other, total) == pytest.approx(risk.low, rel=0.05)
    assert lift(both, one, other, total) > risk.low
