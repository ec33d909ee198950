"""Questions about the market: volume and seasons, companies, places."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from include.insights.findings.finding import Finding, Share, Table, joined, per_cent, points
from include.insights.findings.history import History, TooFewError, Window
from include.insights.statistics.intervals import Interval, wilson
from include.insights.statistics.medians import interval_of_median, quantile

__all__ = ["first_time", "places", "volume"]

_PLACES = ("San Francisco Bay Area", "New York City", "London", "Berlin", "Europe", "US")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_SEASON_MIN_YEARS = 10
_YEAR_MONTHS = 12


def volume(history: History) -> Finding:
    """Return how many postings there are, by year and by month of the year."""
    index = history.index
    everything = index.fold(history.select(history.whole, repeats=True))
    counted = everything & ~index.bits("set", "duplicate")
    by_month = {m: (counted & index.month(m)).bit_count() for m in history.months}
    months, counts = list(by_month), list(by_month.values())
    totals = {months[at]: sum(counts[at - 11 : at + 1]) for at in range(11, len(months))}
    if not totals:
        raise TooFewError("The store has fewer than twelve months.")
    peak = max(totals, key=lambda month: (totals[month], month))
    now = totals[history.newest]
    seasons = [_season(months, counts, number) for number in range(1, 13)]
    known = {_MONTHS[n]: found for n, found in enumerate(seasons) if found}
    slow = [name for name, (_, interval) in known.items() if interval and interval.high < 1]
    repeats = history.share(everything ^ counted, everything)

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        postings = index.fold(jobs).bit_count()
        numbers = (postings, round(postings / _YEAR_MONTHS), index.companies.count(jobs))
        return [f"{number:,}" for number in numbers]

    return Finding(
        "volume",
        f"The newest twelve months have {now:,} postings; the most were {totals[peak]:,}, in the "
        f"twelve months to {_MONTHS[int(peak[5:]) - 1]} {peak[:4]}, {totals[peak] / now:.1f} times "
        "as many. Slow beyond noise, as a ratio to the months around it: "
        f"{joined([f'{name} {_ratio(*known[name])}' for name in slow]) or 'no month'}. "
        f"{per_cent(repeats)} of all postings repeat one of the same company and are left out.",
        history.counted(),
        [
            history.table(("postings", "a month", "companies"), 2012, cells),
            Table(
                ("month", "ratio to the months around it"),
                [(name, _ratio(*found)) for name, found in known.items()],
            ),
        ],
    )


def _season(
    months: Sequence[str], counts: Sequence[int], number: int
) -> tuple[float, Interval | None] | None:
    """Return the median ratio of a month of the year to the twelve around it, of all years."""
    ratios = sorted(
        counts[at] / around
        for at in range(6, len(counts) - 6)
        if int(months[at][5:]) == number
        and (around := fmean((*counts[at - 6 : at], *counts[at + 1 : at + 7])))
    )
    if len(ratios) < _SEASON_MIN_YEARS:
        return None
    return quantile(ratios, 0.5), interval_of_median(ratios)


def _ratio(median: float, interval: Interval | None) -> str:
    return f"{median:.2f}" + (f" ({interval.low:.2f} to {interval.high:.2f})" if interval else "")


def first_time(history: History) -> Finding:
    """Return how many of a year's companies had never posted before."""
    months = history.months_of_companies(history.select(history.whole))

    def newcomers(window: Window) -> tuple[Share, Share]:
        there = [own for own in months if any(window.first <= m <= window.last for m in own)]
        new = [own for own in there if own[0] >= window.first]
        again = [own for own in new if _months_to_second(own) <= _YEAR_MONTHS]
        return _of(new, there), _of(again, new)

    def cells(window: Window) -> list[str]:
        new, again = newcomers(window)
        return [f"{new.total:,}", per_cent(new), per_cent(again)]

    windows = history.windows(2013)
    first, last = windows[0], windows[-1]
    # The new ones of the newest window have not had a year to come again.
    had_time = windows[-2] if len(windows) > 1 else first
    new_now, new_then = (per_cent(newcomers(window)[0]) for window in (last, first))
    again_now, again_then = (per_cent(newcomers(window)[1]) for window in (had_time, first))
    return Finding(
        "first-time",
        f"{new_now} of the companies of {last.label} had never posted before, {new_then} of those "
        f"of {first.label}. Of the new ones of {had_time.label}, {again_now} posted again within a "
        f"year; of those of {first.label}, {again_then}.",
        history.counted(),
        [history.table(("companies", "first time", "of these, again"), 2013, cells)],
    )


def _of(some: Sequence[object], all_: Sequence[object]) -> Share:
    return Share(len(some), len(all_), *wilson(len(some), len(all_)))


def _months_to_second(own: Sequence[str]) -> float:
    """Return the months from a company's first month to its second; endless without one."""
    years, months = ([int(month[part]) for month in own[:2]] for part in (slice(4), slice(5, None)))
    return 12 * (years[1] - years[0]) + months[1] - months[0] if len(own) > 1 else float("inf")


def places(history: History) -> Finding:
    """Return where the jobs are."""
    found = {place: history.index.places.at(place) for place in _PLACES}
    first, last = history.windows(2012)[0], history.last_year
    before, now = history.jobs(first), history.jobs(last)

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        return [per_cent(history.share_of_postings(place, jobs)) for place in found.values()]

    def moved(place: str) -> str:
        shares = [per_cent(history.share_of_postings(found[place], jobs)) for jobs in (before, now)]
        change = points(history.change_of_postings(found[place], now, before))
        return f"{place} {' to '.join(shares)}, {change}"

    return Finding(
        "places",
        f"From {first.label} to {last.label}: {'; '.join(map(moved, _PLACES))}.",
        history.counted(),
        [history.table(_PLACES, 2012, cells, step=2)],
    )
