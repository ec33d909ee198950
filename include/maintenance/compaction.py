"""Give back the room that nothing uses: in the warehouse's file, or among a lake's files.

DuckDB's file never shrinks by itself, and CHECKPOINT does not make it
(https://duckdb.org/docs/stable/operations_manual/footprint_of_duckdb/reclaiming_space), so all of
it is copied to a new one that takes its place. A lake has one file a commit, and keeps what a
snapshot may still show (https://ducklake.select/docs/stable/duckdb/maintenance/recommended_maintenance).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from include.errors import WarehouseCopyError, WarehouseLockedError
from include.maintenance.copy import attach_new, copy_catalog, copy_name
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from include.warehouse.transactions import transaction
from include.warehouse.views import quoted

__all__ = ["Compaction", "compact"]

MIN_FREE_RATIO = 0.3
"""Below it, copying the whole file costs more than the disk space it gives back."""

# Whoever opened the old file in the moment before it was replaced asks for its lock at once.
_LINGER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Compaction:
    """What compacting did: ``before`` and ``after`` are the warehouse's bytes, equal: nothing."""

    before: int
    after: int
    note: str


def compact(settings: Settings) -> Compaction:
    """Write the warehouse file anew where it pays (``MIN_FREE_RATIO``), or maintain the lake.

    Kill it anywhere: the warehouse is the old file or the new one, whole. Raises
    WarehouseLockedError, WarehouseCopyError, and OSError when the disk does not take the copy.
    """
    if settings.warehouse_is_lake:
        return _maintain_lake(settings)
    path = Path(settings.warehouse_path)
    _remove_leftovers(path)
    with open_warehouse(settings) as connection:
        connection.execute("checkpoint")
        share, used = _free_share(connection)
        before = path.stat().st_size
        if share < MIN_FREE_RATIO:
            return Compaction(before, before, f"{share:.0%} of the file is free: left as it is")
        if shutil.disk_usage(path.parent).free < used:
            return Compaction(before, before, f"the disk lacks the {used} bytes for a copy")
        aside = path.with_name(f".{path.name}.compact-{uuid4().hex}")
        try:
            _copy(connection, aside)
            connection.execute("checkpoint")
            was = _signature(path)
            connection.close()  # its lock is of this process, and ends with any of its handles
            _replace(path, aside, was)
        finally:
            aside.unlink(missing_ok=True)
    after = path.stat().st_size
    return Compaction(before, after, f"{share:.0%} of the file was free")


def _free_share(connection: duckdb.DuckDBPyConnection) -> tuple[float, int]:
    """Return the share of the file's blocks that is free, and the bytes of the others."""
    total, used, free, size = connection.execute(
        "select total_blocks, used_blocks, free_blocks, block_size from pragma_database_size() "
        "where database_name = current_catalog()"
    ).fetchall()[0]
    return (free / total if total else 0.0), used * size


def _copy(connection: duckdb.DuckDBPyConnection, aside: Path) -> None:
    catalog = connection.execute("select current_catalog()").fetchall()[0][0]
    copy = copy_name(catalog, opened_as=catalog)
    attach_new(connection, aside, copy)
    try:
        with transaction(connection):
            copy_catalog(connection, catalog, copy)
    finally:
        connection.execute(f"detach {quoted(copy)}")
    with aside.open("rb") as file:
        os.fsync(file.fileno())


def _signature(path: Path) -> tuple[int, int, int, bool]:
    found = path.stat()
    has_log = path.with_name(f"{path.name}.wal").exists()
    return found.st_ino, found.st_size, found.st_mtime_ns, has_log


def _replace(path: Path, aside: Path, was: tuple[int, int, int, bool]) -> None:
    """Put the copy in the file's place, unless somebody has written since it was copied."""
    with _locked(path):
        if _signature(path) != was:
            raise WarehouseCopyError(
                "The warehouse was written while it was compacted",
                record=path,
                next_step="nothing was changed; tasks that write belong in the pool "
                "techpulse_warehouse. The next run compacts it.",
            )
        shutil.copymode(path, aside)
        aside.replace(path)
        time.sleep(_LINGER_SECONDS)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock that DuckDB takes, so that no DuckDB opens the file meanwhile."""
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WarehouseLockedError(
                "Another process has opened the warehouse while it was compacted",
                record=path,
                next_step="nothing was changed; the next run compacts it.",
            ) from error
        yield


def _remove_leftovers(path: Path) -> None:
    for left in path.parent.glob(f".{path.name}.compact-*"):
        left.unlink(missing_ok=True)


def _maintain_lake(settings: Settings) -> Compaction:
    """Join small files, and remove what no snapshot within the retention shows.

    Never ``cleanup_all``: files that a writer has not committed yet look like nobody's.
    """
    older = f"now() - interval '{settings.lake_snapshot_retention_days} days'"
    with open_warehouse(settings) as connection:
        (catalog,) = connection.execute("select current_catalog()").fetchall()[0]
        before = _lake_bytes(connection, catalog)
        for call in (
            "ducklake_merge_adjacent_files('{0}')",
            "ducklake_expire_snapshots('{0}', older_than => {1})",
            "ducklake_cleanup_old_files('{0}', older_than => {1})",
            "ducklake_delete_orphaned_files('{0}', older_than => {1})",  # of killed writers
        ):
            connection.execute(f"call {call.format(catalog, older)}")
        after = _lake_bytes(connection, catalog)
    return Compaction(before, after, "merged files, expired snapshots, removed their files")


def _lake_bytes(connection: duckdb.DuckDBPyConnection, catalog: str) -> int:
    """Return the bytes of the data files that the lake shows now."""
    rows = connection.execute(
        f"select coalesce(sum(file_size_bytes), 0) from ducklake_table_info('{catalog}')"
    ).fetchall()
    return int(rows[0][0])
