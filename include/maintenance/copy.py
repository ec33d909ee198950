"""Copy a warehouse from one attached catalog to another, and prove that both hold the same.

The one way in which a warehouse is moved: into a backup, back out of it, into a smaller file, or
from a file to a lake and back. Bronze carries the history and cannot be had again; silver, gold and
the seeds are dbt's, and are copied so that nothing has to be built before it can be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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
    connection: duckdb.DuckDBPyConnection,
    source_catalog: str,
    target_catalog: str,
    *,
    schemas: Collection[str] | None = None,
) -> Copied:
    """Copy tables and views; return the rows of each table, and the views.

    To be called within a transaction: it makes the copy one of one moment, whoever writes to the
    source meanwhile, and undoes it when this raises. ``schemas`` names the schemas to copy, None
    for all (bronze, silver, gold, seeds and whatever else there is). Columns keep their order, type
    and NOT NULL. A view that names the source's catalog names the target's in the copy, unless the
    copy is to be opened by the source's name (:func:`copy_name`). A table that the target has
    already is left alone where it holds the same rows, so the copy may be repeated.

    Raises ConfigurationError when the target holds other rows, and WarehouseCopyError when source
    and target differ after the copy.
    """
    wanted = digests(connection, source_catalog, schemas=schemas)
    present = digests(connection, target_catalog, schemas=schemas)
    _refuse_to_overwrite(wanted, present, target_catalog)
    for name in sorted(wanted):
        if name not in present or not present[name].rows:
            _copy_table(connection, source_catalog, target_catalog, name)
    _compare(wanted, digests(connection, target_catalog, schemas=schemas))
    views = views_of(connection, source_catalog)
    if target_catalog != copy_name(source_catalog, source_catalog):
        schemas_there = schemas_of(connection, source_catalog)
        views = renamed_views(views, source_catalog, target_catalog, schemas_there)
    make_views(connection, target_catalog, views)
    return Copied({name: digest.rows for name, digest in wanted.items()}, list(views))


def digests(
    connection: duckdb.DuckDBPyConnection,
    catalog: str,
    *,
    schemas: Collection[str] | None = None,
) -> dict[str, TableDigest]:
    """Return the digest of every table of the catalog, by ``schema.table``."""
    return {
        name: _digest(connection, catalog, name)
        for name, schema in _tables(connection, catalog)
        if schemas is None or schema in schemas
    }


def _tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> Iterator[tuple[str, str]]:
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = ? and not internal and not temporary order by all",
        [catalog],
    ).fetchall()
    yield from ((f"{schema}.{table}", schema) for schema, table in rows)


def _digest(connection: duckdb.DuckDBPyConnection, catalog: str, name: str) -> TableDigest:
    # The columns one by one: a table's row as a struct would take names into the hash.
    columns = ", ".join(quoted(column) for column, _, _ in _columns(connection, catalog, name))
    rows, content = connection.execute(
        f"select count(*), coalesce(sum(hash({columns})), 0) from {_path(catalog, name)}"
    ).fetchall()[0]
    return TableDigest(rows, f"{content:x}")


def _columns(
    connection: duckdb.DuckDBPyConnection, catalog: str, name: str
) -> list[tuple[str, str, bool]]:
    return connection.execute(
        "select column_name, data_type, is_nullable from duckdb_columns() "
        "where database_name = ? and schema_name || '.' || table_name = ? order by column_index",
        [catalog, name],
    ).fetchall()


def _path(catalog: str, name: str) -> str:
    return quoted(catalog, *name.split(".", 1))


def _refuse_to_overwrite(
    wanted: Mapping[str, TableDigest], present: Mapping[str, TableDigest], target: str
) -> None:
    for name, digest in present.items():
        if digest.rows and digest != wanted.get(name, digest):
            raise ConfigurationError(
                f"The target {target} has {digest.rows} other rows in this table already",
                record=name,
                next_step="name an empty target; nothing was copied.",
            )


def _compare(wanted: Mapping[str, TableDigest], copied: Mapping[str, TableDigest]) -> None:
    for name, digest in wanted.items():
        if copied[name] != digest:
            raise WarehouseCopyError(
                f"A table differs after it was copied: {digest} became {copied[name]}",
                record=name,
                next_step="nothing was copied; repeat it, and report this if it stays.",
            )


def _copy_table(connection: duckdb.DuckDBPyConnection, source: str, target: str, name: str) -> None:
    columns = ", ".join(
        f"{quoted(column)} {kind}{'' if nullable else ' not null'}"
        for column, kind, nullable in _columns(connection, source, name)
    )
    connection.execute(f"create schema if not exists {quoted(target, name.split('.', 1)[0])}")
    connection.execute(f"create table if not exists {_path(target, name)} ({columns})")
    connection.execute(
        f"insert into {_path(target, name)} by name select * from {_path(source, name)}"
    )
