"""Copy a warehouse from one attached catalog to another, and prove that both hold the same.

The one way in which a warehouse is moved: into a backup, back out of it, into a smaller file, or
from a file to a lake and back. Bronze carries the history and cannot be had again; silver, gold and
the seeds are dbt's, and are copied so that nothing has to be built before it can be read.
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
    """What was copied: the rows of each table by ``schema.table``, and the views."""

    rows: dict[str, int]
    views: list[str]


@dataclass(frozen=True, slots=True)
class TableDigest:
    """A table's number of rows, and a sum of its rows' hashes that no order of rows changes.

    DuckDB may hash differently in another version: compare only what one process has computed, or
    what the same version has written down.
    """

    rows: int
    content: str


def copy_name(source_catalog: str, opened_as: str) -> str:
    """Return the name to attach a copy by that is going to be opened as ``opened_as``.

    That one, so that views find their tables by it; another where the source has it.
    """
    is_same = source_catalog.casefold() == opened_as.casefold()
    return f"copy_of_{source_catalog}" if is_same else opened_as


def attach_new(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Attach a file, made if it is not there; it is its owner's alone before it holds a row."""
    is_new = not path.exists()
    literal = str(path).replace("'", "''")
    connection.execute(f"attach '{literal}' as {quoted(name)}")
    if is_new:
        protect(path)


def copy_catalog(
    connection: duckdb.DuckDBPyConnection, source_catalog: str, target_catalog: str
) -> Copied:
    """Copy all tables and views; return the rows of each table, and the views.

    Call it within a transaction: the copy is then a snapshot, whoever writes to the source
    meanwhile, and is undone when this raises. Columns keep their order, type and NOT NULL. A view
    that names the source's catalog names the target's in the copy, unless the copy is to be opened
    by the source's name (:func:`copy_name`). A target that holds the same rows already is left
    alone, so the copy may be repeated.

    Raises ConfigurationError when the target holds other rows, and WarehouseCopyError when source
    and target differ after the copy.
    """
    wanted = digests(connection, source_catalog)
    if not _is_copied(wanted, digests(connection, target_catalog), target_catalog):
        connection.execute(
            f"copy from database {quoted(source_catalog)} to {quoted(target_catalog)}"
        )
        _compare(wanted, digests(connection, target_catalog))
    # DuckDB 1.5 copies a view's text verbatim, catalog and all, and from a lake without its text.
    views = views_of(connection, source_catalog)
    if target_catalog != copy_name(source_catalog, source_catalog):
        schemas = schemas_of(connection, source_catalog)
        views = renamed_views(views, source_catalog, target_catalog, schemas)
    make_views(connection, target_catalog, views)
    return Copied({name: digest.rows for name, digest in wanted.items()}, list(views))


def digests(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, TableDigest]:
    """Return the digest of every table of the catalog, by ``schema.table``."""
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
    # The columns one by one: a table's row as a struct would take names into the hash.
    rows, content = connection.execute(
        f"select count(*), coalesce(sum(hash(*columns(*))), 0) from {table}"
    ).fetchall()[0]
    return TableDigest(rows, f"{content:x}")


def _is_copied(
    wanted: Mapping[str, TableDigest], present: Mapping[str, TableDigest], target: str
) -> bool:
    """Whether the target holds the source's rows; False where it has no table of it.

    Raises ConfigurationError where it holds anything else: nothing is overwritten.
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
                next_step="nothing was copied; repeat it, and report this if it stays.",
            )
