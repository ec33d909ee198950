"""Move a warehouse from a file to a lake or back, with its history.

All tables are copied in one transaction and verified by rows and content: a killed move changes
nothing and can be run again. The source is only read. A source file stays locked, so that no load
is missed.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from include.errors import ConfigurationError, WarehouseCopyError, WarehouseLockedError
from include.files import make_folder
from include.maintenance.copy import Copied, attach_new, copy_catalog, copy_name, digests
from include.settings import Settings
from include.warehouse import lake
from include.warehouse.connection import open_warehouse
from include.warehouse.transactions import transaction
from include.warehouse.views import quoted

__all__ = ["move_warehouse"]

_VERSIONS = "bronze.schema_versions"


def move_warehouse(source: Settings, target: Settings) -> Copied:
    """Copy the warehouse of ``source`` into the empty one of ``target``; return the tables copied.

    Copies bronze with all versions, loads, rejects and cursors, and also silver, gold and seeds,
    so that the next build is incremental. A lake's snapshots are not copied. Idempotent.

    Raises ConfigurationError when there is no warehouse or the target holds other rows, and
    WarehouseCopyError when a table differs after the copy or a lake was written to meanwhile.
    """
    if _location(source) == _location(target):
        raise ConfigurationError(
            "The target is the warehouse itself",
            record=source.warehouse_path,
            next_step="name another file or another lake.",
        )
    if not (source.warehouse_is_lake or Path(source.warehouse_path).exists()):
        raise ConfigurationError(
            "There is no warehouse to move",
            record=source.warehouse_path,
            next_step="set TECHPULSE_WAREHOUSE_URI or TECHPULSE_DATA_DIR to an existing one.",
        )
    with open_warehouse(source) as connection:
        catalog = connection.execute("select current_catalog()").fetchall()[0][0]
        name = copy_name(catalog, opened_as=target.warehouse_catalog)
        _attach(connection, target, name)
        _drop_empty_tables(connection, name)
        with transaction(connection):
            moved = copy_catalog(connection, catalog, name)
        # Outside the transaction, which would not see loads committed since it began.
        _refuse_a_later_load(connection, catalog, moved.rows)
        connection.execute(f"detach {quoted(name)}")
    return moved


def _location(settings: Settings) -> tuple[str, str]:
    """Return the warehouse's file, or the lake's catalog and schema: unique to a warehouse."""
    if settings.warehouse_is_lake:
        return settings.warehouse_uri, settings.warehouse_meta_schema
    return str(Path(settings.warehouse_path).resolve()), ""


def _attach(connection: duckdb.DuckDBPyConnection, target: Settings, name: str) -> None:
    if target.warehouse_is_lake:
        lake.attach(connection, target, catalog=name)
        return
    path = Path(target.warehouse_path)
    make_folder(path.parent)
    try:
        attach_new(connection, path, name)
    except duckdb.IOException as error:
        raise WarehouseLockedError(
            f"The file cannot be opened to move the warehouse into it: {error}",
            record=path,
            next_step="close it where it is open.",
        ) from error


def _drop_empty_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Drop the tables of a target that was opened once but never loaded."""
    found = digests(connection, catalog)
    if any(digest.rows for name, digest in found.items() if name != _VERSIONS):
        return  # copy_catalog() compares them
    with transaction(connection):
        for name in found:
            connection.execute(f"drop table {quoted(catalog, *name.split('.', 1))}")


def _refuse_a_later_load(
    connection: duckdb.DuckDBPyConnection, catalog: str, rows: dict[str, int]
) -> None:
    query = f"select count(*) from {quoted(catalog)}.bronze.loads"
    if connection.execute(query).fetchall() != [(rows["bronze.loads"],)]:
        raise WarehouseCopyError(
            "A load was committed to the lake during the move",
            record=catalog,
            next_step="pause the DAGs, delete the target, and run the move again.",
        )
