"""What the intervals cover and what share of the movers is false: `python -m bench.error_rates`.

Markets are simulated with known shares. Companies post again and mostly ask for the same skills, as
on the real history: a posting is worth less than one of another company (the design effect). Prints
the tables of docs/statistics.md; tests run the same with fewer rounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from statistics import fmean, stdev

from include.insights.statistics.changes import (
    ClusterSums,
    Difference,
    cluster_difference,
    q_values,
    two_sided_p,
)
from include.insights.statistics.intervals import POOLED_DESIGN_EFFECT, Z_95, wilson

__all__ = [
    "QUARTERS",
    "YEARS",
    "Market",
    "design_effect",
    "difference_coverage",
    "exact_coverage",
    "false_discoveries",
    "pooled_coverage",
]

Q_LIMIT = 0.10
_MIN_MENTIONS = 20
_SKILLS = 183  # with at least 20 mentions in two years of the real history
_CHANGED = 15


@dataclass(frozen=True)
class Market:
    """Companies that post in a window: how many, how often, how steadily they name a skill."""

    name: str
    companies: int
    postings: Mapping[int, int]
    """How many companies post so often in a window."""
    steadiness: float
    """Probability that a posting of a company which uses a skill names it."""
    staying: float
    """Share of a window's companies that post in the other one, too."""
    sizes: list[tuple[int, int]] = field(init=False, compare=False)
    all_companies: ClusterSums = field(init=False, compare=False)

    def __post_init__(self) -> None:
        random = Random(7)
        sizes = []
        for _ in range(self.companies):
            now, before = random.choices(list(self.postings), list(self.postings.values()), k=2)
            if random.random() > self.staying / (2 - self.staying):
                now, before = random.choice([(now, 0), (0, before)])
            sizes.append((now, before))
        all_companies = ClusterSums()
        for m1, m0 in sizes:
            all_companies.add_company(m1, m0)
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "all_companies", all_companies)

    def sums(self, random: Random, before: float, now: float) -> ClusterSums:
        """Return the sums of one skill with these shares of the postings, drawn at random."""
        sums = replace(self.all_companies)
        # A company that stays keeps what it uses: some take up a rising skill.
        users = max(before, now) / self.steadiness
        for at in _chosen(random, len(self.sizes), users):
            m1, m0 = self.sizes[at]
            uses = random.random() * max(before, now)
            y1 = self._named(random, m1) if uses < now else 0
            y0 = self._named(random, m0) if uses < before else 0
            sums.add_mentions(y1, y0, m1, m0)
        return sums

    def _named(self, random: Random, postings: int) -> int:
        return sum(random.random() < self.steadiness for _ in range(postings))


# As Hacker News from March 2025 to February 2026, and its last three months: of 2,057 companies
# (an unnamed posting is one) 600, of 755 companies 140 had posted a year before. Steady enough for
# the design effects of its skills, 3.0 and 1.6.
YEARS = Market(
    "12 against 12 months",
    companies=3_514,
    postings={
        1: 1_338, 2: 316, 3: 161, 4: 91, 5: 45, 6: 33, 7: 24, 8: 12, 9: 11, 10: 14, 11: 7, 12: 5
    },
    steadiness=0.78,
    staying=0.29,
)  # fmt: skip
QUARTERS = Market(
    "3 against 3 months",
    companies=1_370,
    postings={1: 569, 2: 115, 3: 71},
    steadiness=0.95,
    staying=0.19,
)


def _chosen(random: Random, count: int, probability: float) -> Iterator[int]:
    """Yield the numbers below ``count`` that a coin with this probability chooses."""
    # By the geometric distance to the next: most skills are rare.
    step, at = math.log1p(-probability), -1
    while (at := at + 1 + int(math.log(1.0 - random.random()) / step)) < count:
        yield at


def naive_difference(sums: ClusterSums) -> Difference:
    """Return the textbook test, which takes each posting for a company of its own."""
    p1, p0 = sums.y1 / sums.m1, sums.y0 / sums.m0
    sd = math.sqrt(p1 * (1 - p1) / sums.m1 + p0 * (1 - p0) / sums.m0)
    change = p1 - p0
    p = two_sided_p(change / sd) if sd else 1.0
    return Difference(change, change - Z_95 * sd, change + Z_95 * sd, p)


def exact_coverage(share: float, total: int) -> float:
    """Return the probability that the Wilson interval of a binomial count has its share."""
    return sum(
        math.comb(total, count) * share**count * (1 - share) ** (total - count)
        for count in range(total + 1)
        if (found := wilson(count, total)).low <= share <= found.high
    )


def design_effect(random: Random, market: Market, share: float, rounds: int) -> float:
    """Return how many times the variance of a share exceeds that of postings by themselves."""
    drawn = [market.sums(random, share, share) for _ in range(rounds)]
    variance = stdev(one.y1 / one.m1 for one in drawn) ** 2
    return variance * market.all_companies.m1 / (share * (1 - share))


def pooled_coverage(
    random: Random, share: float, rounds: int, divisor: float = POOLED_DESIGN_EFFECT
) -> float:
    """Return the coverage of a share pooled over three months, each posting 1/``divisor``."""
    drawn = [QUARTERS.sums(random, share, share) for _ in range(rounds)]
    found = [wilson(one.y1, one.m1, divisor) for one in drawn]
    return fmean(one.low <= share <= one.high for one in found)


def difference_coverage(
    random: Random, market: Market, before: float, now: float, rounds: int
) -> tuple[float, float]:
    """Return the coverage of a change of share: robust to companies, and of the textbook."""
    sums = [market.sums(random, before, now) for _ in range(rounds)]
    covers = [
        [one.low <= now - before <= one.high for one in map(method, sums)]
        for method in (cluster_difference, naive_difference)
    ]
    return fmean(covers[0]), fmean(covers[1])


@dataclass(frozen=True)
class Discoveries:
    """Of simulated lists of movers: the mean share that is false, its error, and how many."""

    false: float
    error: float
    """Standard error of ``false``, from the number of rounds."""
    shown: float
    found: float
    """Share of the true changes that are shown."""
    naive_false: float


def false_discoveries(
    random: Random, market: Market, changed: int, rounds: int, skills: int = _SKILLS
) -> Discoveries:
    """Simulate lists of movers in which ``changed`` of the skills rise or fall by half or more."""
    false: list[float] = []
    naive: list[float] = []
    shown = found = 0
    for _ in range(rounds):
        tested = list(_skills(random, market, changed, skills))
        for method, rates in ((cluster_difference, false), (naive_difference, naive)):
            q = q_values([method(sums).p for _, sums in tested])
            listed = [
                is_changed for (is_changed, _), one in zip(tested, q, strict=True) if one <= Q_LIMIT
            ]
            rates.append(listed.count(False) / max(len(listed), 1))
            if rates is false:
                shown += len(listed)
                found += listed.count(True)
    error = stdev(false) / math.sqrt(rounds)
    recall = found / (rounds * changed) if changed else 0.0
    return Discoveries(fmean(false), error, shown / rounds, recall, fmean(naive))


def _skills(
    random: Random, market: Market, changed: int, skills: int
) -> Iterator[tuple[bool, ClusterSums]]:
    """Yield whether a skill's share changes, and its sums; those with too few mentions not."""
    for number in range(skills):
        before = math.exp(random.uniform(math.log(0.004), math.log(0.15)))
        factor = random.choice([0.4, 0.6, 1.6, 2.2]) if number < changed else 1.0
        sums = market.sums(random, before, before * factor)
        if sums.y1 + sums.y0 >= _MIN_MENTIONS:
            yield number < changed, sums


def _tables(rounds: int) -> Iterator[str]:
    random = Random(19)
    yield "Wilson, exact: share, companies, coverage"
    for share in (0.01, 0.05, 0.2, 0.5):
        row = " | ".join(f"{exact_coverage(share, n):.1%}" for n in (10, 30, 100, 600))
        yield f"| {share:.0%} | {row} |"
    yield "Pooled: share, design effect of the market, coverage by n/1.6, by n"
    for share in (0.01, 0.05, 0.2, 0.4):
        real = design_effect(random, QUARTERS, share, 10 * rounds)
        covered, plain = (pooled_coverage(random, share, 10 * rounds, d) for d in (1.6, 1.0))
        yield f"| {share:.0%} | {real:.1f} | {covered:.1%} | {plain:.1%} |"
    yield "Difference: market, shares, coverage robust, textbook"
    for market in (YEARS, QUARTERS):
        real = design_effect(random, market, 0.1, 10 * rounds)
        yield f"({market.name}: design effect {real:.1f})"
        for before, now in ((0.01, 0.01), (0.05, 0.05), (0.05, 0.1), (0.2, 0.2), (0.3, 0.2)):
            robust, naive = difference_coverage(random, market, before, now, 10 * rounds)
            yield f"| {market.name} | {before:.0%} to {now:.0%} | {robust:.1%} | {naive:.1%} |"
    yield "Movers: market, changed, shown, false, found, false by the textbook"
    for market in (YEARS, QUARTERS):
        for changed in (0, 5, _CHANGED, 50):
            d = false_discoveries(random, market, changed, rounds)
            yield (
                f"| {market.name} | {changed} of {_SKILLS} | {d.shown:.1f} | {d.false:.1%} "
                f"± {Z_95 * d.error:.1%} | {d.found:.0%} | {d.naive_false:.0%} |"
            )


if __name__ == "__main__":
    for line in _tables(rounds=150):
        print(line)
