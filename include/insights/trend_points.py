"""The points of technologies under a filter, counted month by month."""

from __future__ import annotations

from include.insights.models import Growth
from include.insights.monthly import Monthly
from include.insights.point_forms import PointForms, Shares, pooled_counts
from include.insights.trends import months_before, months_between

__all__ = ["Points"]

_YEAR = 12


class Points:
    """The points of any technology: the months shown, and a year before them for growth."""

    def __init__(self, monthly: Monthly) -> None:
        self._index = monthly.selection.index
        self._months = months_between(months_before(monthly.first, _YEAR), monthly.last)
        self._chosen = monthly.selection.posting_set & self._index.of_months(self._months)
        self._totals = self._index.counts_by_month(self._chosen, self._months)
        self._is_whole = [not monthly.is_running(month) for month in self._months[_YEAR:]]
        self._forms = PointForms(
            self._months[_YEAR:],
            self._totals[_YEAR:],
            self._is_whole,
            pooled_counts(self._totals)[_YEAR:],
        )

    def of(self, technology_id: str) -> str:
        """Return the JSON of the points of a technology."""
        named = self._chosen & self._index.bitmaps.roaring("skill", technology_id)
        counts = self._index.counts_by_month(named, self._months)
        shares = [
            n / total if total else None for n, total in zip(counts, self._totals, strict=True)
        ]
        shown = shares[_YEAR:]
        monthly, yearly = (self._growth(shown, shares[at:]) for at in (_YEAR - 1, 0))
        counted = counts[_YEAR:]
        pooled = pooled_counts(counts)[_YEAR:]
        return f"[{self._forms.filled(counted, shown, monthly, yearly, pooled)}]"

    def _growth(self, shown: Shares, before: Shares) -> list[Growth]:
        """Return the growth of whole months' shares in per cent, as the marts have it."""
        pairs = zip(shown, before, self._is_whole, strict=False)
        return [
            100 * (share / earlier - 1) if is_whole and earlier and share is not None else None
            for share, earlier, is_whole in pairs
        ]
