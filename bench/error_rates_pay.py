"""What the intervals of pay and pairs cover: `python -m bench.error_rates_pay`.

Prints the tables of docs/statistics.md; tests run the same with fewer rounds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from random import Random
from statistics import fmean
from typing import NamedTuple

from include.insights.statistics.association import (
    design_effect_of_share,
    independence,
    lift_low,
    p_of_g2,
)
from include.insights.statistics.medians import (
    change_by_cells,
    design_effect,
    interval_of_median,
    quantile,
)

__all__ = [
    "change_coverage",
    "cluster_coverage",
    "company_change_coverage",
    "median_coverage",
    "pair_errors",
]

_PAY = 150_000
_SPREAD = 0.35  # of the logarithm: half of the pay is within a factor of 1.27 of the median
_COMPANIES = 60
_PAIR_COMPANIES = 600
_MARKET_COMPANIES = 350
_CELLS = 25


def _pay(random: Random, median: float = _PAY) -> float:
    """Return a pay as postings state it: log-normal, in whole thousands."""
    return round(random.lognormvariate(math.log(median), _SPREAD) / 1000) * 1000.0


def median_coverage(random: Random, count: int, rounds: int) -> float:
    """Return how often the interval of so many values, each of its own company, has the median."""
    covered = 0
    for _ in range(rounds):
        found = interval_of_median(sorted(_pay(random) for _ in range(count)))
        covered += found is not None and found.low <= _PAY <= found.high
    return covered / rounds


def cluster_coverage(random: Random, most: int, rounds: int) -> tuple[float, float, float]:
    """Return the coverage where companies post 1 to ``most`` times: robust, and as if lone ones.

    A company's postings are within a tenth of its own pay. Third, the mean design effect.
    """
    covers: list[tuple[bool, bool, float]] = []
    for _ in range(rounds):
        values, companies = [], []
        for company in range(_COMPANIES):
            pay = _pay(random)
            for _ in range(random.randint(1, most)):
                values.append(pay * random.choice((0.9, 1.0, 1.1)))
                companies.append(company)
        ordered = sorted(values)
        effect = design_effect(values, companies, quantile(ordered, 0.5))
        robust, naive = (interval_of_median(ordered, one) for one in (effect, 1.0))
        covers.append((_has(robust, _PAY), _has(naive, _PAY), effect))
    return tuple(fmean(column) for column in zip(*covers, strict=True))  # type: ignore[return-value]


def change_coverage(random: Random, cells: int, rounds: int, change: float = 0.04) -> float:
    """Return how often the interval has the change that all cells of 5 to 40 postings have."""
    covered = 0
    for _ in range(rounds):
        now, before = {}, {}
        for cell in range(cells):
            median = random.uniform(60_000, 220_000)
            before[cell] = [_pay(random, median) for _ in range(random.randint(5, 40))]
            median *= 1 + change
            now[cell] = [_pay(random, median) for _ in range(random.randint(5, 40))]
        found = change_by_cells(now, before)
        covered += found is not None and _has(found.interval, change)
    return covered / rounds


def company_change_coverage(random: Random, most: int, rounds: int, change: float = 0.04) -> float:
    """Return the same for companies that pay more or less than others, in several cells.

    Half of them stay; each posts 1 to ``most`` times in a window, in cells of unequal size.
    """
    covered = 0
    for _ in range(rounds):
        medians = [random.uniform(60_000, 220_000) for _ in range(_CELLS)]
        sizes = [1 / (cell + 1) for cell in range(_CELLS)]
        windows: tuple[dict[int, list[float]], ...] = ({}, {})
        for _ in range(_MARKET_COMPANIES):
            level = math.exp(random.gauss(0, 0.28))
            cells = random.choices(range(_CELLS), sizes, k=random.randint(1, 3))
            for at in random.choice([(0,), (1,), (0, 1), (0, 1)]):
                for _ in range(random.randint(1, most)):
                    cell = random.choice(cells)
                    median = medians[cell] * level * (1 + change * at)
                    windows[at].setdefault(cell, []).append(_pay(random, median))
        found = change_by_cells(windows[1], windows[0])
        covered += found is not None and _has(found.interval, change)
    return covered / rounds


def _has(interval: tuple[float, float] | None, value: float) -> bool:
    return interval is not None and interval[0] <= value <= interval[1]


class PairErrors(NamedTuple):
    """Of two independent skills: how often G2 says otherwise, and the lower end is above 1."""

    found: float
    above: float
    naive_found: float
    """As if each posting were of its own company."""


def pair_errors(random: Random, most: int, rounds: int, lift: float = 1.0) -> PairErrors:
    """Simulate pairs in companies of 1 to ``most`` postings that mostly name the same skills.

    With another ``lift``, ``above`` is how often the lower end is above that.
    """
    errors = []
    for _ in range(rounds):
        table, effect = _table(random, most, lift)
        g2 = [independence(*table, effect=one) for one in (effect, 1.0)]
        low = lift_low(*table, effect=effect)
        errors.append([p_of_g2(g2[0]) <= 0.05, low > lift, p_of_g2(g2[1]) <= 0.05])
    return PairErrors(*(fmean(column) for column in zip(*errors, strict=True)))


def _table(random: Random, most: int, lift: float) -> tuple[tuple[int, int, int, int], float]:
    """Return counts of both, one, other and all, and the mean design effect of the two skills."""
    total: Counter[int] = Counter()
    one, other, both = Counter[int](), Counter[int](), 0
    for company in range(_PAIR_COMPANIES):
        uses = random.random() < 0.2
        # P(other | one) = lift P(other), and P(other) stays 0.15.
        given = 0.15 * lift if uses else (0.15 - 0.2 * 0.15 * lift) / 0.8
        uses_other = random.random() < given
        for _ in range(random.randint(1, most)):
            total[company] += 1
            one[company] += uses
            other[company] += uses_other
            both += uses and uses_other
    effect = fmean(design_effect_of_share(counts, total) for counts in (one, other))
    return (both, one.total(), other.total(), total.total()), effect


def _tables(rounds: int) -> Iterator[str]:
    random = Random(19)
    yield "Median: values, coverage"
    for count in (10, 30, 74, 600):
        yield f"| {count} | {median_coverage(random, count, 10 * rounds):.1%} |"
    yield "Median of companies: postings of each, design effect, coverage robust, as if lone"
    for most in (1, 3, 12):
        robust, naive, effect = cluster_coverage(random, most, 5 * rounds)
        yield f"| 1 to {most} | {effect:.1f} | {robust:.1%} | {naive:.1%} |"
    yield "Change by cells: cells, coverage"
    for cells in (6, 15, 40):
        yield f"| {cells} | {change_coverage(random, cells, 3 * rounds):.1%} |"
    yield "Change by cells, companies in several: postings of each, coverage"
    for most in (1, 3, 8):
        yield f"| 1 to {most} | {company_change_coverage(random, most, rounds):.1%} |"
    yield "Pairs: postings of each company, lift, p <= 5 %, lower end above, p <= 5 % as if lone"
    for most in (1, 3, 12):
        for lift in (1.0, 2.0):
            e = pair_errors(random, most, 2 * rounds, lift)
            rates = f"{e.found:.1%} | {e.above:.1%} | {e.naive_found:.1%}"
            yield f"| 1 to {most} | {lift} | {rates} |"


if __name__ == "__main__":
    for line in _tables(rounds=1_000):
        print(line)
