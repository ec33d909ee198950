"""The jobs of a filter month by month."""

from __future__ import annotations

from dataclasses import dataclass, replace

from include.insights.counted import Selection, count, selected
from include.insights.filters import JobFilter
from include.insights.models import Counted, Nearest
from include.insights.nearest import nearest
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

    @property
    def said(self) -> dict[str, Counted | Nearest | None]:
        """What the months shown count, and the nearest filter if that is too little."""
        selection, index = self.selection, self.selection.index
        wanted = replace(selection.wanted, months=(self.first, self.last))
        window = wanted.window(selection.as_of)
        bits = selection.bits & index.days.between(*window) if window else selection.bits
        shown = replace(selection, wanted=wanted, bits=bits, postings=index.fold(bits))
        return {"counted": count(self.snapshot, shown), "nearest": nearest(self.snapshot, shown)}
