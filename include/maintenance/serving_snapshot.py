"""Copy the serving store to a SQLite file, whatever database it uses."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from include.serving.engine import reading_engine, writing_engine
from include.serving.migrations import MIGRATIONS
from include.serving.schema import known_version, migrate, read_meta
from include.serving.text.index import TEXT_INDEX_TABLE, copy_index

__all__ = ["copy_store"]

_BATCH_ROWS = 5_000


def copy_store(serving_url: str, to: Path) -> bool:
    """Copy a snapshot of the store to the new SQLite file ``to``; False if there is no store yet.

    From SQLite by its online backup (https://sqlite.org/backup.html), which does not block readers
    or writers; from another database table by table, in one transaction.
    """
    url = make_url(serving_url)
    if url.get_backend_name() == "sqlite":
        return _copy_sqlite(Path(url.database or ""), to)
    source, target = reading_engine(serving_url), writing_engine(f"sqlite:///{to}")
    try:
        with source.begin() as here:
            version = known_version(read_meta(here))
            if not version:
                return False
            with target.begin() as there:
                # A store that no publish has migrated yet is copied in its own schema version.
                migrate(there, {n: step for n, step in MIGRATIONS.items() if n <= version})
                # SQLite's text index has tables of its own.
                names = {*sa.inspect(there).get_table_names()} & {
                    *sa.inspect(here).get_table_names()
                }
                for name in sorted(names - {TEXT_INDEX_TABLE}):
                    _copy_table(here, there, name)
                if TEXT_INDEX_TABLE in names:
                    copy_index(here, there)
    finally:
        source.dispose()
        target.dispose()
    _fold_wal(to)
    return True


def _copy_sqlite(path: Path, to: Path) -> bool:
    if not path.is_file():
        return False
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as here, closing(sqlite3.connect(to)) as there:
        here.backup(there)
    _fold_wal(to)
    return True


def _copy_table(here: sa.Connection, there: sa.Connection, name: str) -> None:
    table = sa.Table(name, sa.MetaData(), autoload_with=there)
    there.execute(sa.delete(table))  # migrate() has written the version to store_meta
    rows = here.execute(sa.select(table).execution_options(yield_per=_BATCH_ROWS))
    for batch in rows.mappings().partitions():
        there.execute(sa.insert(table), [dict(row) for row in batch])


def _fold_wal(path: Path) -> None:
    """Move the write-ahead log into the file, so that it can be read alone and read-only."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("pragma journal_mode = delete")
