"""The warehouse: one DuckDB file, one writing process at a time.

DuckDB locks its file for the whole of a connection
(https://duckdb.org/docs/stable/connect/concurrency), so a connection waits for the lock, does one
thing, and closes. Nothing but the pipeline opens the warehouse; the web reads the serving store.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from include.errors import WarehouseLockedError
from include.settings import Settings, get_settings

__all__ = ["open_warehouse", "transaction"]

_LONGEST_PAUSE_SECONDS = 0.3

# No primary key, check, index, sequence or enum: DuckLake, the second warehouse, has none.
_BRONZE = """
create schema if not exists bronze;

create table if not exists bronze.raw_hn_items (
    load_id uuid not null,
    ingested_at timestamptz not null,
    item_id bigint not null,
    thread_id bigint not null,
    month date not null,
    payload json not null,
    payload_hash varchar not null
);

create table if not exists bronze.raw_job_postings (
    load_id uuid not null,
    ingested_at timestamptz not null,
    source varchar not null,
    posting_id varchar not null,
    payload json not null,
    payload_hash varchar not null
);

create table if not exists bronze.loads (
    load_id uuid not null,
    source varchar not null,
    partition varchar not null,
    run_id varchar not null,
    started_at timestamptz not null,
    committed_at timestamptz not null,
    expected bigint not null,
    fetched bigint not null,
    inserted bigint not null,
    unchanged bigint not null,
    tombstones bigint not null,
    rejected bigint not null,
    missing bigint not null,
    updated bigint not null,
    filtered bigint not null
);

create table if not exists bronze.cursors (
    load_id uuid not null,
    committed_at timestamptz not null,
    source varchar not null,
    query_key varchar not null,
    position json not null
);

create table if not exists bronze.rejects (
    source varchar not null,
    record_key varchar not null,
    reason_code varchar not null,
    message varchar not null,
    payload varchar,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    load_id uuid not null,
    state varchar not null
);
"""


@contextmanager
def open_warehouse(
    settings: Settings | None = None, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse, with its bronze tables there, and close it at the end.

    Waits for another process's lock up to ``warehouse_lock_wait_seconds``, then raises
    WarehouseLockedError, which names the holder as DuckDB does.
    """
    settings = settings or get_settings()
    Path(settings.warehouse_path).parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(settings, read_only=read_only)
    try:
        connection.execute("set timezone = 'UTC'")
        if not read_only:
            connection.execute(_BRONZE)
        yield connection
    finally:
        connection.close()


def _connect(settings: Settings, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + settings.warehouse_lock_wait_seconds
    while True:
        try:
            return duckdb.connect(settings.warehouse_path, read_only=read_only)
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise
            if time.monotonic() > deadline:
                raise WarehouseLockedError(
                    f"Another process holds the warehouse: {error}",
                    record=settings.warehouse_path,
                    next_step="close it there (a notebook, the duckdb shell, dbt); tasks that "
                    "write belong in the pool techpulse_warehouse.",
                ) from error
            # Jitter, so that two who wait do not meet again.
            time.sleep(random.uniform(0.02, _LONGEST_PAUSE_SECONDS))  # noqa: S311


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what happens inside, or none of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
