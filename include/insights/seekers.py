"""Those who look for work on Hacker News, as a control of the site's own size.

A month with twice the postings and twice the seekers has more readers, not more jobs for each.
Only whole threads are published (docs/data-model.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from include.insights.models import Enough, Envelope, SeekerMeta, SeekerPoint, SeekerSkill
from include.insights.statistics.intervals import POOLED_DESIGN_EFFECT, count_ratio, wilson
from include.insights.store import Snapshot
from include.serving.schema import MONTHLY_SEEKER_SKILLS, MONTHLY_SEEKERS

__all__ = ["control", "seekers"]

_FULL, _GREY = 30, 10
_ALL, _NAMED = MONTHLY_SEEKERS.c, MONTHLY_SEEKER_SKILLS.c
Months = tuple[str, str]


def control(snapshot: Snapshot, months: Months, technology: str | None) -> list[SeekerPoint]:
    """Return the whole threads "Who wants to be hired?" of these months, oldest first."""
    return _points(snapshot, "wants", months, technology)


def seekers(
    snapshot: Snapshot, kind: str, months: Months, technology: str | None, top: int
) -> Envelope[SeekerPoint, SeekerMeta]:
    """Return a kind's whole threads of these months, oldest first, and what seekers name most.

    With a technology, its seekers and postings in place of all seekers and jobs.
    """
    data = _points(snapshot, kind, months, technology)
    meta = SeekerMeta(
        total_count=len(data),
        kind=kind,
        technology=technology,
        start_date=months[0],
        end_date=months[1],
        technologies=_technologies(snapshot, kind, months, top),
    )
    return Envelope[SeekerPoint, SeekerMeta](data=data, meta=meta)


def _points(
    snapshot: Snapshot, kind: str, months: Months, technology: str | None
) -> list[SeekerPoint]:
    query = sa.select(MONTHLY_SEEKERS).where(_ALL.kind == kind, _within(_ALL.month, months))
    rows = snapshot.connection.execute(query.order_by(_ALL.month)).all()
    if technology is None:
        return [_point(row) for row in rows]
    named = _naming(snapshot, kind, months, technology)
    return [_point_of(row, named) for row in rows]


def _within(month: sa.Column[Any], months: Months) -> sa.ColumnElement[bool]:
    # Not between(): PostgreSQL takes no collation there, which each text bound has.
    return sa.and_(month >= f"{months[0]}-01", month <= f"{months[1]}-01")


def _naming(snapshot: Snapshot, kind: str, months: Months, technology: str) -> Mapping[str, Any]:
    """Return by month who names a technology, and the postings that do."""
    query = sa.select(MONTHLY_SEEKER_SKILLS).where(
        _NAMED.kind == kind, _NAMED.technology_id == technology, _within(_NAMED.month, months)
    )
    return {row.month: row for row in snapshot.connection.execute(query)}


def _point(row: Any) -> SeekerPoint:
    """Return all seekers of a thread; jobs come together by posting, which widens the interval."""
    return SeekerPoint(
        month=row.month[:7],
        seekers=row.seekers_count,
        offers=row.offers_count,
        jobs=row.jobs_count,
        postings=row.postings_count,
        **_ratio(row.jobs_count, row.jobs_squares, row.postings_count, row.seekers_count),
    )


def _point_of(row: Any, named: Mapping[str, Any]) -> SeekerPoint:
    """Return those of a thread who name a technology; nobody does in a month without a row."""
    found = named.get(row.month)
    count, postings = (found.seekers_count, found.postings_count) if found else (0, None)
    return SeekerPoint(
        month=row.month[:7],
        seekers=count,
        offers=row.offers_count,
        jobs=None,
        postings=postings,
        **_ratio(postings, postings, postings, count),
    )


def _ratio(
    count: int | None, variance: int | None, clusters: int | None, by: int
) -> dict[str, Any]:
    """Return the ratio with its interval, or nothing if either count is too small for one."""
    least = min(clusters or 0, by)
    enough: Enough = "full" if least >= _FULL else "grey" if least >= _GREY else "none"
    if not count or enough == "none":
        return {"per_seeker": None, "low": None, "high": None, "enough": "none"}
    interval = count_ratio(count, variance or count, by)
    return {
        "per_seeker": round(count / by, 3),
        "low": round(interval.low, 3),
        "high": round(interval.high, 3),
        "enough": enough,
    }


def _technologies(snapshot: Snapshot, kind: str, months: Months, top: int) -> list[SeekerSkill]:
    within = (_ALL.kind == kind, _within(_ALL.month, months))
    total = snapshot.connection.scalar(sa.select(sa.func.sum(_ALL.seekers_count)).where(*within))
    count = sa.func.sum(_NAMED.seekers_count).label("seekers")
    query = (
        sa.select(
            _NAMED.technology_id,
            count,
            sa.func.coalesce(sa.func.sum(_NAMED.postings_count), 0).label("postings"),
        )
        .where(_NAMED.kind == kind, _within(_NAMED.month, months))
        .group_by(_NAMED.technology_id)
        # The id breaks ties, so that two servers list the same technologies.
        .order_by(count.desc(), _NAMED.technology_id)
        .limit(top)
    )
    return [_skill(snapshot, row, int(total or 0)) for row in snapshot.connection.execute(query)]


def _skill(snapshot: Snapshot, row: Any, total: int) -> SeekerSkill:
    # Who looks for work for months writes again: as companies do, so the same design effect.
    low, high = wilson(int(row.seekers), total, POOLED_DESIGN_EFFECT)
    return SeekerSkill(
        technology_id=row.technology_id,
        name=snapshot.names.get(row.technology_id, row.technology_id),
        seekers=int(row.seekers),
        share=row.seekers / total,
        low=low,
        high=high,
        postings=int(row.postings),
    )
