"""Questions about the jobs: ways of working, seniority, pay."""

from __future__ import annotations

from itertools import product

from include.insights.counted import FULL
from include.insights.findings.finding import Finding, money, per_cent, points, verb
from include.insights.findings.history import History, TooFewError, Window, year
from include.insights.statistics.intervals import Interval
from include.insights.statistics.medians import (
    change_by_cells,
    design_effect,
    interval_of_median,
    quantile,
)

__all__ = ["pay", "remote", "seniority", "stated_pay"]

_REMOTE, _OTHER_WAYS = ("remote", "mixed"), ("hybrid", "onsite", "unspecified")
_BEFORE, _AFTER = Window("2019-03", "2020-02"), Window("2020-04", "2021-03")
_SENIOR, _ENTRY = ("senior", "staff"), ("entry", "intern")


def remote(history: History) -> Finding:
    """Return the share of remote jobs before and after March 2020."""
    index, last = history.index, history.last_year
    before, after, now = map(history.jobs, (_BEFORE, _AFTER, last))
    can = index.bitmaps.any_of("remote", _REMOTE)
    shares = [per_cent(history.share_of_postings(can, jobs)) for jobs in (before, after, now)]
    first = history.change_of_postings(can, after, before)
    since = history.change_of_postings(can, now, after)
    same = history.same_companies(before, after)
    within = history.change_of_postings(can, after & same, before & same)

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        ways = (can, *(index.bits("remote", way) for way in _OTHER_WAYS))
        return [per_cent(history.share_of_postings(way, jobs)) for way in ways]

    return Finding(
        "remote",
        f"{shares[0]} of postings in the twelve months before March 2020, {shares[1]} in the "
        f"twelve months from April 2020 on: the share {verb(first)}, {points(first)}. At companies "
        f"that posted in both it {verb(within)}, {points(within)}. In {last.label} it is "
        f"{shares[2]}, {points(since)} against the year from April 2020.",
        history.counted(),
        [history.table(("remote, or a choice", "hybrid", "on site", "not said"), 2012, cells)],
    )


def seniority(history: History) -> Finding:
    """Return how many jobs ask for seniors, and for beginners."""
    index = history.index
    senior, entry = (index.bitmaps.any_of("job_level", of) for of in (_SENIOR, _ENTRY))
    stated = index.all ^ index.bits("job_level", "unspecified")
    first, last = history.windows(2012)[0], history.last_year
    before, now = history.jobs(first), history.jobs(last)

    def moved(level: int) -> str:
        shares = [per_cent(history.share(level, jobs)) for jobs in (before, now)]
        return f"{' and '.join(shares)}, {points(history.change(level, now, before))}"

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        shares = [history.share(one, jobs) for one in (senior, entry, stated)]
        return [per_cent(one) for one in (*shares, history.share(senior, jobs & stated))]

    of_stated = points(history.change(senior, now & stated, before & stated))
    columns = ("senior, staff", "entry, intern", "state a level", "senior, of those stated")
    return Finding(
        "seniority",
        f"Of all jobs of {first.label} and of {last.label}, senior or staff ones are "
        f"{moved(senior)}; entry-level ones and internships {moved(entry)}. Titles may say "
        f"more than they did: of the jobs that state a level at all, seniors moved by {of_stated}.",
        history.counted(),
        [history.table(columns, 2012, cells, step=2)],
    )


def stated_pay(history: History) -> Finding:
    """Return how many postings state a yearly pay, in the US and elsewhere."""
    index = history.index
    stated = 0
    for currency in index.pay.currencies:
        stated |= index.pay.stated_in(currency)
    us = index.bits("country", "US")
    countries = (us, index.all ^ us)

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        return [per_cent(history.share_of_postings(stated, jobs & one)) for one in countries]

    def moved(before: Window, now: Window) -> str:
        sets = history.jobs(now), history.jobs(before)
        in_us, elsewhere = (
            points(history.change_of_postings(stated, *(jobs & one for jobs in sets)))
            for one in countries
        )
        return f"from {before.label} to {now.label} by {in_us} in the US, {elsewhere} elsewhere"

    in_us, elsewhere = cells(history.last_year)
    return Finding(
        "stated-pay",
        f"In {history.last_year.label} {in_us} of US postings state a yearly pay, {elsewhere} of "
        f"the others. The share moved {moved(year(2020), year(2021))}; "
        f"{moved(year(2022), year(2023))}.",
        history.counted(),
        [history.table(("US", "elsewhere, or not said"), 2013, cells)],
    )


def pay(history: History) -> Finding:
    """Return the median yearly pay in the US, and its growth within role and level."""
    dollars = history.index.pay.stated_in("USD") & history.index.bits("country", "US")
    first, last = history.windows(2018)[0], history.last_year
    before, now = (history.jobs(window) & dollars for window in (first, last))
    growth = change_by_cells(_cells(history, now), _cells(history, before))
    like = ""
    if growth and growth.interval:
        low, high = (100 * end for end in growth.interval)
        like = (
            f" Within the same role and level it grew by {100 * growth.change:.0f} % ({low:.0f} "
            f"to {high:.0f}; {growth.cells} cells)."
        )

    def cells(window: Window) -> list[str]:
        n, median, interval = _median(history, history.jobs(window) & dollars)
        return [f"{n:,}", money(median, interval) if n >= FULL else "-"]

    found = [_median(history, jobs) for jobs in (before, now)]
    (_, early, _), (_, late, _) = found
    offers = [money(median, interval) for _, median, interval in found]
    return Finding(
        "pay",
        f"The median job in the US that states a yearly pay offers {offers[1]} in "
        f"{last.label}, {offers[0]} in {first.label}: {100 * (late / early - 1):+.0f} "
        f"%.{like} Prices have risen, too: no figure here is adjusted for them.",
        history.counted(Window(first.first, last.last)),
        [history.table(("jobs", "median"), 2018, cells)],
    )


def _values(history: History, jobs: int) -> dict[int, float]:
    """Return the middle of the pay of jobs by position."""
    low, high = history.index.pay.low, history.index.pay.high
    return {at: (low[at] + high[at]) / 2 for at in history.index.positions(jobs)}


def _median(history: History, jobs: int) -> tuple[int, float, Interval | None]:
    """Return number, median and interval of the pay of jobs; raise TooFewError without any."""
    values = _values(history, jobs)
    if not values:
        raise TooFewError("No job of these months states a yearly pay in US dollars.")
    ordered = sorted(values.values())
    median = quantile(ordered, 0.5)
    companies = [history.company(at) for at in values]
    effect = design_effect(list(values.values()), companies, median)
    return len(values), median, interval_of_median(ordered, effect)


def _cells(history: History, jobs: int) -> dict[tuple[str, str], list[float]]:
    """Return the pay of jobs by role and level."""
    index, values = history.index, _values(history, jobs)
    return {
        (role, level): [values[at] for at in index.positions(cell)]
        for role, level in product(index.values("job_role"), index.values("job_level"))
        if (cell := jobs & index.bits("job_role", role) & index.bits("job_level", level))
    }
