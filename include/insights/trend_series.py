"""Technologies month by month: from the marts, or under any filter from the bitmaps.

Both answers are assembled as text: validating and serializing hundreds of points would take longer
than counting them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from include.insights.comparison import last_whole_month, windows_of
from include.insights.models import MoverWindows, TrendChange, TrendMeta, TrendSeries
from include.insights.monthly import Monthly
from include.insights.skills import top_skills
from include.insights.trend_points import Points

__all__ = ["filtered_trends", "marts_trends", "most_named"]

_YEAR = 12


def most_named(monthly: Monthly, count: int) -> list[str]:
    """Return the ids of the ``count`` most mentioned technologies of the months shown."""
    found = top_skills(monthly.shown, count)
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
    points, snapshot = Points(monthly), monthly.snapshot
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
    found = monthly.changes(windows, technology_ids)
    return {
        "windows": MoverWindows(now=list(windows.now), before=list(windows.before)),
        "change": {
            one: TrendChange(total=change.change, low=change.low, high=change.high)
            for one, change in found.items()
        },
    }
