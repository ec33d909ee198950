"""Technologies month by month, and those whose share rises or falls most.

Shares count Hacker News postings only, the one source with an unbroken history.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from include.insights.models import (
    Envelope,
    Meta,
    MoverRow,
    TechnologyRow,
    TrendMeta,
    TrendSeries,
)
from include.insights.series import RenderedSeries
from include.insights.store import Snapshot
from include.serving.schema import DIM_TECHNOLOGIES, MONTHLY_TRENDS

__all__ = [
    "TRENDS_SOURCE",
    "months_before",
    "most_named",
    "movers",
    "technologies",
    "trends",
]

TRENDS_SOURCE = "hacker_news"
_TREND = MONTHLY_TRENDS.c
_MOVER_MONTHS = 3  # a single month is noise: some technologies have twenty mentions in it
_MOVER_MIN_MENTIONS = 20  # in both spans together; with fewer, a change is noise


def months_before(month: str, count: int) -> str:
    """Return the month (``YYYY-MM``) that is ``count`` months earlier."""
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 - count
    return f"{number // 12:04}-{number % 12 + 1:02}"


def technologies(snapshot: Snapshot) -> Envelope[TechnologyRow, Meta]:
    """Return the taxonomy, ordered by name."""
    # lower(): both databases compare by code points, which puts all capitals first.
    rows = snapshot.connection.execute(
        sa.select(DIM_TECHNOLOGIES).order_by(sa.func.lower(DIM_TECHNOLOGIES.c.name))
    )
    data = [
        TechnologyRow(
            technology_id=row.technology_id,
            name=row.name,
            category=row.category,
            aliases=json.loads(row.aliases),
        )
        for row in rows
    ]
    return Envelope[TechnologyRow, Meta](data=data, meta=Meta(total_count=len(data)))


def most_named(snapshot: Snapshot, month: str, count: int) -> list[str]:
    """Return the ids of the ``count`` most mentioned technologies of a month."""
    # The id breaks ties, so that two servers choose the same technologies.
    query = (
        sa.select(_TREND.technology_id)
        .where(_TREND.month == f"{month}-01")
        .order_by(_TREND.mention_count.desc(), _TREND.technology_id)
        .limit(count)
    )
    return list(snapshot.connection.scalars(query))


def trends(snapshot: Snapshot, technology_ids: Sequence[str], first: str, last: str) -> str:
    """Return the JSON of ``Envelope[TrendSeries, TrendMeta]``, in the order of the ids."""
    # Assembled as text: validating and serializing the points again would take most of the time.
    rendered = (snapshot.memory.series.get(snapshot.connection, one) for one in technology_ids)
    data = ",".join(_series_json(series, first, last) for series in rendered)
    meta = TrendMeta(
        total_count=len(technology_ids), start_date=first, end_date=last, source=TRENDS_SOURCE
    )
    return f'{{"data":[{data}],"meta":{meta.model_dump_json()}}}'


def _series_json(series: RenderedSeries, first: str, last: str) -> str:
    """Return the JSON of a TrendSeries."""
    bare = TrendSeries(
        technology_id=series.technology_id, name=series.name, category=series.category, points=[]
    ).model_dump_json()
    return f"{bare.removesuffix('[]}')}[{','.join(series.between(first, last))}]}}"


def movers(snapshot: Snapshot, top: int) -> Envelope[MoverRow, TrendMeta]:
    """Return the technologies whose share rose and fell most, ``top`` of each.

    Compares the newest three complete months with the same months of the year before, by the change
    in percentage points; the current month is excluded. Rising first, then falling.
    """
    newest = snapshot.newest_complete_month
    if newest is None:
        meta = TrendMeta(total_count=0, start_date=None, end_date=None, source=TRENDS_SOURCE)
        return Envelope[MoverRow, TrendMeta](data=[], meta=meta)
    first = months_before(newest, _MOVER_MONTHS - 1)
    # The same months of the year before: hiring is seasonal.
    now = _span(snapshot, first, newest)
    before = _span(snapshot, months_before(first, 12), months_before(newest, 12))
    rows = [
        row
        for technology_id in now.keys() & before.keys()
        if (row := _mover(snapshot, technology_id, now[technology_id], before[technology_id]))
    ]
    rows.sort(key=lambda row: (-abs(row.change_points), row.name))
    rising = [row for row in rows if row.direction == "rising"][:top]
    falling = [row for row in rows if row.direction == "falling"][:top]
    meta = TrendMeta(
        total_count=len(rising) + len(falling),
        start_date=first,
        end_date=newest,
        source=TRENDS_SOURCE,
    )
    return Envelope[MoverRow, TrendMeta](data=rising + falling, meta=meta)


def _span(snapshot: Snapshot, first: str, last: str) -> dict[str, tuple[int, int]]:
    """Return mentions and jobs by technology over some months."""
    query = (
        sa.select(
            _TREND.technology_id,
            sa.func.sum(_TREND.mention_count).label("mentions"),
            sa.func.sum(_TREND.total_jobs).label("jobs"),
        )
        .where(_TREND.month >= f"{first}-01", _TREND.month <= f"{last}-01")
        .group_by(_TREND.technology_id)
    )
    # Without jobs there is no share: such a technology is in no comparison.
    rows = snapshot.connection.execute(query)
    return {row.technology_id: (int(row.mentions), int(row.jobs)) for row in rows if row.jobs}


def _mover(
    snapshot: Snapshot, technology_id: str, now: tuple[int, int], before: tuple[int, int]
) -> MoverRow | None:
    share, earlier = now[0] / now[1], before[0] / before[1]
    if now[0] + before[0] < _MOVER_MIN_MENTIONS or share == earlier:
        return None
    return MoverRow(
        technology_id=technology_id,
        name=snapshot.names.get(technology_id, technology_id),
        direction="rising" if share > earlier else "falling",
        mention_count=now[0],
        total_jobs=now[1],
        earlier_mention_count=before[0],
        earlier_total_jobs=before[1],
        share=share,
        earlier_share=earlier,
        change_points=round(100 * (share - earlier), 2),
    )
