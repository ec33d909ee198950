"""The same figures as statsmodels and scipy, which take 6 s of processor time to import."""

from __future__ import annotations

import math
from random import Random

import pytest

from bench.error_rates import YEARS
from include.insights.statistics.changes import (
    ClusterSums,
    cluster_difference,
    q_values,
    two_sided_p,
)
from include.insights.statistics.intervals import Z_95, wilson
from include.insights.statistics.seasons import seasonal_factors

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("oracles")]


@pytest.mark.parametrize(("count", "total"), [(0, 12), (1, 30), (17, 43), (43, 43), (900, 3_791)])
def test_wilson(count: int, total: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    expected = proportion_confint(count, total, method="wilson")
    assert wilson(count, total) == pytest.approx(expected, abs=1e-12)


def test_q_values() -> None:
    from statsmodels.stats.multitest import multipletests

    random = Random(1)
    p = [random.random() ** 3 for _ in range(183)]
    p[5] = p[6]
    assert q_values(p) == pytest.approx(multipletests(p, method="fdr_bh")[1].tolist())


def test_p_values() -> None:
    from scipy.stats import norm

    assert norm.ppf(0.975) == pytest.approx(Z_95, abs=1e-14)
    for z in (0.1, 1.0, -2.5, 9.0):
        assert two_sided_p(z) == pytest.approx(2 * norm.sf(abs(z)), rel=1e-9)


def test_cluster_robust_difference() -> None:
    """As a regression on the window, with errors by company, less its factor for few of them."""
    import numpy as np
    import statsmodels.api as sm

    random = Random(2)
    sums, named, window, company = ClusterSums(), [], [], []
    for number, (m1, m0) in enumerate(YEARS.sizes[:300]):
        uses = random.random() < 0.3
        y = [[int(uses and random.random() < 0.6) for _ in range(m)] for m in (m1, m0)]
        sums.add_company(m1, m0)
        sums.add_mentions(sum(y[0]), sum(y[1]), m1, m0)
        named += y[0] + y[1]
        window += [1] * m1 + [0] * m0
        company += [number] * (m1 + m0)
    model = sm.OLS(np.array(named, float), sm.add_constant(np.array(window, float)))
    fit = model.fit(
        cov_type="cluster", cov_kwds={"groups": np.array(company), "use_correction": False}
    )
    found = cluster_difference(sums)
    assert found.change == pytest.approx(fit.params[1])
    assert (found.high - found.change) / Z_95 == pytest.approx(fit.bse[1])
    assert found.p == pytest.approx(fit.pvalues[1])


def test_season_is_near_that_of_stl() -> None:
    from statsmodels.tsa.seasonal import STL

    random = Random(3)
    season = [-0.22, 0.02, 0.07, 0.05, 0.04, 0.03, 0.01, 0.01, -0.07, 0.05, 0.06, -0.05]
    logs = [6 + 0.3 * math.sin(at / 25) + season[at % 12] for at in range(12 * 12)]
    counts = [round(math.exp(value + random.gauss(0, 0.03))) for value in logs]
    fit = STL([math.log(count) for count in counts], period=12, robust=True).fit()
    by_month = [sum(fit.seasonal[month::12]) / 12 for month in range(12)]
    found = seasonal_factors(counts, 1)
    assert found is not None
    assert [math.log(factor) for factor in found] == pytest.approx(by_month, abs=0.03)
