"""Functions behind the commands ``insights`` and ``inspect``, and their tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, product

import sqlalchemy as sa
from rich.table import Table
from rich.text import Text

from include.insights.counted import selected
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.models import SkillInsightsResponse
from include.insights.store import ServingStore, Snapshot
from include.serving.schema import POSTINGS
from include.settings import get_settings
from include.web.params import FilterParams, InsightsParams
from include.web.skills import answered

__all__ = ["Inspection", "insights", "insights_table", "inspect", "inspect_table", "snapshot_of"]


@dataclass(frozen=True)
class Inspection:
    """Counts by source, role and level, largest first, and sample rows."""

    counts: list[tuple[str, str, str, int]]
    samples: list[dict[str, str]]


def insights(url: str | None = None, **parameters: str | int) -> SkillInsightsResponse:
    """Return the skills of the jobs that match; parameters are those of ``/api/v1/insights``.

    Raises ServingError when there is no store, and pydantic's ValidationError for invalid ones.
    """
    params = InsightsParams.model_validate(parameters)
    with snapshot_of(url) as snapshot:
        return answered(snapshot, params)


def inspect(limit: int = 5, url: str | None = None, **filters: str | int) -> Inspection:
    """Return counts by source, role and level, and the ``limit`` newest postings.

    Without a filter, repeated postings count, too. Raises ServingError when there is no store, and
    pydantic's ValidationError for an invalid filter.
    """
    columns = POSTINGS.c
    shown = ("source", "posted_day", "company", "title", "location", "url")
    params = FilterParams.model_validate(filters)
    wanted = params.job_filter() if params.given else JobFilter(repeats=True)
    with snapshot_of(url) as snapshot:
        selection = selected(snapshot, wanted)
        # From the bitmaps: the table has no index by day.
        found = islice(snapshot.index.newest(selection.postings), limit)
        newest = [posting_id for _, posting_id in found]
        rows = snapshot.connection.execute(
            sa.select(*(columns[name] for name in shown))
            .where(columns.id.in_(newest))
            .order_by(columns.posted_day.desc(), columns.id)
        )
        samples = [{name: value or "" for name, value in row._asdict().items()} for row in rows]
        counts = list(_counts(snapshot.index, selection.postings))
    counts.sort(key=lambda row: (-row[3], row))
    return Inspection(counts=counts, samples=samples)


def _counts(index: FacetIndex, postings: int) -> Iterator[tuple[str, str, str, int]]:
    by = [index.values(facet) for facet in ("source", "role", "level")]
    for source, role, level in product(*by):
        of = index.bits("source", source) & index.bits("role", role) & index.bits("level", level)
        if n := (postings & of).bit_count():
            yield source, role, level, n


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


@contextmanager
def snapshot_of(url: str | None) -> Iterator[Snapshot]:
    """Give the published version of a store, of the settings' by default."""
    store = ServingStore(url or get_settings().serving_database_url)
    try:
        with store.read() as snapshot:
            yield snapshot
    finally:
        store.close()
