"""Backups: the warehouse and the serving store, with a manifest that proves them.

A backup is a folder with a DuckDB file, a SQLite file and ``manifest.json``, whatever databases the
stores use: Python alone can read, check and restore it. With a warehouse file both copies show the
same state, because its lock is held. A lake has no lock: its copy is one snapshot, the serving
store's is slightly older, and the manifest says whether anything was committed in between.
"""

from __future__ import annotations

import datetime as dt
import glob
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
from include.files import make_folder, new_file, protect
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

# The names of a data folder, so that a restored one is one (include/settings.py).
_WAREHOUSE, _SERVING = "warehouse.duckdb", "serving.sqlite"
_ASIDE = ".unfinished-"
_RESTORING = ".restoring-"
_LEFTOVER_HOURS = 24  # longer than any backup takes
_CHUNK_BYTES = 1 << 20
_SHOWN = 3

log = logging.getLogger(__name__)


def create_backup(settings: Settings, now: dt.datetime) -> Backup:
    """Back up both stores under ``backups_dir``; whole, or not there.

    Raises WarehouseLockedError, WarehouseCopyError when what was copied is not the same, and
    OSError when the disk does not take it; nothing is left behind then.
    """
    name = f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"
    final = settings.backups_dir / name
    aside = settings.backups_dir / f"{_ASIDE}{name}"
    make_folder(aside)
    try:
        backup = _copy_both(settings, aside, now)
        write_manifest(aside, backup)
        aside.replace(final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return {**backup, "path": str(final)}


def _copy_both(settings: Settings, folder: Path, now: dt.datetime) -> Backup:
    """Copy the serving store first: what was published is in the warehouse that is copied then.

    A file's lock keeps others from both meanwhile. A lake has none; there a snapshot that is still
    the newest shows that nothing was committed in between.
    """
    with open_warehouse(settings) as connection:
        before = _snapshot(connection, settings, now)
        serving = _copy_serving(settings, folder)
        with _attached(connection, folder / _WAREHOUSE) as (catalog, copy):
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
    """Return the finished backups, newest first, and why each other folder is none."""
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
    """Return the finished backups, newest first; what is none is logged, and never removed."""
    found, damaged = find_backups(settings)
    for error in damaged:
        log.warning("%s", error)
    if damaged:
        log.warning("%d of %d backups cannot be read", len(damaged), len(damaged) + len(found))
    return found


def prune_backups(settings: Settings, now: dt.datetime) -> list[str]:
    """Remove all but the ``backups_kept`` newest, and what killed ones left; return the names.

    Of a backup that was moved to another disk, with a link left in its place, the link is removed.
    The one with the most loads is never removed: the ledger only grows, so newer ones with fewer
    are of a warehouse that was lost, or of another one.
    """
    found = list_backups(settings)  # newest first: of those with as many loads the newest counts
    fullest = max(found, key=lambda backup: backup["loads"], default=None)
    old = [Path(b["path"]) for b in found[settings.backups_kept :] if b is not fullest]
    limit = (now - dt.timedelta(hours=_LEFTOVER_HOURS)).timestamp()
    left = settings.backups_dir.glob(f"{_ASIDE}*")
    gone = [*old, *(path for path in left if _is_older(path, limit))]
    return [path.name for path in gone if _remove(path)]


def _is_older(path: Path, limit: float) -> bool:
    try:
        return path.lstat().st_mtime < limit
    except FileNotFoundError:  # that backup was finished, or another process removes it
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
    """Check a backup, put its files into the new folder ``to``, and check them there.

    All of it, or nothing: it is made beside ``to`` and renamed. ``to`` then has the names of a data
    folder, whatever the backup's stores were called; :func:`settings_to_open` says what opens it.
    Raises BackupError for a backup that is damaged, ConfigurationError where ``to`` is no new or
    empty folder, and DiskFullError.
    """
    backup = check_backup(folder)
    to = to.resolve()
    _refuse_what_is_there(to)
    make_folder(to.parent)
    for left in to.parent.glob(f".{glob.escape(to.name)}{_RESTORING}*"):  # of one that was killed
        shutil.rmtree(left)
    aside = to.with_name(f".{to.name}{_RESTORING}{uuid4().hex}")
    make_folder(aside)
    try:
        with raise_if_disk_full(to):
            for stored in stored_files(backup):
                _copy_file(folder / stored["file"], aside / stored["file"], stored)
            _rename_warehouse(aside, backup["warehouse"]["file"])
            check_warehouse(aside / _WAREHOUSE, backup)
        aside.rename(to)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return backup


def settings_to_open(folder: Path, settings: Settings) -> dict[str, str]:
    """Return the variables that must be set for a restored folder to be what is opened.

    Empty where the settings lead there already. The data folder is no part of it: staged files,
    the state of budgets and the backups stay where they are.
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
    if names or to.is_mount():  # a mount cannot be replaced by what was made beside it
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
    """Give the warehouse the default name; its views then name the default's catalog.

    Backups had the name of the file that they were made of.
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
    """Attach a new file to copy into; give the names of the warehouse and of the copy."""
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
    """Return a lake's snapshot that a transaction reads, and its time; of a file, only now."""
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
    """Return the loads that the copy of the serving store has, and when it was published."""
    with closing(sqlite3.connect(folder / _SERVING)) as store:
        loads = {row[0] for row in store.execute("select load_id from loads")}
        row = store.execute("select value from store_meta where key = 'published_at'").fetchone()
    return loads, row[0] if row else None


def _stored(path: Path, tables: dict[str, StoredTable]) -> StoredFile:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return StoredFile(
        file=path.name, sha256=digest_of(path), size_bytes=path.stat().st_size, tables=tables
    )


def _catalog(connection: duckdb.DuckDBPyConnection) -> str:
    return str(_rows(connection, "select current_catalog()")[0][0])


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()
