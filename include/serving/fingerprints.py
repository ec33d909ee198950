"""Fingerprints of row buckets: which parts of a table a publish has to compare.

A bucket is a table's rows of one month, or the whole table if it has no months. Its fingerprint is
the number of its rows and the sum of their hashes, computed by DuckDB in one scan of narrow
columns. A row's hash covers every published column, the wide ones through the columns that
determine them (`payload_hash` for a posting's text and payload). The published fingerprints are
stored in the same transaction. So a daily publish costs as much as the current month; unchanged
months are counted, not read.

A fingerprint is valid only for rows written by the same code. All rows are compared, whatever the
fingerprints say, after a change of the publishing code or of the DuckDB version, whose hashes may
differ, and periodically.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.code_version import code_version
from include.serving.queries import Columns, TableSource
from include.serving.schema import PUBLISHED_BUCKETS, read_meta, write_meta

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "Buckets",
    "delete_fingerprints",
    "full_compare_due",
    "mark_full_compare",
    "read_buckets",
    "save_fingerprints",
]


@dataclass(frozen=True)
class Buckets:
    """Rows and fingerprint by bucket; a bucket is a month as ISO text, empty without one."""

    found: Mapping[str, tuple[int, str]]
    published: Mapping[str, tuple[int, str]]

    @property
    def differing(self) -> list[str]:
        """Buckets that differ from the published ones, or exist on one side only."""
        names = sorted({*self.found, *self.published})
        return [name for name in names if self.found.get(name) != self.published.get(name)]

    @property
    def unchanged_rows(self) -> int:
        """Number of rows in the buckets that need no comparison."""
        differing = {*self.differing}
        return sum(rows for name, (rows, _) in self.found.items() if name not in differing)


def read_buckets(
    warehouse: duckdb.DuckDBPyConnection,
    serving: sa.Connection,
    source: TableSource,
    columns: Columns,
) -> Buckets:
    """Return a table's buckets in the warehouse and as published."""
    # A sum, since it does not depend on the order of rows; as text, since it exceeds 64 bits.
    found = warehouse.execute(
        "select bucket, count(*) as rows_count, sum(row)::varchar as fingerprint "
        f"from ({source.select_hashes(columns)}) group by bucket"
    ).fetchall()
    table = PUBLISHED_BUCKETS.c
    published = serving.execute(
        sa.select(table.bucket, table.rows_count, table.fingerprint).where(
            table.table_name == source.table.name
        )
    )
    return Buckets(
        {bucket: (rows, fingerprint) for bucket, rows, fingerprint in found},
        {row.bucket: (row.rows_count, row.fingerprint) for row in published},
    )


def save_fingerprints(serving: sa.Connection, source: TableSource, buckets: Buckets) -> None:
    """Store the fingerprints of the rows that are published now."""
    # Only those that differ: the others are stored already.
    differing = buckets.differing
    if not differing:
        return
    table = PUBLISHED_BUCKETS
    name = source.table.name
    stale = (table.c.table_name == name, table.c.bucket.in_(differing))
    serving.execute(sa.delete(table).where(*stale))
    rows = [
        {"table_name": name, "bucket": bucket, "rows_count": rows, "fingerprint": fingerprint}
        for bucket, (rows, fingerprint) in buckets.found.items()
        if bucket in set(differing)
    ]
    if rows:
        serving.execute(sa.insert(table), rows)


def delete_fingerprints(serving: sa.Connection, source: TableSource) -> None:
    """Delete the fingerprints of a table that the warehouse no longer has."""
    table = PUBLISHED_BUCKETS
    serving.execute(sa.delete(table).where(table.c.table_name == source.table.name))


def full_compare_due(serving: sa.Connection, every_days: float) -> bool:
    """Return whether all rows must be compared: the code has changed, or ``every_days`` passed."""
    meta = read_meta(serving)
    if meta.get("compared_by") != _publishing_version():
        return True
    age = datetime.now(UTC) - datetime.fromisoformat(meta["compared_at"])
    return age >= timedelta(days=every_days)


def mark_full_compare(serving: sa.Connection) -> None:
    """Record that all rows were compared, when and by which code."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_meta(serving, {"compared_by": _publishing_version(), "compared_at": now})


def _publishing_version() -> str:
    """Return the version of the publishing code, and DuckDB's."""
    import duckdb

    return f"{code_version('include.serving.publish')} {duckdb.__version__}"
