"""A board's state in bronze: its latest cursor, the ids of its records, and its loaded files."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import duckdb

__all__ = ["known_ids", "latest_cursor", "loaded_files"]


def latest_cursor(
    connection: duckdb.DuckDBPyConnection, source: str, query_key: str
) -> dict[str, Any] | None:
    """Return the position committed by the last load of this source and query; None: no load."""
    # The table is an append-only history, so that a cursor can be traced to its load.
    row = connection.execute(
        "select position from bronze.cursors where source = ? and query_key = ? "
        "order by committed_at desc limit 1",
        [source, query_key],
    ).fetchone()
    return dict(json.loads(row[0])) if row else None


def known_ids(
    connection: duckdb.DuckDBPyConnection, source: str, field: str, since: str
) -> list[int]:
    """Return, ascending, the ids of the source's records with ``field`` at or after ``since``."""
    # try_cast: the source's API excludes records by numeric id, so any other id is of no use.
    rows = connection.execute(
        """
        select distinct try_cast(payload ->> 'id' as bigint) as id
        from bronze.raw_job_postings
        where source = ? and (payload ->> ?) >= ? and id is not null
        order by id
        """,
        [source, field, since],
    ).fetchall()
    return [row[0] for row in rows]


def loaded_files(
    connection: duckdb.DuckDBPyConnection, source: str, names: Collection[str]
) -> set[str]:
    """Return those of the staged files (``staged_name``) that a load has committed."""
    rows = connection.execute(
        "select distinct unnest(list_intersect(files, ?::varchar[])) from bronze.loads "
        "where source = ?",
        [list(names), source],
    ).fetchall()
    return {name for (name,) in rows}
