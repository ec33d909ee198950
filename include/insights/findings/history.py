"""Postings of Hacker News by window: shares and changes, robust to companies that post often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from include.errors import ServingError
from include.insights.counted import FULL, count, selected
from include.insights.filters import JobFilter
from include.insights.findings.finding import Share, Table
from include.insights.statistics.association import design_effect_of_share
from include.insights.statistics.changes import ClusterSums, Difference, cluster_difference
from include.insights.statistics.intervals import wilson
from include.insights.store import Snapshot
from include.insights.trends import TRENDS_SOURCE, months_before

__all__ = ["Change", "History", "TooFewError", "Window", "year"]

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class TooFewError(LookupError):
    """A question asks for months of which the store has too few postings."""


class Window(NamedTuple):
    """The first and the last month, ``YYYY-MM``."""

    first: str
    last: str

    @property
    def label(self) -> str:
        """The window in words: a year, or its first and last month."""
        if self == year(int(self.first[:4])):
            return self.first[:4]
        return " to ".join(f"{_NAMES[int(month[5:]) - 1]} {month[:4]}" for month in self)


def year(number: int) -> Window:
    """Return the window of a calendar year."""
    return Window(f"{number}-01", f"{number}-12")


class History:
    """Whole months of Hacker News, the one source since 2011; seniors in, repeats out.

    Sets are integers of the index: of jobs, or of postings (one bit each, by ``index.fold``).
    Raises ServingError for a store without a whole month.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.index = snapshot.index
        newest = snapshot.newest_complete_month
        if newest is None:
            raise ServingError(
                "The serving store has no whole month of Hacker News.",
                next_step="ingest and publish the months that the findings are about.",
            )
        self.newest: str = newest

    @cached_property
    def months(self) -> list[str]:
        """The whole months that have postings, oldest first."""
        return [month for month in self.index.months if month <= self.newest]

    @property
    def whole(self) -> Window:
        """The whole history."""
        return Window(self.months[0], self.newest)

    @property
    def last_year(self) -> Window:
        """The newest twelve whole months."""
        return Window(months_before(self.newest, 11), self.newest)

    def windows(self, first: int, step: int = 1) -> list[Window]:
        """Return every ``step``-th calendar year from ``first`` on, then the newest twelve months.

        No month twice, and no year that the store has but a part of.
        """
        years = map(year, range(first, int(self.newest[:4]) + 1, step))
        last = self.last_year
        return [
            *(one for one in years if self.months[0] <= one.first and one.last < last.first),
            last,
        ]

    def table(
        self,
        columns: Sequence[str],
        first: int,
        cells: Callable[[Window], Sequence[str]],
        step: int = 1,
    ) -> Table:
        """Return the cells of each window, without those of which the store has too little."""
        rows = []
        for window in self.windows(first, step):
            try:
                rows.append((window.label, *cells(window)))
            except TooFewError:
                continue
        return Table(("", *columns), rows)

    def select(self, window: Window, *, repeats: bool = False) -> int:
        """Return the jobs of a window, however few."""
        return selected(self.snapshot, self._wanted(window, repeats=repeats)).bits

    def jobs(self, window: Window) -> int:
        """Return the jobs of a window; raise TooFewError below 30 postings."""
        jobs = self.select(window)
        if self.index.fold(jobs).bit_count() < FULL:
            raise TooFewError(f"The store has fewer than {FULL} postings of {window.label}.")
        return jobs

    def postings(self, window: Window) -> int:
        """Return the postings of a window; raise TooFewError below 30."""
        return self.index.fold(self.jobs(window))

    def counted(self, *windows: Window) -> str:
        """Return what is counted in each window, the whole history by default, in words."""
        selections = (
            selected(self.snapshot, self._wanted(window)) for window in windows or (self.whole,)
        )
        return " and ".join(count(self.snapshot, selection).line for selection in selections)

    def _wanted(self, window: Window, *, repeats: bool = False) -> JobFilter:
        months = (window.first, window.last)
        return JobFilter(sources=(TRENDS_SOURCE,), months=months, repeats=repeats)

    def named(self, skills: Iterable[str]) -> int:
        """Return the jobs of the postings that name one of the technologies."""
        return self.index.bitmaps.any_of("skill", skills)

    def company(self, position: int) -> int:
        """Return a job's company; one that names none is a company by itself, below zero."""
        number = self.index.companies.numbers[position]
        return number if number < self._unnamed else -1 - position

    @cached_property
    def _unnamed(self) -> int:
        return len(self.index.companies.all)

    def by_company(self, bits: int) -> Counter[int]:
        """Count a set by company."""
        return Counter(map(self.company, self.index.positions(bits)))

    def same_companies(self, one: int, other: int) -> int:
        """Return the jobs of both sets whose company has one in each."""
        both = self.by_company(one).keys() & self.by_company(other).keys()
        positions = self.index.positions(one | other)
        return sum(1 << position for position in positions if self.company(position) in both)

    def months_of_companies(self, jobs: int) -> list[list[str]]:
        """Return the months of each company of a set, oldest first; without the unnamed."""
        found: dict[int, set[str]] = {}
        for month in self.months:
            for company in self.by_company(jobs & self.index.month(month)):
                found.setdefault(company, set()).add(month)
        return [sorted(months) for company, months in found.items() if company >= 0]

    def share(self, having: int, total: int) -> Share:
        """Return the share of ``total`` that is in ``having``.

        Wilson's interval, widened by the design effect of companies that post several times.
        """
        part = having & total
        effect = design_effect_of_share(self.by_company(part), self.by_company(total))
        numbers = part.bit_count(), total.bit_count()
        return Share(*numbers, *wilson(*numbers, effect))

    def share_of_postings(self, having: int, jobs: int) -> Share:
        """Return the share of the postings of ``jobs`` that have a job in ``having``."""
        return self.share(self.index.fold(jobs & having), self.index.fold(jobs))

    def change(self, having: int, now: int, before: int) -> Difference:
        """Return the change of the share of ``having`` from one set to another, by company."""
        return Change(self, now, before).of(having)

    def change_of_postings(self, having: int, now: int, before: int) -> Difference:
        """Return the change of that share from the jobs ``before`` to ``now``, of other months."""
        fold = self.index.fold
        both = fold(now & having) | fold(before & having)
        return self.change(both, fold(now), fold(before))


class Change:
    """The change of shares from one set to another, ``now`` and ``before``."""

    def __init__(self, history: History, now: int, before: int) -> None:
        self._history = history
        self._now, self._before = now, before
        self._totals = history.by_company(now), history.by_company(before)
        if not all(self._totals):
            raise TooFewError("The store has no postings to compare.")
        self._companies = ClusterSums()
        for company in {*self._totals[0], *self._totals[1]}:
            self._companies.add_company(self._totals[0][company], self._totals[1][company])

    def of(self, having: int) -> Difference:
        """Return the change of the share of ``having``."""
        sums = replace(self._companies)
        now = self._history.by_company(having & self._now)
        before = self._history.by_company(having & self._before)
        for one in {*now, *before}:
            sums.add_mentions(now[one], before[one], self._totals[0][one], self._totals[1][one])
        return cluster_difference(sums)
