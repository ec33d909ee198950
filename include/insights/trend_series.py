"""Technologies month by month: from the marts, or under any filter from the bitmaps.

Both answers are assembled as text: validating and serializing hundreds of points would take longer
than counting them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from include.insights.comparison import last_whole_month, windows_of
from include.insights.models import Growth, MoverWindows, TrendChange, TrendMeta, TrendSeries
from include.insights.monthly import Monthly
from include.insights.series import POOLED_DIGITS
from include.insights.skills import top_skills
from include.insights.statistics.intervals import POOLED_MONTHS, pool
from include.insights.trends import months_before, months_between

__all__ = ["filtered_trends", "marts_trends", "most_named"]

_YEAR = 12
_FEW = 4_000


def most_named(monthly: Monthly, count: int) -> list[str]:
    """Return the ids of the ``count`` most mentioned technologies of the months shown."""
    found = top_skills(monthly.selection.index, monthly.shown.postings, count)
    return [skill for skill, _ in sorted(found, key=lambda one: (-one[1], one[0]))[:count]]


def marts_trends(monthly: Monthly, technology_ids: Sequence[str]) -> str:
    """Return the JSON of ``Envelope[TrendSeries, TrendMeta]`` of what the marts count."""
    snapshot, first, last = monthly.snapshot, monthly.first, monthly.last
    rendered = (snapshot.memory.series.get(snapshot.connection, one) for one in technology_ids)
    found = (
        _series(s.technology_id, s.name, s.category, f"[{','.join(s.between(first, last))}]")
        for s in rendered
    )
    return _answer(monthly, technology_ids, ",".join(found))


def filtered_trends(monthly: Monthly, technology_ids: Sequence[str]) -> str:
    """Return the JSON of ``Envelope[TrendSeries, TrendMeta]``, in the order of the ids."""
    points, snapshot = _Points(monthly), monthly.snapshot
    known = (snapshot.memory.series.technology(snapshot.connection, one) for one in technology_ids)
    found = (_series(*one, points.of(one[0])) for one in known)
    return _answer(monthly, technology_ids, ",".join(found))


def _series(technology_id: str, name: str, category: str, points: str) -> str:
    bare = TrendSeries(
        technology_id=technology_id, name=name, category=category, points=[]
    ).model_dump_json()
    return f"{bare.removesuffix('[]}')}{points}}}"


def _answer(monthly: Monthly, technology_ids: Sequence[str], data: str) -> str:
    meta = TrendMeta(
        total_count=len(technology_ids),
        start_date=monthly.first,
        end_date=monthly.last,
        source=monthly.selection.wanted.source,
        **_changes(monthly, technology_ids),
        **monthly.said,
    )
    return f'{{"data":[{data}],"meta":{meta.model_dump_json()}}}'


def _changes(monthly: Monthly, technology_ids: Sequence[str]) -> dict[str, Any]:
    """Return how the shares changed, as movers do: newest whole year against the one before."""
    last = last_whole_month(monthly.snapshot, monthly.last)
    if last is None:
        return {}
    windows = windows_of(last, _YEAR)
    comparison = monthly.comparison(windows)
    found = {one: comparison.change_of(one) for one in technology_ids}
    return {
        "windows": MoverWindows(now=list(windows.now), before=list(windows.before)),
        "change": {
            one: TrendChange(total=change.change, low=change.low, high=change.high)
            for one, change in found.items()
            if change
        },
    }


class _Points:
    """The points of any technology: the months shown, and a year before them for growth."""

    def __init__(self, monthly: Monthly) -> None:
        self._index = monthly.selection.index
        self._months = months_between(months_before(monthly.first, _YEAR), monthly.last)
        self._postings = monthly.postings_of(self._months[0], monthly.last)
        self._running = [monthly.is_running(month) for month in self._months]
        # Few are counted one by one sooner than all are arranged.
        self._arranged = (
            self._index.by_month.arranged(self._postings, self._months)
            if self._postings.bit_count() > _FEW
            else None
        )
        self._totals = self._counts(self._postings, self._arranged)

    def of(self, technology_id: str) -> str:
        """Return the JSON of the points of a technology."""
        counts, totals = self._counts_of(technology_id), self._totals
        shares = [n / total if total else None for n, total in zip(counts, totals, strict=True)]
        before = _YEAR - POOLED_MONTHS + 1
        pooled = [None] * before + pool(list(zip(counts, totals, strict=True))[before:])
        points = []
        for at in range(_YEAR, len(counts)):
            month, is_running = self._months[at], self._running[at]
            share, band = (None if is_running else pooled[at]) or (None, (None, None))
            points.append(
                f'{{"month":"{month}","mention_count":{counts[at]},"total_jobs":{totals[at]},'
                f'"share":{_number(shares[at])},'
                f'"mom_growth_pct":{_number(self._growth(shares, at, 1))},'
                f'"yoy_growth_pct":{_number(self._growth(shares, at, _YEAR))},'
                f'"pooled_share":{_rounded(share)},'
                f'"low":{_rounded(band[0])},"high":{_rounded(band[1])},'
                f'"is_running":{"true" if is_running else "false"}}}'
            )
        return f"[{','.join(points)}]"

    def _counts_of(self, technology_id: str) -> list[int]:
        bits, by_month = self._index.bits("skill", technology_id), self._index.by_month
        if self._arranged is None:
            return self._counts(self._postings & bits, None)
        named = by_month.arranged_once(technology_id, lambda: bits)
        return self._counts(0, self._arranged & named)

    def _counts(self, postings: int, arranged: int | None) -> list[int]:
        """Return how many postings each month has: of the arranged ones, if there are any."""
        if arranged is not None:
            return self._index.by_month.counts(arranged, self._months)
        numbers = map(self._index.month_numbers.__getitem__, self._index.positions(postings))
        counted = Counter(numbers)
        known = {month: counted[number] for number, month in enumerate(self._index.months)}
        return [known.get(month, 0) for month in self._months]

    def _growth(self, shares: list[float | None], at: int, months: int) -> Growth:
        """Return the growth of a whole month's share in per cent, as the marts have it."""
        share, before = shares[at], shares[at - months]
        if share is None or not before or self._running[at]:
            return None
        return 100 * (share / before - 1)


def _number(value: float | None) -> str:
    return "null" if value is None else repr(value)


def _rounded(value: float | None) -> str:
    return "null" if value is None else repr(round(value, POOLED_DIGITS))
