"""The older system's load: a hundred rows at a time, their hashes looked up, executemany.

Without a primary key, which would make each of DuckDB's inserts four times as slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from bench.candidates.digest import digest
from bench.candidates.staged import read_batches

__all__ = ["TABLE", "prepare", "rows", "save", "work"]

TABLE = """
create table raw_items (
    item_id bigint not null,
    payload json not null,
    payload_hash varchar not null,
    ingested_at timestamptz not null
)
"""
_BATCH = 100


def prepare(job: dict[str, Any]) -> None:
    """Fill the table with what is already there; how fast is not what is measured."""
    with _open(job) as connection:
        connection.execute(TABLE)
        connection.execute(
            "insert into raw_items select key::bigint, payload, payload_hash, now() "
            "from read_json(?, format = 'newline_delimited', columns = "
            "{key: 'varchar', payload: 'varchar', payload_hash: 'varchar'})",
            [[str(path) for path in sorted(Path(job["there"]).iterdir())]],
        )


def work(job: dict[str, Any]) -> None:
    """Load all staged files."""
    with _open(job) as connection:
        for batch in read_batches(Path(job["news"]), _BATCH):
            save(connection, [(int(r["key"]), r["payload"], r["payload_hash"]) for r in batch])


def save(connection: duckdb.DuckDBPyConnection, batch: Sequence[tuple[int, str, str]]) -> None:
    """Insert those of the rows whose hash is another than that of the newest stored version."""
    if not batch:
        return
    keys = ", ".join("?" for _ in batch)
    stored = dict(
        connection.execute(
            "select item_id, arg_max(payload_hash, ingested_at) from raw_items "
            f"where item_id in ({keys}) group by item_id",
            [row[0] for row in batch],
        ).fetchall()
    )
    changed = [row for row in batch if stored.get(row[0]) != row[2]]
    if changed:
        connection.begin()
        connection.executemany("insert into raw_items values (?, ?, ?, now())", changed)
        connection.commit()


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return the newest version of each item."""
    with _open(job) as connection:
        found = connection.execute(
            "select item_id, arg_max(payload_hash, ingested_at) from raw_items group by item_id"
        )
        return digest(found.fetchall())


def _open(job: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(Path(job["folder"]) / "older.duckdb"))
