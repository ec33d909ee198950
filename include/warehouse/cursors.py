"""What bronze knows of a board: up to where it was read, and which of its records are held."""

from __future__ import annotations

import json
from typing import Any

import duckdb

__all__ = ["known_ids", "latest_cursor"]


def latest_cursor(
    connection: duckdb.DuckDBPyConnection, source: str, query_key: str
) -> dict[str, Any] | None:
    """Return the position that the last load of this source and query has committed."""
    row = connection.execute(
        "select position from bronze.cursors where source = ? and query_key = ? "
        "order by committed_at desc limit 1",
        [source, query_key],
    ).fetchone()
    return dict(json.loads(row[0])) if row else None


def known_ids(
    connection: duckdb.DuckDBPyConnection, source: str, field: str, since: str
) -> list[int]:
    """Return the ids of the source's records whose payload has ``field`` at or after ``since``."""
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
