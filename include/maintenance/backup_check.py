"""Check a backup against its manifest: files, rows, content, and the ledger's sums."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

from include.errors import BackupError
from include.maintenance.backup_manifest import Backup, StoredFile, StoredTable, read_manifest
from include.maintenance.copy import TableDigest, digests
from include.warehouse.views import quoted

__all__ = [
    "check_backup",
    "check_file",
    "check_warehouse",
    "digest_of",
    "serving_tables",
    "stored_files",
]

_CHUNK_BYTES = 1 << 20


def check_backup(folder: Path) -> Backup:
    """Check a backup's files, rows, content and ledger sums; return its manifest.

    Row hashes are compared only if the manifest was written by this version of DuckDB, the files'
    sha256 always. Raises BackupError at the first difference.
    """
    backup = read_manifest(folder)
    for stored in stored_files(backup):
        check_file(folder / stored["file"], stored)
    check_warehouse(folder / backup["warehouse"]["file"], backup)
    if backup["serving"]:
        _check_serving(folder / backup["serving"]["file"], backup["serving"])
    return backup


def stored_files(backup: Backup) -> list[StoredFile]:
    """Return the one or two files of a backup."""
    return [stored for stored in (backup["warehouse"], backup["serving"]) if stored]


def check_file(path: Path, stored: StoredFile) -> None:
    """Raise BackupError unless the file has the recorded size and sha256."""
    try:
        found = digest_of(path), path.stat().st_size
    except OSError as error:
        raise _damaged(path, f"it cannot be read ({error.strerror})") from error
    if found != (stored["sha256"], stored["size_bytes"]):
        raise _damaged(path, "it is not the file that was written")


def check_warehouse(path: Path, backup: Backup) -> None:
    """Raise BackupError unless the warehouse file matches the manifest's tables."""
    wanted = {
        name: TableDigest(table["rows"], table.get("content", ""))
        for name, table in backup["warehouse"]["tables"].items()
    }
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            ((catalog,),) = connection.execute("select current_catalog()").fetchall()
            found = digests(connection, catalog)
            bad_sums = connection.execute(_LEDGER_SUMS).fetchall()
    except duckdb.Error as error:
        raise _damaged(path, f"DuckDB cannot read it ({error})") from error
    # hash() may differ between versions of DuckDB: compare only the numbers of rows then.
    if backup["duckdb_version"] != duckdb.__version__:
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
            verdict = store.execute("pragma integrity_check").fetchone()[0]
        found = serving_tables(path)
    except sqlite3.Error as error:
        raise _damaged(path, f"SQLite cannot read it ({error})") from error
    if verdict != "ok":
        raise _damaged(path, f"SQLite says: {verdict}")
    differing = sorted(
        n for n in {*found, *stored["tables"]} if found.get(n) != stored["tables"].get(n)
    )
    if differing:
        raise _damaged(path, f"these tables are not as they were: {', '.join(differing)}")


def _damaged(record: object, what: str) -> BackupError:
    return BackupError(
        f"The backup is damaged: {what}",
        record=record,
        next_step="restore an older one (`backup list`), and check this one's disk.",
    )


def serving_tables(path: Path) -> dict[str, StoredTable]:
    """Return the tables of a SQLite serving store with their numbers of rows."""
    with closing(sqlite3.connect(path)) as store:
        names = store.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        ).fetchall()
        return {
            name: {"rows": store.execute(f"select count(*) from {quoted(name)}").fetchone()[0]}
            for (name,) in sorted(names)
        }


def digest_of(path: Path) -> str:
    """Return the sha256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
