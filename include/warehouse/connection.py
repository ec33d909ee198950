"""Connections to the warehouse: one DuckDB file, or a lake that several machines write.

A file has one writing process at a time: DuckDB locks it for the lifetime of a connection
(https://duckdb.org/docs/stable/connect/concurrency), so a connection waits for the lock, does one
thing, and closes. A lake has several writers (``include/warehouse/lake.py``): a transaction that
conflicts with another one is retried. Only the pipeline opens the warehouse; the web reads the
serving store.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TypeVar

import duckdb

from include.disk import raise_if_disk_full
from include.errors import WarehouseLockedError
from include.files import make_folder, protect
from include.settings import Settings, get_settings
from include.warehouse import lake
from include.warehouse.schema import SCHEMA_VERSION, migrate, require_known, version_of
from include.warehouse.transactions import is_conflict, transaction
from include.warehouse.views import quoted

__all__ = ["attached", "commit", "open_warehouse", "transaction"]

T = TypeVar("T")

_MIN_RETRY_PAUSE_SECONDS = 0.02
_MAX_RETRY_PAUSE_SECONDS = 0.3


@contextmanager
def open_warehouse(
    settings: Settings | None = None, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse, migrate its bronze tables, and close it at the end of the block.

    With ``read_only`` nothing is migrated. Waits for another process's lock on a file up to
    ``warehouse_lock_wait_seconds``, then raises WarehouseLockedError, which names the holder as
    DuckDB does. Raises ConfigurationError for a warehouse written by a newer TechPulse, and
    DiskFullError.
    """
    settings = settings or get_settings()
    if settings.warehouse_is_lake:
        connection = lake.connect(settings, read_only=read_only)
    else:
        connection = _open_file(settings, read_only=read_only)
    room = (
        nullcontext() if settings.warehouse_is_lake else raise_if_disk_full(settings.warehouse_path)
    )
    try:
        with room:
            # Months and days are cut in UTC, whatever the machine's zone.
            connection.execute("set timezone = 'UTC'")
            _bring_up_to_date(connection, settings, read_only=read_only)
            yield connection
    finally:
        connection.close()


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[str]:
    """Attach the warehouse read-only to a connection for the block; yield its catalog's name.

    The block is one transaction, so it reads one state. A file's lock is held until the end of the
    block: writers wait for it, so copy what you need and work on the copy. Raises what
    :func:`open_warehouse` raises.
    """
    catalog = settings.warehouse_catalog
    before = connection.execute("select current_catalog()").fetchall()[0][0]
    if settings.warehouse_is_lake:
        lake.attach(connection, settings, read_only=True)
    else:
        path = settings.warehouse_path.replace("'", "''")
        statement = f"attach '{path}' as {quoted(catalog)} (read_only)"
        _when_unlocked(lambda: connection.execute(statement), settings)
    try:
        connection.execute(f"use {quoted(catalog)}")
        require_known(version_of(connection))
        connection.execute(f"use {quoted(before)}")
        with transaction(connection):
            yield catalog
    finally:
        connection.execute(f"use {quoted(before)}")
        connection.execute(f"detach {quoted(catalog)}")


def commit(
    work: Callable[[duckdb.DuckDBPyConnection], T],
    *,
    conflict_key: str,
    settings: Settings | None = None,
) -> T:
    """Run ``work`` in one transaction and return its result.

    Transactions with the same ``conflict_key`` are serialized: each sees what the earlier ones
    committed. On a lake the whole transaction is retried after a conflict, so ``work`` must only
    read and write through its connection. Raises WarehouseLockedError when it still conflicts after
    ``warehouse_lock_wait_seconds``.
    """
    settings = settings or get_settings()

    def attempt() -> T:
        with transaction(connection):
            # First: all of ``work`` must read what the last transaction of this key wrote.
            _force_conflict(connection, settings, conflict_key)
            return work(connection)

    with open_warehouse(settings) as connection:
        return _retry_on_conflict(attempt, settings, conflict_key)


def _open_file(settings: Settings, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    path = Path(settings.warehouse_path)
    make_folder(path.parent)
    is_new = not (read_only or path.exists())
    connection = _when_unlocked(lambda: duckdb.connect(str(path), read_only=read_only), settings)
    if is_new:  # afterwards: DuckDB does not open an empty file that we create first
        protect(path)
    return connection


def _when_unlocked(open_file: Callable[[], T], settings: Settings) -> T:
    """Return the result of opening the file, retrying it while another process has its lock."""
    deadline = time.monotonic() + settings.warehouse_lock_wait_seconds
    while True:
        try:
            return open_file()
        except duckdb.IOException as error:
            # DuckDB has no error class of its own for a locked file.
            if "lock" not in str(error).lower():
                raise
            if time.monotonic() > deadline:
                raise WarehouseLockedError(
                    f"Another process holds the warehouse's lock: {error}",
                    record=settings.warehouse_path,
                    next_step="close it there (a notebook, the duckdb shell, dbt); tasks that "
                    "write belong in the pool techpulse_warehouse.",
                ) from error
        _pause()


def _bring_up_to_date(
    connection: duckdb.DuckDBPyConnection, settings: Settings, *, read_only: bool
) -> None:
    version = version_of(connection)
    require_known(version)
    if version < SCHEMA_VERSION and not read_only:
        # Two processes may find the old version at once: one migrates, the other one sees it done.
        conflict_key = "bronze.schema_versions"
        first = partial(_force_conflict, connection, settings, conflict_key)
        _retry_on_conflict(partial(migrate, connection, first=first), settings, conflict_key)


def _force_conflict(
    connection: duckdb.DuckDBPyConnection, settings: Settings, conflict_key: str
) -> None:
    if settings.warehouse_is_lake:  # a file's lock serializes all of its transactions already
        lake.force_conflict(connection, conflict_key)


def _retry_on_conflict(attempt: Callable[[], T], settings: Settings, conflict_key: str) -> T:
    """Return the attempt's result, retrying it while other writers commit first."""
    deadline = time.monotonic() + settings.warehouse_lock_wait_seconds
    while True:
        try:
            return attempt()
        except duckdb.TransactionException as error:
            if not is_conflict(error):
                raise
            if time.monotonic() > deadline:
                raise WarehouseLockedError(
                    "Other processes kept committing to the warehouse first",
                    record=conflict_key,
                    next_step="nothing was committed; run fewer loads at once (the pool "
                    "techpulse_warehouse), or raise TECHPULSE_WAREHOUSE_LOCK_WAIT_SECONDS.",
                ) from error
        _pause()


def _pause() -> None:
    # Jitter, so that two waiting processes do not collide again.
    time.sleep(random.uniform(_MIN_RETRY_PAUSE_SECONDS, _MAX_RETRY_PAUSE_SECONDS))  # noqa: S311
