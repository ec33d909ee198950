"""Reclaim unused disk space: compact the warehouse file, or maintain the lake.

A DuckDB file never shrinks, not even by CHECKPOINT
(https://duckdb.org/docs/stable/operations_manual/footprint_of_duckdb/reclaiming_space), so it is
copied to a new file that replaces it. A lake writes a file per commit and keeps the files of old
snapshots (https://ducklake.select/docs/stable/duckdb/maintenance/recommended_maintenance).
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

# A process that opened the old file just before it was replaced asks for its lock within this time,
# is refused, and opens the new file at its next attempt.
_LINGER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Compaction:
    """The warehouse's bytes before and after; ``note`` says what was done, or why nothing was."""

    before: int
    after: int
    note: str


def compact(settings: Settings) -> Compaction:
    """Rewrite the warehouse file if at least ``MIN_FREE_RATIO`` is free, or maintain the lake.

    Atomic: a kill leaves the complete old file or the complete new one. Raises
    WarehouseLockedError, WarehouseCopyError, and OSError when the disk is full.
    """
    if settings.warehouse_is_lake:
        return _maintain_lake(settings)
    path = Path(settings.warehouse_path)
    # Of a link to another disk, the file is replaced and the link stays.
    file = path.resolve()
    with open_warehouse(settings) as connection:
        # Within the warehouse's lock: another process may be at work on its copy.
        _remove_leftovers(file)
        connection.execute("checkpoint")
        share, used = _free_share(connection)
        before = path.stat().st_size
        if share < MIN_FREE_RATIO:
            return Compaction(before, before, f"{share:.0%} of the file is free: left as it is")
        if shutil.disk_usage(file.parent).free < used:
            return Compaction(before, before, f"the disk lacks the {used} bytes for a copy")
        # Beside the file: a rename is atomic only within one file system.
        copy = file.with_name(f".{file.name}.compact-{uuid4().hex}")
        try:
            _copy(connection, copy)
            # Flush now, so that closing writes nothing after the signature is taken.
            connection.execute("checkpoint")
            copied = _signature(path)
            # Before _replace() takes the lock: POSIX locks belong to the process, and closing any
            # handle of the file would release them.
            connection.close()
            _replace(path, copy, copied)
        finally:
            copy.unlink(missing_ok=True)
    after = path.stat().st_size
    return Compaction(before, after, f"{share:.0%} of the file was free")


def _free_share(connection: duckdb.DuckDBPyConnection) -> tuple[float, int]:
    """Return the share of the file's blocks that is free, and the bytes of the used ones."""
    total, used, free, size = connection.execute(
        "select total_blocks, used_blocks, free_blocks, block_size from pragma_database_size() "
        "where database_name = current_catalog()"
    ).fetchall()[0]
    return (free / total if total else 0.0), used * size


def _copy(connection: duckdb.DuckDBPyConnection, to: Path) -> None:
    catalog = connection.execute("select current_catalog()").fetchall()[0][0]
    copy = copy_name(catalog, opened_as=catalog)
    attach_new(connection, to, copy)
    try:
        with transaction(connection):
            copy_catalog(connection, catalog, copy)
    finally:
        connection.execute(f"detach {quoted(copy)}")
    # Before the rename: after a power failure the new name must not show an unwritten file.
    with to.open("rb") as file:
        os.fsync(file.fileno())


def _signature(path: Path) -> tuple[int, int, int, bool]:
    found = path.stat()
    has_log = path.with_name(f"{path.name}.wal").exists()
    return found.st_ino, found.st_size, found.st_mtime_ns, has_log


def _replace(path: Path, copy: Path, copied: tuple[int, int, int, bool]) -> None:
    """Replace the file by its copy, unless another process has written it meanwhile."""
    with _locked(path):
        # Between close() and this lock another process may have opened and written the file.
        if _signature(path) != copied:
            raise WarehouseCopyError(
                "The warehouse was written to during compaction",
                record=path,
                next_step="nothing was changed; tasks that write belong in the pool "
                "techpulse_warehouse. The next run compacts it.",
            )
        shutil.copymode(path, copy)
        copy.replace(path.resolve())
        # Keep the old file's lock a while, for processes that have just opened it.
        time.sleep(_LINGER_SECONDS)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock that DuckDB takes, so that no other process opens the file."""
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WarehouseLockedError(
                "Another process opened the warehouse during compaction",
                record=path,
                next_step="nothing was changed; the next run compacts it.",
            ) from error
        yield


def _remove_leftovers(path: Path) -> None:
    for leftover in path.parent.glob(f".{path.name}.compact-*"):
        leftover.unlink(missing_ok=True)


def _maintain_lake(settings: Settings) -> Compaction:
    """Merge small files, and remove files that no snapshot within the retention needs.

    Never ``cleanup_all``: files that a writer has not committed yet look like orphans.
    """
    older = f"now() - interval '{settings.lake_snapshot_retention_days} days'"
    with open_warehouse(settings) as connection:
        (catalog,) = connection.execute("select current_catalog()").fetchall()[0]
        before = _lake_bytes(connection, catalog)
        # In this order: merging and expiring schedule files for deletion, which the cleanup does.
        for call in (
            "ducklake_merge_adjacent_files('{0}')",
            "ducklake_expire_snapshots('{0}', older_than => {1})",
            "ducklake_cleanup_old_files('{0}', older_than => {1})",
            "ducklake_delete_orphaned_files('{0}', older_than => {1})",  # left by killed writers
        ):
            connection.execute(f"call {call.format(catalog, older)}")
        after = _lake_bytes(connection, catalog)
    return Compaction(before, after, "merged files, expired snapshots, removed their files")


def _lake_bytes(connection: duckdb.DuckDBPyConnection, catalog: str) -> int:
    """Return the bytes of the lake's current data files."""
    rows = connection.execute(
        f"select coalesce(sum(file_size_bytes), 0) from ducklake_table_info('{catalog}')"
    ).fetchall()
    return int(rows[0][0])
