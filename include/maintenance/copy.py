"""Copy a warehouse from one attached catalog to another, and verify the copy.

Backup, restore, compaction and the move between file and lake all use it. Bronze is the history and
cannot be fetched again; silver, gold and the seeds are copied too, so that the copy can be read
before dbt builds anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from include.errors import ConfigurationError, WarehouseCopyError
from include.files import protect
from include.warehouse.views import make_views, quoted, renamed_views, schemas_of, views_of

__all__ = ["Copied", "TableDigest", "attach_new", "copy_catalog", "copy_name", "digests"]


@dataclass(frozen=True, slots=True)
class Copied:
    """The copied tables, ``schema.table`` with their numbers of rows, and views."""

    rows: dict[str, int]
    views: list[str]


@dataclass(frozen=True, slots=True)
class TableDigest:
    """A table's number of rows, and the sum of its rows' hashes, whatever their order.

    hash() may differ between versions of DuckDB: compare only digests made by the same version.
    """

    rows: int
    content: str


def copy_name(source_catalog: str, opened_as: str) -> str:
    """Return the name to attach a copy as that will later be opened as ``opened_as``.

    It is ``opened_as``, so that views can name their tables, unless the source has that name.
    """
    is_same = source_catalog.casefold() == opened_as.casefold()
    return f"copy_of_{source_catalog}" if is_same else opened_as


def attach_new(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Attach a file as ``name``; a new one is created, readable by its owner only."""
    is_new = not path.exists()
    literal = str(path).replace("'", "''")
    connection.execute(f"attach '{literal}' as {quoted(name)}")
    # Before the first row is written.
    if is_new:
        protect(path)


def copy_catalog(
    connection: duckdb.DuckDBPyConnection, source_catalog: str, target_catalog: str
) -> Copied:
    """Copy all tables and views; return the rows of each table, and the views.

    Call it within a transaction: the copy is then a snapshot, even while others write to the
    source, and an error rolls it back. Columns keep their order, type and NOT NULL. Views that name
    the source's catalog name the target's in the copy, unless the copy will be opened by the
    source's name (:func:`copy_name`). Idempotent: a target with the same rows is not written.

    Raises ConfigurationError when the target holds other rows, and WarehouseCopyError when the
    target differs from the source after the copy.
    """
    wanted = digests(connection, source_catalog)
    if not _is_copied(wanted, digests(connection, target_catalog), target_catalog):
        connection.execute(
            f"copy from database {quoted(source_catalog)} to {quoted(target_catalog)}"
        )
        _compare(wanted, digests(connection, target_catalog))
    # DuckDB 1.5 copies a view's text verbatim, with the source's catalog; from a lake, no text.
    views = views_of(connection, source_catalog)
    if target_catalog != copy_name(source_catalog, source_catalog):
        schemas = schemas_of(connection, source_catalog)
        views = renamed_views(views, source_catalog, target_catalog, schemas)
    make_views(connection, target_catalog, views)
    return Copied({name: digest.rows for name, digest in wanted.items()}, list(views))


def digests(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, TableDigest]:
    """Return the digest of each table of the catalog, by ``schema.table``."""
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = ? and not internal and not temporary order by all",
        [catalog],
    ).fetchall()
    return {
        f"{schema}.{table}": _digest(connection, quoted(catalog, schema, table))
        for schema, table in rows
    }


def _digest(connection: duckdb.DuckDBPyConnection, table: str) -> TableDigest:
    # columns(*), not the row as a struct, whose hash would include the columns' names.
    rows, content = connection.execute(
        f"select count(*), coalesce(sum(hash(*columns(*))), 0) from {table}"
    ).fetchall()[0]
    return TableDigest(rows, f"{content:x}")


def _is_copied(
    wanted: Mapping[str, TableDigest], present: Mapping[str, TableDigest], target: str
) -> bool:
    """Return whether the target has all of the source's tables with the same rows.

    Raises ConfigurationError when it holds anything else: nothing is ever overwritten.
    """
    for name, digest in present.items():
        if digest != wanted.get(name, TableDigest(0, "0")):
            raise ConfigurationError(
                f"The target {target} has {digest.rows} other rows in this table already",
                record=name,
                next_step="name an empty target; nothing was copied.",
            )
    return wanted.keys() <= present.keys()


def _compare(wanted: Mapping[str, TableDigest], copied: Mapping[str, TableDigest]) -> None:
    for name, digest in wanted.items():
        if copied[name] != digest:
            raise WarehouseCopyError(
                f"A table differs after it was copied: {digest} became {copied[name]}",
                record=name,
                next_step="nothing was copied; run it again, and report this if it recurs.",
            )
