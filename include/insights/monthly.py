"""The jobs of a filter month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from include.insights.comparison import Comparison, Windows
from include.insights.counted import Selection, count, selected
from include.insights.filters import JobFilter
from include.insights.index.sets import digest
from include.insights.models import Counted, Nearest
from include.insights.nearest import nearest
from include.insights.statistics.changes import Difference
from include.insights.store import Snapshot
from include.insights.trends import months_between

__all__ = ["Monthly"]


@dataclass(frozen=True)
class Monthly:
    """What a filter selects, in whichever month; ``first`` to ``last`` are those shown."""

    snapshot: Snapshot
    selection: Selection
    first: str
    last: str

    @classmethod
    def of(cls, snapshot: Snapshot, wanted: JobFilter, first: str, last: str) -> Monthly:
        """Return the jobs of a filter, whatever months it names."""
        return cls(snapshot, selected(snapshot, replace(wanted, months=None)), first, last)

    @property
    def months(self) -> list[str]:
        """The months shown, oldest first."""
        return months_between(self.first, self.last)

    def jobs(self, month: str) -> int:
        """Return the jobs of a month, as bits."""
        return self.selection.bits & self.selection.index.month(month)

    def postings(self, month: str) -> int:
        """Return the postings of a month, one bit each."""
        return self.selection.postings & self.selection.index.month(month)

    def is_running(self, month: str) -> bool:
        """Return whether the month was not over when it was read."""
        whole = self.snapshot.newest_complete_month
        return whole is None or month > whole

    def comparison(self, windows: Windows) -> Comparison:
        """Return the comparison of two windows, shown or not."""
        now, before = (
            self.selection.posting_set & self.selection.index.of_months(months_between(*window))
            for window in (windows.now, windows.before)
        )
        return Comparison(self.selection.index, now, before)

    def changes(self, windows: Windows, skills: Sequence[str]) -> dict[str, Difference]:
        """Return how the share of each technology changed between two windows; each cached.

        None of them if a window has no posting.
        """
        comparison, changes = self.comparison(windows), self.snapshot.memory.changes
        key = digest(comparison.now), digest(comparison.before)
        found = {skill: changes.get((*key, skill)) for skill in skills}
        missing = [skill for skill, kept in found.items() if kept is None]
        roaring = self.selection.index.bitmaps.roaring
        counted = comparison.changes(roaring("skill", skill) for skill in missing)
        for skill, change in zip(missing, counted, strict=False):
            changes.put((*key, skill), change)
            found[skill] = change
        return {skill: change for skill, change in found.items() if change}

    @cached_property
    def shown(self) -> Selection:
        """The jobs of the months shown, as the filter with these months selects them."""
        selection, index = self.selection, self.selection.index
        wanted = replace(selection.wanted, months=(self.first, self.last))
        window = wanted.window(selection.as_of)
        bits = selection.bits & index.days.between(*window) if window else selection.bits
        return replace(selection, wanted=wanted, bits=bits, postings=index.fold(bits))

    @property
    def said(self) -> dict[str, Counted | Nearest | None]:
        """What the months shown count, and the nearest filter if that is too little."""
        counted = count(self.snapshot, self.shown)
        return {"counted": counted, "nearest": nearest(self.snapshot, self.shown)}
