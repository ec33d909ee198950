"""Two windows of whole months, compared by company: what changed beyond noise, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyroaring import BitMap

from include.insights.counted import selected
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.statistics.changes import (
    ClusterSums,
    Difference,
    ShiftShare,
    cluster_difference,
    shift_share,
)
from include.insights.store import Snapshot
from include.insights.trends import months_before

if TYPE_CHECKING:
    from include.insights.index.clusters import Clustered

__all__ = ["Comparison", "Split", "Windows", "last_whole_month", "windows_of"]

YEAR = 12


@dataclass(frozen=True)
class Windows:
    """Two spans of as many months, each its first and last, ``YYYY-MM``."""

    now: tuple[str, str]
    before: tuple[str, str]


def last_whole_month(snapshot: Snapshot, last: str | None = None) -> str | None:
    """Return the newest whole month, not after ``last``; None without one."""
    newest = snapshot.newest_complete_month
    return min(newest, (last or newest)[:7]) if newest else None


def windows_of(newest: str, months: int) -> Windows:
    """Return the ``months`` months to ``newest``, and the same ones whole years before.

    Hiring is seasonal: a quarter is compared with the same quarter of the year before.
    """
    first = months_before(newest, months - 1)
    years = -(-months // YEAR) * YEAR
    return Windows((first, newest), (months_before(first, years), months_before(newest, years)))


@dataclass(frozen=True)
class Comparison:
    """The postings of two windows, none in both, as ``Selection.posting_set`` has them."""

    index: FacetIndex
    now: BitMap
    before: BitMap

    @classmethod
    def of(cls, snapshot: Snapshot, wanted: JobFilter, windows: Windows) -> Comparison:
        """Return the comparison of what a filter selects in both windows."""
        now, before = (
            selected(snapshot, replace(wanted, months=months, days=None)).posting_set
            for months in (windows.now, windows.before)
        )
        return cls(snapshot.index, now, before)

    def among(self, postings: BitMap) -> Comparison:
        """Return the comparison of these postings only."""
        return Comparison(self.index, self.now & postings, self.before & postings)

    def counts(self, postings: BitMap) -> tuple[int, int]:
        """Return how many of these postings there are now, and were before."""
        common = postings.intersection_cardinality
        return common(self.now), common(self.before)

    def change(self, postings: BitMap) -> Difference | None:
        """Return the change of these postings' share; None if a window has no posting."""
        return next(iter(self.changes([postings])), None)

    def changes(self, sets: Iterable[BitMap]) -> list[Difference]:
        """Return the change of the share of each set; none at all if a window has no posting."""
        return [cluster_difference(sums) for sums in self._sums(sets)]

    def changes_of_skills(self, least: int) -> Iterator[tuple[str, int, int, Difference]]:
        """Yield the technologies named so often in both windows: id, mentions now, before, change.

        None of them if a window has no posting.
        """
        either = self._either
        often = [
            one
            for one in self.index.skills_named(least)
            if one.set.intersection_cardinality(either) >= least
        ]
        # Not strict: without a posting in a window there are no sums.
        for skill, sums in zip(often, self._sums(one.set for one in often), strict=False):
            yield skill.skill, sums.y1, sums.y0, cluster_difference(sums)

    def _sums(self, sets: Iterable[BitMap]) -> list[ClusterSums]:
        """Return the sums over companies of each set; none at all if a window has no posting."""
        if not self.now or not self.before:
            return []
        y = self._by_company(one & self._either for one in sets)
        m1, m0 = self._all.at(y.companies)
        found = {
            "y1": y.sum(y.now),
            "y0": y.sum(y.before),
            "y1_y1": y.dot(y.now, y.now),
            "y0_y0": y.dot(y.before, y.before),
            "y1_y0": y.dot(y.now, y.before),
            "y1_m1": y.dot(y.now, m1),
            "y0_m0": y.dot(y.before, m0),
            "y1_m0": y.dot(y.now, m0),
            "y0_m1": y.dot(y.before, m1),
        }
        rows = zip(*found.values(), strict=True)
        return [replace(self._sums_of_all, **dict(zip(found, row, strict=True))) for row in rows]

    @cached_property
    def _either(self) -> BitMap:
        return self.now | self.before

    @cached_property
    def _all(self) -> Clustered:
        return self._by_company([self._either])

    @cached_property
    def _sums_of_all(self) -> ClusterSums:
        m = self._all
        squares = m.dot(m.now, m.now), m.dot(m.before, m.before), m.dot(m.now, m.before)
        (m1_m1,), (m0_m0,), (m1_m0,) = squares
        return ClusterSums(len(self.now), len(self.before), m1_m1, m0_m0, m1_m0)

    def _by_company(self, sets: Iterable[BitMap]) -> Clustered:
        return self.index.companies.by_cluster.of(sets, self._is_now)

    @cached_property
    def _is_now(self) -> Any:
        return self.index.companies.by_cluster.flags(self.now)


class Split:
    """Splits changes of a comparison into those within groups and those of their sizes."""

    def __init__(self, comparison: Comparison, groups: Sequence[int]) -> None:
        self._groups = groups
        self._windows = (comparison.now, comparison.before)
        self._totals = [_counter(one, groups) for one in self._windows]

    def of(self, postings: BitMap) -> ShiftShare:
        """Return what changed these postings' share: their share in groups, or the mix."""
        found = [_counter(one & postings, self._groups) for one in self._windows]
        now, before = (
            {group: (counted[group], total) for group, total in totals.items()}
            for counted, totals in zip(found, self._totals, strict=True)
        )
        return shift_share(now, before)


def _counter(postings: BitMap, groups: Sequence[int]) -> Counter[int]:
    # map and Counter run in C: a window of 4,000 postings takes a millisecond.
    return Counter(map(groups.__getitem__, postings.to_array()))
