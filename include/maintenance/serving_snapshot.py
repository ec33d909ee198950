"""The serving store as a SQLite file, whatever database it lives in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from include.serving.engine import reading_engine, writing_engine
from include.serving.migrations import MIGRATIONS
from include.serving.schema import known_version, migrate, read_meta

__all__ = ["copy_store"]

_BATCH_ROWS = 5_000


def copy_store(serving_url: str, to: Path) -> bool:
    """Write the store as of one moment to the new SQLite file ``to``; False: there is none yet.

    SQLite's own online backup where it is SQLite (https://sqlite.org/backup.html): readers and
    writers go on. From another database the rows are copied, table by table, in one transaction.
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
                # As it is: a store that no publish has migrated yet is copied in its version.
                migrate(there, {n: step for n, step in MIGRATIONS.items() if n <= version})
                for name in sa.inspect(there).get_table_names():
                    _copy_table(here, there, name)
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
    there.execute(sa.delete(table))  # the version, which migrating has written
    rows = here.execute(sa.select(table).execution_options(yield_per=_BATCH_ROWS))
    for batch in rows.mappings().partitions():
        there.execute(sa.insert(table), [dict(row) for row in batch])


def _fold_wal(path: Path) -> None:
    """Make the file whole by itself: without a log beside it, readable from a read-only disk."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("pragma journal_mode = delete")
