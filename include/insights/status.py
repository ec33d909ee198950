"""Freshness of the store, and whether the last loads add up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from include.insights.models import CountRow, RejectRow, SourceStatus, Summary
from include.insights.postings import loads
from include.insights.rows import columns_of, rows_as
from include.insights.store import Snapshot
from include.serving.schema import LOADS, MONTHLY_TRENDS, REJECTS
from include.sources.registry import attribution_of, terms_of

__all__ = ["AgeLimits", "source_statuses", "summary"]

AgeLimits = Mapping[str, float]
"""Maximum age of a source's data in hours, by source; ``default`` for all others."""


def source_statuses(
    snapshot: Snapshot, limits: AgeLimits, now: datetime | None = None
) -> list[SourceStatus]:
    """Return each source that has postings or loads, with its last load."""
    counts = snapshot.index.values("source")
    names = sorted({*counts, *snapshot.connection.scalars(sa.select(LOADS.c.source).distinct())})
    now = now or datetime.now(UTC)
    return [_status(snapshot, name, counts.get(name, 0), limits, now) for name in names]


def _status(
    snapshot: Snapshot, source: str, postings: int, limits: AgeLimits, now: datetime
) -> SourceStatus:
    last = next(iter(loads(snapshot, limit=1, source=source).data), None)
    age = None
    if last:
        age = round((now - datetime.fromisoformat(last.committed_at)).total_seconds() / 3600, 1)
    limit = limits.get(source, limits["default"])
    # A load can be of today and bring nothing new.
    newest = snapshot.index.days.newest(snapshot.index.bits("source", source))
    return SourceStatus(
        source=source,
        postings_count=postings,
        last_load_at=last.committed_at if last else None,
        age_hours=age,
        max_age_hours=limit,
        stale=age is None or age > limit,
        reconciled=bool(last and last.reconciled),
        rejected=last.rejected if last else 0,
        missing=last.missing if last else 0,
        newest_posting_day=newest,
        newest_posting_age_days=(now.date() - newest).days if newest else None,
        attribution=attribution_of(source),
        terms=terms_of(source),
    )


def summary(snapshot: Snapshot, limits: AgeLimits) -> Summary:
    """Return what the store holds and how fresh it is."""
    index = snapshot.index
    columns = MONTHLY_TRENDS.c
    # The table is dense: months without a load have no jobs.
    months = snapshot.connection.execute(
        sa.select(sa.func.min(columns.month), sa.func.max(columns.month)).where(
            columns.total_jobs > 0
        )
    ).one()
    sets, levels = index.values("set"), index.values("level")
    return Summary(
        content_version=snapshot.version,
        published_at=snapshot.meta["published_at"],
        as_of=index.as_of(datetime.now(UTC).date()) if index.all else None,
        first_month=months[0][:7] if months[0] else None,
        last_month=months[1][:7] if months[1] else None,
        postings_count=sets.get("all", 0),
        duplicates_count=sets.get("duplicate", 0),
        seniors_count=levels.get("senior_excluded", 0),
        sources=source_statuses(snapshot, limits),
        rejects=_rejects(snapshot),
        countries=[
            CountRow(value=value, postings_count=count)
            for value, count in list(index.values("country").items())[:12]
        ],
    )


def _rejects(snapshot: Snapshot) -> list[RejectRow]:
    columns = REJECTS.c
    order = (columns.source, columns.state, columns.reason_code)
    query = sa.select(*columns_of(REJECTS, RejectRow)).order_by(*order)
    return rows_as(RejectRow, snapshot.connection, query)
