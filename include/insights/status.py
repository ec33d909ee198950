"""Freshness of the store, and whether the last loads add up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
_COUNTRIES = 12


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


def summary(
    snapshot: Snapshot,
    limits: AgeLimits,
    *,
    sources: Collection[str] | None = None,
    now: datetime | None = None,
) -> Summary:
    """Return what the store holds of the sources, by default all, and how fresh it is ``now``."""
    index = snapshot.index
    columns = MONTHLY_TRENDS.c
    # The table is dense: months without a load have no jobs.
    months = snapshot.connection.execute(
        sa.select(sa.func.min(columns.month), sa.func.max(columns.month)).where(
            columns.total_jobs > 0
        )
    ).one()
    of = index.all if sources is None else index.bitmaps.any_of("source", sources)

    def count(jobs: int) -> int:
        return index.fold(of & jobs).bit_count()

    countries = {
        country: count(index.bits("country", country)) for country in index.values("country")
    }
    most = sorted(countries.items(), key=lambda item: (-item[1], item[0]))[:_COUNTRIES]
    kept = None if sources is None else frozenset(sources)
    today = (now or datetime.now(UTC)).date()
    return Summary(
        content_version=snapshot.version,
        published_at=snapshot.meta["published_at"],
        as_of=index.as_of(today) if index.all else None,
        first_month=months[0][:7] if months[0] else None,
        last_month=months[1][:7] if months[1] else None,
        postings_count=count(index.all),
        duplicates_count=count(index.bits("set", "duplicate")),
        seniors_count=count(index.bits("level", "senior_excluded")),
        sources=[
            one
            for one in source_statuses(snapshot, limits, now)
            if kept is None or one.source in kept
        ],
        rejects=[row for row in _rejects(snapshot) if kept is None or row.source in kept],
        countries=[CountRow(value=value, postings_count=n) for value, n in most if n],
    )


def _rejects(snapshot: Snapshot) -> list[RejectRow]:
    columns = REJECTS.c
    order = (columns.source, columns.state, columns.reason_code)
    query = sa.select(*columns_of(REJECTS, RejectRow)).order_by(*order)
    return rows_as(RejectRow, snapshot.connection, query)
