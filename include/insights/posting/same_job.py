"""The postings of one job: the one that counts, and those that repeat it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from include.insights.models import SameJob
from include.insights.store import Snapshot
from include.serving.schema import POSTINGS
from include.sources.registry import attribution_of

__all__ = ["same_job"]

_MAX_POSTINGS: Final = 100
_SHOWN = [POSTINGS.c[name] for name in SameJob.model_fields if name in POSTINGS.c]


def same_job(snapshot: Snapshot, this: str, counted: str) -> tuple[list[SameJob], int]:
    """Return the postings of a job, newest first, and their number; none if there is only one.

    ``counted`` is the id of the posting that counts: no duplicate repeats another duplicate.
    """
    columns = POSTINGS.c
    # Two lookups by index: with "or" a planner may scan the table instead.
    ids = sa.union_all(
        sa.select(columns.id).where(columns.id == counted),
        sa.select(columns.id).where(columns.duplicate_of == counted),
    ).subquery()
    total = snapshot.connection.scalar(sa.select(sa.func.count()).select_from(ids)) or 0
    if total < 2:
        return [], total
    newest = (columns.posted_day.desc(), columns.id)
    query = sa.select(*_SHOWN).join(ids, ids.c.id == columns.id).order_by(*newest)
    # The posting that counts and this one are listed however many there are.
    named = columns.id.in_((this, counted))
    rows = snapshot.connection.execute(
        query.order_by(None).order_by(named.desc(), *newest).limit(_MAX_POSTINGS)
    ).mappings()
    listed = [
        SameJob(
            **row,
            is_counted=row["id"] == counted,
            is_this=row["id"] == this,
            attribution=attribution_of(row["source"]),
        )
        for row in rows
    ]
    return sorted(listed, key=lambda one: (one.posted_day, one.id), reverse=True), total
