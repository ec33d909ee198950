"""Changes of a share: the robust variance, false discoveries, within and mix."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.error_rates import QUARTERS, YEARS, difference_coverage, false_discoveries
from include.insights.statistics.changes import (
    ClusterSums,
    cluster_difference,
    q_values,
    shift_share,
    two_sided_p,
)

P_VALUES = st.lists(st.floats(0, 1), max_size=20)
WINDOW = st.integers(0, 6).flatmap(lambda m: st.tuples(st.integers(0, m), st.just(m)))
COMPANIES = st.lists(st.tuples(WINDOW, WINDOW), min_size=1, max_size=12)
GROUPS = st.dictionaries(
    st.sampled_from("abcde"),
    st.integers(0, 50).flatmap(lambda m: st.tuples(st.integers(0, m), st.just(m))),
).filter(lambda groups: any(total for _, total in groups.values()))


def sums_of(companies: list[tuple[tuple[int, int], tuple[int, int]]]) -> ClusterSums:
    sums = ClusterSums()
    for (y1, m1), (y0, m0) in companies:
        sums.add_company(m1, m0)
        if y1 or y0:
            sums.add_mentions(y1, y0, m1, m0)
    return sums


@given(COMPANIES)
def test_the_sums_give_the_variance_of_the_companies_shares(
    companies: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    n1, n0 = (sum(company[window][1] for company in companies) for window in (0, 1))
    if not n1 or not n0:
        return
    p1, p0 = sum(c[0][0] for c in companies) / n1, sum(c[1][0] for c in companies) / n0
    moves = [(y1 - p1 * m1) / n1 - (y0 - p0 * m0) / n0 for (y1, m1), (y0, m0) in companies]
    sd = math.sqrt(sum(move * move for move in moves))
    found = cluster_difference(sums_of(companies))
    assert found.change == pytest.approx(p1 - p0)
    assert (found.high - found.low) / 2 == pytest.approx(1.959963984540054 * sd, abs=1e-7)


def test_companies_that_post_once_give_the_textbook_test() -> None:
    once = [((1, 1), (0, 0))] * 30 + [((0, 1), (0, 0))] * 70
    before = [((0, 0), (1, 1))] * 20 + [((0, 0), (0, 1))] * 80
    found = cluster_difference(sums_of(once + before))
    sd = math.sqrt(0.3 * 0.7 / 100 + 0.2 * 0.8 / 100)
    assert found.p == pytest.approx(two_sided_p(0.1 / sd))


def test_a_company_that_repeats_itself_is_no_evidence() -> None:
    """Twenty postings of one company against twenty companies: same shares, other certainty."""
    others = [((0, 1), (0, 1))] * 200
    one = cluster_difference(sums_of([((20, 20), (0, 0)), *others]))
    many = cluster_difference(sums_of([((1, 1), (0, 0))] * 20 + others))
    assert one.change == many.change
    assert one.p > 0.2
    assert many.p < 0.001


def test_what_companies_keep_cancels() -> None:
    """All who stay ask for the same as before: the change is 0, and surely so."""
    found = cluster_difference(sums_of([((1, 1), (1, 1))] * 50 + [((0, 1), (0, 1))] * 50))
    assert found == (0, 0, 0, 1)


def test_p_is_of_both_sides() -> None:
    assert two_sided_p(0) == 1
    assert two_sided_p(-1.959963984540054) == pytest.approx(0.05)


@given(P_VALUES)
def test_q_is_the_smallest_rate_at_which_benjamini_hochberg_rejects(p: list[float]) -> None:
    """By definition: over all cuts at or above p, the least of p·n / number at or below the cut."""
    for value, q in zip(p, q_values(p), strict=True):
        cuts = [cut * len(p) / sum(other <= cut for other in p) for cut in p if cut >= value]
        assert q == pytest.approx(min(*cuts, 1.0))


@given(GROUPS, GROUPS)
def test_within_and_mix_add_up_to_the_change(
    now: dict[str, tuple[int, int]], before: dict[str, tuple[int, int]]
) -> None:
    share = [
        sum(count for count, _ in groups.values()) / sum(total for _, total in groups.values())
        for groups in (now, before)
    ]
    assert sum(shift_share(now, before)) == pytest.approx(share[0] - share[1])


def test_more_seniors_are_mix_and_more_remote_seniors_within() -> None:
    before = {"senior": (60, 100), "junior": (20, 100)}
    assert shift_share({"senior": (120, 200), "junior": (20, 100)}, before) == pytest.approx(
        (0, 1 / 15)
    )
    assert shift_share({"senior": (70, 100), "junior": (20, 100)}, before) == pytest.approx(
        (0.05, 0)
    )
    assert shift_share({"senior": (60, 100)}, before).within == 0


@pytest.mark.parametrize("market", [YEARS, QUARTERS], ids=["years", "quarters"])
def test_the_interval_covers_where_the_textbook_does_not(market: object) -> None:
    robust, naive = difference_coverage(Random(3), market, 0.05, 0.08, 250)
    assert robust > 0.89
    assert naive < robust


def test_movers_are_as_often_false_as_q_says() -> None:
    found = false_discoveries(Random(4), YEARS, changed=10, rounds=6, skills=80)
    assert found.false < 0.10 + 3 * found.error
    assert found.shown > 2
    assert found.naive_false > 0.25, "this market would not show a test that ignores companies"


@pytest.mark.slow
@pytest.mark.parametrize("changed", [0, 5, 15, 50])
@pytest.mark.parametrize("market", [YEARS, QUARTERS], ids=["years", "quarters"])
def test_movers_are_as_often_false_as_q_says_at_length(market: object, changed: int) -> None:
    found = false_discoveries(Random(5), market, changed, rounds=100)
    assert found.false < 0.10 + 2 * found.error


@pytest.mark.slow
@pytest.mark.parametrize(("before", "now"), [(0.01, 0.01), (0.05, 0.1), (0.3, 0.2)])
def test_intervals_cover_at_length(before: float, now: float) -> None:
    robust, _ = difference_coverage(Random(6), YEARS, before, now, 2_000)
    assert robust == pytest.approx(0.95, abs=0.02)
