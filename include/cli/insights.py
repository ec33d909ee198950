"""Functions behind the commands ``insights`` and ``inspect``, and their tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa
from rich.table import Table
from rich.text import Text

from include.insights.models import SkillInsightsResponse
from include.insights.skills import skill_insights
from include.insights.store import ServingStore, Snapshot
from include.postings.model import IngestionQuery, QueryLevel, RoleBucket
from include.serving.schema import POSTINGS
from include.settings import get_settings

__all__ = ["Inspection", "insights", "insights_table", "inspect", "inspect_table"]


@dataclass(frozen=True)
class Inspection:
    """Counts by source, role and level, largest first, and sample rows."""

    counts: list[tuple[str, str, str, int]]
    samples: list[dict[str, str]]


def insights(
    location: str = "Anywhere",
    role: RoleBucket = "any",
    level: QueryLevel = "any",
    days: int = 30,
    top: int = 25,
    source: str = "any",
    url: str | None = None,
) -> SkillInsightsResponse:
    """Return the skills that the matching postings ask for.

    Raises ServingError when there is no store, and pydantic's ValidationError for an invalid query.
    """
    query = IngestionQuery(location=location, role_bucket=role, level_bucket=level, days=days)
    with _snapshot(url) as snapshot:
        return skill_insights(snapshot, query, top=top, source=source)


def inspect(limit: int = 5, url: str | None = None) -> Inspection:
    """Return counts by source, role and level, and the ``limit`` newest postings.

    Raises ServingError when there is no store.
    """
    columns = POSTINGS.c
    count = sa.func.count().label("postings")
    by = (columns.source, columns.role_bucket, columns.level_bucket)
    shown = ("source", "posted_day", "company", "title", "location", "url")
    with _snapshot(url) as snapshot:
        # From the bitmaps: the table has no index by day.
        newest = [posting_id for _, posting_id in _first(snapshot, limit)]
        rows = snapshot.connection.execute(
            sa.select(*(columns[name] for name in shown))
            .where(columns.id.in_(newest))
            .order_by(columns.posted_day.desc(), columns.id)
        )
        samples = [{name: value or "" for name, value in row._asdict().items()} for row in rows]
        grouped = sa.select(*by, count).group_by(*by).order_by(count.desc(), *by)
        counts = [(row[0], row[1], row[2], row[3]) for row in snapshot.connection.execute(grouped)]
    return Inspection(counts=counts, samples=samples)


def insights_table(answer: SkillInsightsResponse) -> Table:
    """Return the response as a table for a terminal."""
    table = Table(title=Text(answer.title), caption=Text(answer.subtitle))
    table.add_column("skill")
    table.add_column("postings", justify="right")
    table.add_column("share", justify="right")
    for skill in answer.skills:
        table.add_row(Text(skill.name), f"{skill.count:,}", f"{skill.pct} %")
    return table


def inspect_table(found: Inspection) -> tuple[Table, Table]:
    """Return the counts and the sample rows as tables for a terminal."""
    counts = Table("source", "role", "level", title="Postings")
    counts.add_column("postings", justify="right")
    for source, role, level, number in found.counts:
        counts.add_row(Text(source), Text(role), Text(level), f"{number:,}")
    samples = Table(title="Newest postings")
    for name in found.samples[0] if found.samples else ():
        samples.add_column(name, overflow="fold")
    for row in found.samples:
        samples.add_row(*map(Text, row.values()))
    return counts, samples


def _first(snapshot: Snapshot, limit: int) -> Iterator[tuple[int, str]]:
    index = snapshot.index
    return islice(index.newest(index.all), limit)


@contextmanager
def _snapshot(url: str | None) -> Iterator[Snapshot]:
    store = ServingStore(url or get_settings().serving_database_url)
    try:
        with store.read() as snapshot:
            yield snapshot
    finally:
        store.close()
