"""Back up the warehouse and the serving store, with a manifest to verify the copies against.

A backup is a folder with a DuckDB file, a SQLite file and ``manifest.json``, whatever databases the
stores use: Python alone can read, check and restore it. With a warehouse file both copies show the
same state, because its lock is held. A lake has no lock: its copy is one snapshot, the serving
store's is slightly older, and the manifest says whether anything was committed in between.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
from sqlalchemy.engine import make_url

from include.disk import raise_if_disk_full
from include.errors import BackupError, ConfigurationError
from include.files import make_folder, new_file, protect, work_folder
from include.maintenance.backup_check import (
    check_backup,
    check_file,
    check_warehouse,
    digest_of,
    serving_tables,
    stored_files,
)
from include.maintenance.backup_manifest import (
    FORMAT,
    Backup,
    SnapshotTimes,
    StoredFile,
    StoredTable,
    read_manifest,
    write_manifest,
)
from include.maintenance.copy import attach_new, copy_catalog, copy_name, digests
from include.maintenance.serving_snapshot import copy_store
from include.settings import Settings
from include.warehouse import lake
from include.warehouse.connection import open_warehouse
from include.warehouse.transactions import transaction
from include.warehouse.views import make_views, quoted, renamed_views, schemas_of, views_of

__all__ = [
    "Backup",
    "check_backup",
    "create_backup",
    "find_backups",
    "list_backups",
    "prune_backups",
    "restore",
    "settings_to_open",
]

# The default names (include/settings.py): a restored folder can serve as TECHPULSE_DATA_DIR.
_WAREHOUSE, _SERVING = "warehouse.duckdb", "serving.sqlite"
_UNFINISHED = ".unfinished-"
_RESTORING = ".restoring"
_LEFTOVER_HOURS = 24  # longer than any backup takes
_CHUNK_BYTES = 1 << 20
_SHOWN = 3

log = logging.getLogger(__name__)


def create_backup(settings: Settings, now: dt.datetime) -> Backup:
    """Back up both stores into a new folder of ``backups_dir``, atomically.

    Raises WarehouseLockedError, WarehouseCopyError when a copy differs from its source, and
    OSError when the disk is full. A failed backup leaves no files behind.
    """
    name = f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"
    final = settings.backups_dir / name
    temporary = settings.backups_dir / f"{_UNFINISHED}{name}"
    make_folder(temporary)
    try:
        backup = _copy_both(settings, temporary, now)
        # Last: a folder with a manifest is complete.
        write_manifest(temporary, backup)
        temporary.replace(final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return {**backup, "path": str(final)}


def _copy_both(settings: Settings, folder: Path, now: dt.datetime) -> Backup:
    """Copy the serving store, then the warehouse, so that the latter has every published load.

    A warehouse file stays locked, so nothing changes in between. A lake has no lock: if its newest
    snapshot is the same before and after, nothing was committed in between.
    """
    with open_warehouse(settings) as connection:
        before = _snapshot(connection, settings, now)
        serving = _copy_serving(settings, folder)
        with _attached(connection, folder / _WAREHOUSE) as (catalog, copy):
            # One transaction: the snapshot id recorded is the one that is copied.
            with transaction(connection):
                copied = _snapshot(connection, settings, now)
                copy_catalog(connection, catalog, copy)
            tables = {
                name: StoredTable(rows=digest.rows, content=digest.content)
                for name, digest in digests(connection, copy).items()
            }
            query = f"select load_id from {quoted(copy)}.bronze.loads"
            loads = {str(row[0]) for row in _rows(connection, query)}
    published, published_at = _published(folder) if serving else (set[str](), None)
    return Backup(
        path=str(folder),
        format=FORMAT,
        made_at=now.isoformat(timespec="seconds"),
        duckdb_version=duckdb.__version__,
        warehouse=_stored(folder / _WAREHOUSE, tables),
        serving=serving,
        loads=len(loads),
        loads_unpublished=len(loads - published),
        moments=SnapshotTimes(
            warehouse=copied[1],
            warehouse_snapshot=copied[0],
            serving=published_at,
            are_one=before == copied,
        ),
    )


def find_backups(settings: Settings) -> tuple[list[Backup], list[BackupError]]:
    """Return the valid backups, newest first, and an error for each folder that is none."""
    found, damaged = [], []
    if not settings.backups_dir.is_dir():
        return [], []
    for path in sorted(settings.backups_dir.iterdir(), reverse=True):
        if path.name.startswith(".") or not path.is_dir():
            continue
        try:
            found.append(read_manifest(path))
        except BackupError as error:
            damaged.append(error)
    return found, damaged


def list_backups(settings: Settings) -> list[Backup]:
    """Return the valid backups, newest first; log invalid folders, which are never removed."""
    found, damaged = find_backups(settings)
    for error in damaged:
        log.warning("%s", error)
    if damaged:
        log.warning("%d of %d backups cannot be read", len(damaged), len(damaged) + len(found))
    return found


def prune_backups(settings: Settings, now: dt.datetime) -> list[str]:
    """Remove all but the ``backups_kept`` newest, and leftovers of killed ones; return the names.

    For a symbolic link to a backup on another disk, only the link is removed. The backup with the
    most loads is never removed: the ledger only grows, so a newer backup with fewer loads is of a
    lost warehouse or of another one.
    """
    # Newest first, and max() returns the first: of equal backups the newest is kept.
    found = list_backups(settings)
    fullest = max(found, key=lambda backup: backup["loads"], default=None)
    old = [Path(b["path"]) for b in found[settings.backups_kept :] if b is not fullest]
    # A younger leftover may be a backup that is still being written.
    limit = (now - dt.timedelta(hours=_LEFTOVER_HOURS)).timestamp()
    unfinished = settings.backups_dir.glob(f"{_UNFINISHED}*")
    leftovers = [path for path in unfinished if _is_older(path, limit)]
    return [path.name for path in (*old, *leftovers) if _remove(path)]


def _is_older(path: Path, limit: float) -> bool:
    try:
        return path.lstat().st_mtime < limit
    except FileNotFoundError:  # renamed when it was finished, or removed by another process
        return False


def _remove(path: Path) -> bool:
    try:
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path)
    except FileNotFoundError:  # another process removes it
        return False
    return True


def restore(folder: Path, to: Path) -> Backup:
    """Check a backup, copy its files into the new folder ``to``, and check the copies.

    Atomic: the files are copied to a temporary folder beside ``to``, which is then renamed. They
    get the default names of a data folder; :func:`settings_to_open` returns the settings to open
    them. Raises BackupError for a damaged backup, ConfigurationError when ``to`` exists and is not
    empty, and DiskFullError.
    """
    backup = check_backup(folder)
    to = to.resolve()
    _refuse_what_is_there(to)
    with work_folder(to, _RESTORING) as temporary:
        with raise_if_disk_full(to):
            for stored in stored_files(backup):
                _copy_file(folder / stored["file"], temporary / stored["file"], stored)
            _rename_warehouse(temporary, backup["warehouse"]["file"])
            # Again, after its views were changed.
            check_warehouse(temporary / _WAREHOUSE, backup)
        _refuse_what_is_there(to)  # another restore into the same folder may have been quicker
        temporary.rename(to)
    return backup


def settings_to_open(folder: Path, settings: Settings) -> dict[str, str]:
    """Return the variables to set so that TechPulse opens a restored folder.

    Empty when the settings name it already. TECHPULSE_DATA_DIR is not among them: staged files,
    budgets and backups stay where they are.
    """
    warehouse, serving = folder.resolve() / _WAREHOUSE, folder.resolve() / _SERVING
    wanted = {}
    if settings.warehouse_is_lake or Path(settings.warehouse_path).resolve() != warehouse:
        wanted["TECHPULSE_WAREHOUSE_URI"] = str(warehouse)
    url = make_url(settings.serving_database_url)
    if url.get_backend_name() != "sqlite" or Path(url.database or "").resolve() != serving:
        wanted["TECHPULSE_SERVING_URL"] = f"sqlite:///{serving}"
    return wanted


def _refuse_what_is_there(to: Path) -> None:
    if not to.exists():
        return
    names = sorted(path.name for path in to.iterdir()) if to.is_dir() else ["a file"]
    if names or to.is_mount():  # a rename cannot replace a mount point
        there = [name for name in (_WAREHOUSE, _SERVING) if name in names] or names[:_SHOWN]
        raise ConfigurationError(
            f"The folder has {', '.join(there)} already" if names else "The folder is a mount",
            record=to,
            next_step="name a new folder, such as one in it; nothing was restored.",
        )


def _copy_file(source: Path, to: Path, stored: StoredFile) -> None:
    with source.open("rb") as read, new_file(to) as written:
        shutil.copyfileobj(read, written, _CHUNK_BYTES)
        written.flush()
        os.fsync(written.fileno())
    check_file(to, stored)


def _rename_warehouse(folder: Path, file: str) -> None:
    """Give the warehouse file its default name, and its views the catalog of that name.

    Older backups kept the name of the source file, and DuckDB names the catalog after the file.
    """
    if file == _WAREHOUSE:
        return
    with duckdb.connect(str(folder / file), read_only=True) as connection:
        catalog = _catalog(connection)
        views = views_of(connection, catalog)
    (folder / file).rename(folder / _WAREHOUSE)
    with duckdb.connect(str(folder / _WAREHOUSE)) as connection, transaction(connection):
        now = _catalog(connection)
        make_views(connection, now, renamed_views(views, catalog, now, schemas_of(connection, now)))


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[tuple[str, str]]:
    """Attach a new file to copy into; yield the catalogs of the warehouse and of the copy."""
    catalog = _catalog(connection)
    copy = copy_name(catalog, opened_as=path.stem)
    attach_new(connection, path, copy)
    try:
        yield catalog, copy
    finally:
        connection.execute(f"detach {quoted(copy)}")


def _snapshot(
    connection: duckdb.DuckDBPyConnection, settings: Settings, now: dt.datetime
) -> tuple[int | None, str]:
    """Return the id and time of a lake's current snapshot; for a file, None and ``now``."""
    if not settings.warehouse_is_lake:
        return None, now.isoformat(timespec="seconds")
    ((number, taken_at),) = _rows(
        connection,
        f"select snapshot_id, snapshot_time from ducklake_snapshots('{lake.CATALOG}') "
        f"where snapshot_id = (select id from ducklake_current_snapshot('{lake.CATALOG}'))",
    )
    return number, taken_at.astimezone(dt.UTC).isoformat(timespec="milliseconds")


def _copy_serving(settings: Settings, folder: Path) -> StoredFile | None:
    path = folder / _SERVING
    if not copy_store(settings.serving_database_url, path):
        return None
    protect(path)
    return _stored(path, serving_tables(path))


def _published(folder: Path) -> tuple[set[str], str | None]:
    """Return the loads in the copy of the serving store, and when it was published."""
    with closing(sqlite3.connect(folder / _SERVING)) as store:
        loads = {row[0] for row in store.execute("select load_id from loads")}
        row = store.execute("select value from store_meta where key = 'published_at'").fetchone()
    return loads, row[0] if row else None


def _stored(path: Path, tables: dict[str, StoredTable]) -> StoredFile:
    # Before the manifest names it: a crash must not leave a manifest of unwritten files.
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return StoredFile(
        file=path.name, sha256=digest_of(path), size_bytes=path.stat().st_size, tables=tables
    )


def _catalog(connection: duckdb.DuckDBPyConnection) -> str:
    return str(_rows(connection, "select current_catalog()")[0][0])


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()
