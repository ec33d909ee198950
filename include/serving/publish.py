"""Publish the warehouse's gold tables to the serving store, in one transaction.

Readers see the old version or the new one. A killed publish changes nothing, and repeating one
changes nothing either. Unchanged months are not compared (fingerprints).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.errors import ServingError
from include.serving.engine import reading_engine, writing_engine
from include.serving.facets import facet_inputs, facet_rows
from include.serving.fingerprints import (
    delete_fingerprints,
    full_compare_due,
    mark_full_compare,
    read_buckets,
    save_fingerprints,
)
from include.serving.merge import Merge, TableCounts
from include.serving.queries import SOURCES, TableSource, columns_of
from include.serving.schema import (
    POSTING_FACETS,
    POSTINGS,
    migrate,
    read_meta,
    write_meta,
)
from include.serving.text.index import forget_older_rules
from include.serving.text.sqlite import write_sets
from include.warehouse.views import quoted

if TYPE_CHECKING:
    import duckdb

__all__ = ["PublishCounts", "TableCounts", "publish", "reading_engine"]

PublishCounts = dict[str, TableCounts]
"""Counts by serving table."""

# The inputs of the bitmaps, besides the code and facet_inputs(): if none changed, they are kept.
_FACET_TABLES = ("postings", "posting_skills", "jobs", "posting_texts")
_FACET_INPUTS = "facet_inputs"

log = logging.getLogger(__name__)


def publish(
    warehouse: duckdb.DuckDBPyConnection,
    serving_url: str,
    *,
    compare_all_every_days: float = 7,
    made_by: str = "",
) -> PublishCounts:
    """Make the serving store equal to the gold tables; return the row counts of each table.

    ``made_by`` is stored: the version of the code that built the gold tables. After
    ``compare_all_every_days`` (0: now) all rows are compared, not only those of changed months.
    Raises ServingError when a required table or column is missing, a key is not unique, or the
    warehouse has no postings while the store has some.
    """
    # One write transaction around everything: an error anywhere, or a kill, rolls all of it back.
    engine = writing_engine(serving_url)
    try:
        with _snapshot(warehouse) as gold, engine.begin() as serving:
            # First: the comparison reads the columns of this version.
            migrate(serving)
            forget_older_rules(serving)
            everything = full_compare_due(serving, compare_all_every_days)
            there = {source: _columns(gold, source) for source in (s.of(gold) for s in SOURCES)}
            counts = {
                source.table.name: _merge(gold, serving, source, columns, everything)
                for source, columns in there.items()
            }
            if everything:
                mark_full_compare(serving)
            # After the merge, which counts, but before the commit: raising undoes it.
            _refuse_to_empty(counts["postings"])
            counts[POSTING_FACETS.name] = _merge_facets(gold, serving, counts, everything)
            _stamp(serving, counts, made_by)
    finally:
        engine.dispose()
    _log_counts(counts)
    return counts


@contextmanager
def _snapshot(
    warehouse: duckdb.DuckDBPyConnection,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a cursor that reads one snapshot of all tables; discard its temporary tables."""
    catalog = warehouse.execute("select current_catalog()").fetchall()[0][0]
    with closing(warehouse.cursor()) as cursor:
        # A cursor starts in the connection's first catalog, not in its current one.
        cursor.execute(f"use {quoted(catalog)}")
        cursor.begin()
        try:
            yield cursor
        finally:
            # Nothing to commit: the cursor wrote only temporary tables.
            cursor.rollback()


def _columns(gold: duckdb.DuckDBPyConnection, source: TableSource) -> dict[str, str]:
    columns = columns_of(gold, source.relation)
    if not columns and source.required:
        raise ServingError(
            "The warehouse lacks a table that is published.",
            record=source.relation,
            next_step="run the analytics DAG (dbt build) before publishing.",
        )
    return columns


def _merge(
    gold: duckdb.DuckDBPyConnection,
    serving: sa.Connection,
    source: TableSource,
    columns: Mapping[str, str],
    everything: bool,
) -> TableCounts:
    if not columns:
        log.warning("%s is not in the warehouse; it is published empty", source.relation)
        delete_fingerprints(serving, source)
        return TableCounts(removed=serving.execute(sa.delete(source.table)).rowcount)
    buckets = read_buckets(gold, serving, source, columns)
    parts = None if everything else buckets.differing
    # An empty list means "nothing differs"; None means "no restriction".
    if parts == []:
        return TableCounts(unchanged=buckets.unchanged_rows)
    query, published = source.select(columns, parts), source.select_published(parts)
    counts = source.merge(
        gold, serving, source.table, query, source.fingerprint, published, source.batch_rows
    ).run()
    save_fingerprints(serving, source, buckets)
    passed_over = buckets.unchanged_rows if source.month and not everything else 0
    return replace(counts, unchanged=counts.unchanged + passed_over)


def _refuse_to_empty(postings: TableCounts) -> None:
    if postings.removed and not postings.read:
        raise ServingError(
            f"The warehouse has no postings, the serving store has {postings.removed}: "
            "nothing was published.",
            record=POSTINGS.name,
            next_step="rebuild gold.fct_postings; to start over, delete the serving store.",
        )


def _merge_facets(
    gold: duckdb.DuckDBPyConnection,
    serving: sa.Connection,
    counts: Mapping[str, TableCounts],
    everything: bool,
) -> TableCounts:
    present = serving.scalar(sa.select(sa.func.count()).select_from(POSTING_FACETS)) or 0
    inputs = facet_inputs(gold)
    changed = inputs != read_meta(serving).get(_FACET_INPUTS) or any(
        counts[name].changed for name in _FACET_TABLES
    )
    if present and not everything and not changed:
        return TableCounts(unchanged=present)
    write_meta(serving, {_FACET_INPUTS: inputs})
    # Positions shift when a posting is added, so the bitmaps are built as a whole or not at all.
    gold.register("facet_rows", facet_rows(gold))
    query = "select * from facet_rows"
    merged = Merge(gold, serving, POSTING_FACETS, query, is_hashed=True).run()
    if serving.dialect.name == "sqlite":
        write_sets(gold, serving)
    return merged


def _stamp(serving: sa.Connection, counts: Mapping[str, TableCounts], made_by: str) -> None:
    """Set a new content version if the content changed: caches and ETags depend on it."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    values = {"published_at": now, "made_by": made_by}
    changed = any(table.changed for table in counts.values())
    if changed or "content_version" not in read_meta(serving):
        values["content_version"] = uuid.uuid4().hex
    write_meta(serving, values)


def _log_counts(counts: Mapping[str, TableCounts]) -> None:
    for name, table in counts.items():
        log.info(
            "published %s: %d read = %d inserted + %d updated + %d unchanged; %d removed",
            name,
            table.read,
            table.inserted,
            table.updated,
            table.unchanged,
            table.removed,
        )
