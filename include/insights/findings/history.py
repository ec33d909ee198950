"""Postings of Hacker News by window: shares and changes, robust to companies that post often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from include.errors import ServingError
from include.insights.counted import count, selected
from include.insights.filters import JobFilter
from include.insights.findings.finding import MIN_TOTAL, Share
from include.insights.statistics.association import design_effect_of_share
from include.insights.statistics.changes import ClusterSums, Difference, cluster_difference
from include.insights.statistics.intervals import wilson
from include.insights.store import Snapshot
from include.insights.trends import TRENDS_SOURCE, months_before

__all__ = ["Change", "History", "TooFewError", "Window", "months_of_companies", "year"]

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

    Sets are integers of the index: of jobs, or of postings (``fold``, one bit each).
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
    def years(self) -> list[int]:
        """The calendar years of which all months are there."""
        months = self.index.months
        return [
            number
            for number in range(int(months[0][:4]), int(self.newest[:4]) + 1)
            if {f"{number}-01", f"{number}-12"} <= set(months) and f"{number}-12" <= self.newest
        ]

    @property
    def last_year(self) -> Window:
        """The newest twelve whole months."""
        return Window(months_before(self.newest, 11), self.newest)

    def windows(self, first: int, step: int = 1) -> list[Window]:
        """Return every ``step``-th year from ``first`` on, then the newest twelve months."""
        # No month twice: the rows of a table are independent.
        years = [window for number in self.years if (window := year(number)).first[:4] >= str(first)]
        return [*(w for w in years[::step] if w.last < self.last_year.first), self.last_year]

    def wanted(self, window: Window, *, repeats: bool = False) -> JobFilter:
        """Return the filter of a window."""
        return JobFilter(
            sources=(TRENDS_SOURCE,), months=(window.first, window.last), repeats=repeats
        )

    def jobs(self, window: Window) -> int:
        """Return the jobs of a window; raise TooFewError below 30 postings."""
        selection = selected(self.snapshot, self.wanted(window))
        if selection.postings.bit_count() < MIN_TOTAL:
            raise TooFewError(f"The store has fewer than {MIN_TOTAL} postings of {window.label}.")
        return selection.bits

    def postings(self, window: Window) -> int:
        """Return the postings of a window; raise TooFewError below 30."""
        return self.index.fold(self.jobs(window))

    def counted(self, first: str | None = None) -> str:
        """Return what is counted from a month on, the first one by default, in one line."""
        window = Window(first or self.index.months[0], self.newest)
        return count(self.snapshot, selected(self.snapshot, self.wanted(window))).line

    def named(self, skills: Iterable[str]) -> int:
        """Return the jobs of the postings that name one of the technologies."""
        return self.index.bitmaps.any_of("skill", skills)

    def by_company(self, bits: int) -> Counter[int]:
        """Count a set by company; what names no company is one by itself, numbered below zero."""
        numbers, unnamed = self.index.companies.numbers, len(self.index.companies.all)
        return Counter(
            number if (number := numbers[position]) < unnamed else -1 - position
            for position in self.index.positions(bits)
        )

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

    def change_of_postings(self, having: int, now: int, before: int) -> Difference:
        """Return the change of that share from the jobs ``before`` to ``now``, of other months."""
        fold = self.index.fold
        both = fold(now & having) | fold(before & having)
        return self.change(both, fold(now), fold(before))

    def change(self, having: int, now: int, before: int) -> Difference:
        """Return the change of the share of ``having`` from one set to another, by company."""
        return Change(self, now, before).of(having)

    def months(self, bits: int) -> dict[str, int]:
        """Count a set by month, oldest first, up to the newest whole one; without gaps."""
        found = {
            month: (bits & self.index.month(month)).bit_count()
            for month in self.index.months
            if month <= self.newest
        }
        return dict(sorted(found.items()))


class Change:
    """The change of shares from one set to another, ``now`` and ``before``."""

    def __init__(self, history: History, now: int, before: int) -> None:
        self._history = history
        self._now, self._before = now, before
        self._totals = history.by_company(now), history.by_company(before)
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


def months_of_companies(history: History, bits: int) -> dict[int, set[int]]:
    """Return the months of a set by company, as numbers in ``index.months``; without unnamed."""
    found: dict[int, set[int]] = {}
    numbers, unnamed = history.index.companies.numbers, len(history.index.companies.all)
    months = history.index.month_numbers
    for position in history.index.positions(bits):
        if (number := numbers[position]) < unnamed:
            found.setdefault(number, set()).add(months[position])
    return found
