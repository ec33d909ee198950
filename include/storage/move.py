"""Move a warehouse to its other home, from a file to a lake or back, with all of its history.

Every table is copied in one transaction and compared by rows and content: who is killed has moved
nothing, and may begin again. The source is only read; its file stays locked meanwhile, so that no
load is left behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from include.errors import ConfigurationError, WarehouseCopyError, WarehouseLockedError
from include.settings import Settings
from include.storage import lake
from include.storage.transactions import transaction
from include.storage.transfer import copy_tables, copy_views, digests, quoted
from include.storage.warehouse import open_warehouse

__all__ = ["Moved", "move_warehouse"]

_TARGET = "target"
_VERSIONS = "bronze.schema_versions"


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: the rows of each table, and the views that dbt need not make again."""

    rows: dict[str, int]
    views: list[str]


def move_warehouse(source: Settings, target: Settings) -> Moved:
    """Copy the warehouse of ``source`` into the empty one of ``target``.

    Bronze goes with all versions, loads, rejects and cursors; silver, gold and seeds go as well,
    so that the next build is an incremental one. A lake's snapshots stay behind. Repeated, it finds
    everything there and copies nothing.

    Raises ConfigurationError where the target holds other rows, WarehouseCopyError where a table
    differs after it was copied, or a lake was written meanwhile.
    """
    if source.warehouse_path == target.warehouse_path:
        raise ConfigurationError(
            "The warehouse is to be moved to where it is",
            record=source.warehouse_path,
            next_step="name another file or another lake.",
        )
    with open_warehouse(source) as connection:
        catalog = connection.execute("select current_catalog()").fetchall()[0][0]
        _attach(connection, target)
        _drop_what_is_empty(connection)
        schemas = _schemas(connection, catalog)
        rows = copy_tables(connection, catalog, _TARGET, schemas=schemas)
        same_name = catalog == _catalog_of(target)  # a view names the catalog that it reads
        views = copy_views(connection, catalog, _TARGET) if same_name else []
        _refuse_a_later_load(connection, catalog, rows)
        connection.execute(f"detach {_TARGET}")
    return Moved(rows, views)


def _attach(connection: duckdb.DuckDBPyConnection, target: Settings) -> None:
    if target.warehouse_is_lake:
        lake.attach(connection, target, catalog=_TARGET)
        return
    path = Path(target.warehouse_path)
    path.parent.mkdir(parents=True, exist_ok=True)
    literal = str(path).replace("'", "''")
    try:
        connection.execute(f"attach '{literal}' as {_TARGET}")
    except duckdb.IOException as error:
        raise WarehouseLockedError(
            f"The file cannot be opened to move the warehouse into it: {error}",
            record=path,
            next_step="close it where it is open.",
        ) from error


def _catalog_of(settings: Settings) -> str:
    return lake.CATALOG if settings.warehouse_is_lake else Path(settings.warehouse_path).stem


def _drop_what_is_empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Make way for the source's tables, where the target was opened once and never loaded."""
    found = digests(connection, _TARGET)
    if any(digest.rows for name, digest in found.items() if name != _VERSIONS):
        return  # copy_tables compares them
    with transaction(connection):
        for name in found:
            connection.execute(f"drop table {quoted(_TARGET, *name.split('.', 1))}")


def _schemas(connection: duckdb.DuckDBPyConnection, catalog: str) -> set[str]:
    """Return what is copied: everything but a lake's fences, which are its own."""
    names = digests(connection, catalog)
    return {name.split(".", 1)[0] for name in names} - {"fences"}


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
