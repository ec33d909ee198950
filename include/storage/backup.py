"""Backups: the warehouse and the serving store as of one moment, with a manifest that proves them.

A backup is a folder with a DuckDB file, a SQLite file and ``manifest.json``, whatever the two
stores live in: it can be read, checked and restored with nothing but Python. It is made while the
warehouse's lock is held, so no publish comes between the two; readers of the web go on meanwhile.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict, cast
from uuid import uuid4

import duckdb

from include.errors import BackupError, ConfigurationError
from include.settings import Settings
from include.storage.serving_copy import copy_store
from include.storage.transfer import TableDigest, copy_tables, copy_views, digests, quoted
from include.storage.warehouse import open_warehouse

__all__ = ["Backup", "check_backup", "create_backup", "list_backups", "prune_backups", "restore"]

_MANIFEST = "manifest.json"
_SERVING = "serving.sqlite"
_ASIDE = ".unfinished-"
_LEFTOVER_HOURS = 24  # longer than any backup takes
_FORMAT = 1
_CHUNK_BYTES = 1 << 20

log = logging.getLogger(__name__)


class StoredFile(TypedDict):
    """One of a backup's files."""

    file: str
    sha256: str
    size_bytes: int
    tables: dict[str, dict[str, Any]]


class Backup(TypedDict):
    """A backup's manifest, and ``path``, the folder it was read from.

    ``serving`` is None where nothing had been published. ``loads_unpublished``: loads that the
    warehouse had and the serving store not yet.
    """

    path: str
    format: int
    made_at: str
    duckdb_version: str
    warehouse: StoredFile
    serving: StoredFile | None
    loads: int
    loads_unpublished: int


def create_backup(settings: Settings, now: dt.datetime) -> Backup:
    """Back up both stores under ``backups_dir``; whole, or not there.

    Raises WarehouseLockedError, WarehouseCopyError when what was copied is not the same, and
    OSError when the disk does not take it; nothing is left behind then.
    """
    name = f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"
    final = settings.backups_dir / name
    aside = settings.backups_dir / f"{_ASIDE}{name}"
    aside.mkdir(parents=True)
    try:
        with open_warehouse(settings) as connection:
            warehouse = _copy_warehouse(connection, aside)
            serving = _copy_serving(settings, aside)
            loads = {str(row[0]) for row in _rows(connection, "select load_id from bronze.loads")}
        published = _published(aside) if serving else set()
        backup = Backup(
            path=str(final),
            format=_FORMAT,
            made_at=now.isoformat(timespec="seconds"),
            duckdb_version=duckdb.__version__,
            warehouse=warehouse,
            serving=serving,
            loads=len(loads),
            loads_unpublished=len(loads - published),
        )
        _write_manifest(aside / _MANIFEST, backup)
        aside.replace(final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return backup


def list_backups(settings: Settings) -> list[Backup]:
    """Return the finished backups that can be read, newest first; others are logged."""
    found = []
    for path in sorted(settings.backups_dir.glob(f"[!.]*/{_MANIFEST}"), reverse=True):
        try:
            found.append(_read_manifest(path.parent))
        except BackupError as error:  # it is neither offered nor removed
            log.warning("%s", error)
    return found


def prune_backups(settings: Settings, now: dt.datetime) -> list[str]:
    """Remove all but the ``backups_kept`` newest, and what killed ones left; return the names."""
    old = [Path(backup["path"]) for backup in list_backups(settings)[settings.backups_kept :]]
    limit = (now - dt.timedelta(hours=_LEFTOVER_HOURS)).timestamp()
    left = settings.backups_dir.glob(f"{_ASIDE}*")
    for path in (gone := [*old, *(p for p in left if p.stat().st_mtime < limit)]):
        shutil.rmtree(path)
    return [path.name for path in gone]


def check_backup(folder: Path) -> Backup:
    """Prove that a backup is what its manifest says: files, rows, content, and the ledger's sums.

    Contents are compared where this DuckDB is the version that wrote the manifest; the files' sums
    are compared always. Raises BackupError for whatever differs.
    """
    backup = _read_manifest(folder)
    for stored in _files(backup):
        _check_file(folder / stored["file"], stored)
    _check_warehouse(folder / backup["warehouse"]["file"], backup)
    if backup["serving"]:
        _check_serving(folder / backup["serving"]["file"], backup["serving"])
    return backup


def restore(folder: Path, to: Path) -> Backup:
    """Check a backup, put its files into the folder ``to``, and check them there.

    ``to`` is then a data folder: TECHPULSE_DATA_DIR may name it. Raises BackupError for a backup
    that is damaged, ConfigurationError where ``to`` has data already.
    """
    backup = check_backup(folder)
    names = [stored["file"] for stored in _files(backup)]
    if there := [name for name in names if (to / name).exists()]:
        raise ConfigurationError(
            f"The folder has {', '.join(there)} already",
            record=to,
            next_step="name an empty folder, or move these away; nothing was restored.",
        )
    to.mkdir(parents=True, exist_ok=True)
    for stored in _files(backup):
        aside = to / f".{stored['file']}.{uuid4().hex}"
        try:
            shutil.copyfile(folder / stored["file"], aside)
            _check_file(aside, stored)
            aside.replace(to / stored["file"])
        finally:
            aside.unlink(missing_ok=True)
    _check_warehouse(to / backup["warehouse"]["file"], backup)
    return backup


def _copy_warehouse(connection: duckdb.DuckDBPyConnection, folder: Path) -> StoredFile:
    # Views name the catalog they were made in: the file keeps its name.
    catalog = str(_rows(connection, "select current_catalog()")[0][0])
    path = folder / f"{catalog}.duckdb"
    with _attached(connection, path) as copy:
        copy_tables(connection, catalog, copy)
        copy_views(connection, catalog, copy)
        tables = {name: asdict(digest) for name, digest in digests(connection, copy).items()}
    return _stored(path, tables)


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[str]:
    name = "the_copy"
    literal = str(path).replace("'", "''")
    connection.execute(f"attach '{literal}' as {quoted(name)}")
    try:
        yield name
    finally:
        connection.execute(f"detach {quoted(name)}")


def _copy_serving(settings: Settings, folder: Path) -> StoredFile | None:
    path = folder / _SERVING
    if not copy_store(settings.serving_database_url, path):
        return None
    return _stored(path, _serving_tables(path))


def _serving_tables(path: Path) -> dict[str, dict[str, Any]]:
    with closing(sqlite3.connect(path)) as store:
        names = store.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        ).fetchall()
        return {
            name: {"rows": store.execute(f"select count(*) from {quoted(name)}").fetchone()[0]}
            for (name,) in sorted(names)
        }


def _published(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / _SERVING)) as store:
        return {row[0] for row in store.execute("select load_id from loads")}


def _stored(path: Path, tables: dict[str, dict[str, Any]]) -> StoredFile:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return StoredFile(
        file=path.name, sha256=_sha256(path), size_bytes=path.stat().st_size, tables=tables
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _write_manifest(path: Path, backup: Backup) -> None:
    content = {name: value for name, value in backup.items() if name != "path"}
    with path.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _read_manifest(folder: Path) -> Backup:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] > _FORMAT:
            raise BackupError(
                f"The backup has format {manifest['format']}, this code knows {_FORMAT}",
                record=folder,
                next_step="use the version of TechPulse that made it.",
            )
        return cast(Backup, {**manifest, "path": str(folder)})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(
            f"The backup has no manifest that can be read: {error}",
            record=folder,
            next_step="name a folder that holds a manifest.json; `backup list` shows them.",
        ) from error


def _files(backup: Backup) -> Iterator[StoredFile]:
    for stored in (backup["warehouse"], backup["serving"]):
        if stored:
            if Path(stored["file"]).name != stored["file"]:
                raise _damaged(backup["path"], f"its manifest names the file {stored['file']!r}")
            yield stored


def _check_file(path: Path, stored: StoredFile) -> None:
    try:
        found = _sha256(path)
    except OSError as error:
        raise _damaged(path, f"it cannot be read ({error.strerror})") from error
    if found != stored["sha256"]:
        raise _damaged(path, "it is not the file that was written")


def _check_warehouse(path: Path, backup: Backup) -> None:
    wanted = {
        name: TableDigest(table["rows"], table["content"])
        for name, table in backup["warehouse"]["tables"].items()
    }
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            catalog = str(_rows(connection, "select current_catalog()")[0][0])
            found = digests(connection, catalog)
            bad_sums = _rows(connection, _LEDGER_SUMS)
    except duckdb.Error as error:
        raise _damaged(path, f"DuckDB cannot read it ({error})") from error
    if backup["duckdb_version"] != duckdb.__version__:  # it may hash differently
        found = {name: TableDigest(d.rows, wanted[name].content) for name, d in found.items()
                 if name in wanted}  # fmt: skip
    differing = sorted(n for n in {*wanted, *found} if wanted.get(n) != found.get(n))
    if differing:
        raise _damaged(path, f"these tables are not as they were: {', '.join(differing)}")
    if bad_sums:
        raise _damaged(path, f"the counts of load {bad_sums[0][0]} do not add up")


_LEDGER_SUMS = """
select load_id from bronze.loads
where expected <> fetched + missing or fetched <> inserted + unchanged + rejected
"""


def _check_serving(path: Path, stored: StoredFile) -> None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as store:
            told = store.execute("pragma integrity_check").fetchone()[0]
        found = _serving_tables(path)
    except sqlite3.Error as error:
        raise _damaged(path, f"SQLite cannot read it ({error})") from error
    if told != "ok":
        raise _damaged(path, f"SQLite says: {told}")
    differing = sorted(
        n for n in {*found, *stored["tables"]} if found.get(n) != stored["tables"].get(n)
    )
    if differing:
        raise _damaged(path, f"these tables are not as they were: {', '.join(differing)}")


def _damaged(record: object, what: str) -> BackupError:
    return BackupError(
        f"The backup is damaged: {what}",
        record=record,
        next_step="restore an older one (`backup list`), and check the disk it lies on.",
    )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()
