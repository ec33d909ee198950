"""Move a warehouse to its other home, from a file to a lake or back, with all of its history.

Every table is copied in one transaction and compared by rows and content: who is killed has moved
nothing, and may begin again. The source is only read; its file stays locked meanwhile, so that no
load is left behind.
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
    """Copy the warehouse of ``source`` into the empty one of ``target``; return what was copied.

    Bronze goes with all versions, loads, rejects and cursors; silver, gold and seeds go as well,
    so that the next build is an incremental one; views name the target's catalog there. A lake's
    snapshots stay behind. Repeated, it finds everything there and copies nothing.

    Raises ConfigurationError where there is none or the target holds other rows,
    WarehouseCopyError where a table differs after it was copied, or a lake was written meanwhile.
    """
    if _home(source) == _home(target):
        raise ConfigurationError(
            "The warehouse is to be moved to where it is",
            record=source.warehouse_path,
            next_step="name another file or another lake.",
        )
    if not (source.warehouse_is_lake or Path(source.warehouse_path).exists()):
        raise ConfigurationError(
            "There is no warehouse to move",
            record=source.warehouse_path,
            next_step="let TECHPULSE_WAREHOUSE_URI, or TECHPULSE_DATA_DIR, name the one that is.",
        )
    with open_warehouse(source) as connection:
        catalog = connection.execute("select current_catalog()").fetchall()[0][0]
        name = copy_name(catalog, opened_as=target.warehouse_catalog)
        _attach(connection, target, name)
        _drop_what_is_empty(connection, name)
        with transaction(connection):
            moved = copy_catalog(connection, catalog, name)
        _refuse_a_later_load(connection, catalog, moved.rows)
        connection.execute(f"detach {quoted(name)}")
    return moved


def _home(settings: Settings) -> tuple[str, str]:
    """Return what no two warehouses have in common."""
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


def _drop_what_is_empty(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Make way for the source's tables, where the target was opened once and never loaded."""
    found = digests(connection, catalog)
    if any(digest.rows for name, digest in found.items() if name != _VERSIONS):
        return  # copying compares them
    with transaction(connection):
        for name in found:
            connection.execute(f"drop table {quoted(catalog, *name.split('.', 1))}")


def _refuse_a_later_load(
    connection: duckdb.DuckDBPyConnection, catalog: str, rows: dict[str, int]
) -> None:
    query = f"select count(*) from {quoted(catalog)}.bronze.loads"
    if connection.execute(query).fetchall() != [(rows["bronze.loads"],)]:
        raise WarehouseCopyError(
            "The lake was loaded while it was moved",
            record=catalog,
            next_step="pause the DAGs, delete the target, and move it again.",
        )
