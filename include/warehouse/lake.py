"""The warehouse of many machines: DuckLake, its catalog in PostgreSQL, its data in a store.

Every worker is a DuckDB of its own; PostgreSQL decides whose commit was first
(https://ducklake.select). Three things differ from a file, and all three are here: how it is
attached, that a writer may lose to another one, and that there is no primary key to stop two
writers of the same new key. That last is what fences are for.
"""

from __future__ import annotations

import random
import re
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb

from include.errors import ConfigurationError, StoreUnavailableError
from include.files import make_folder
from include.settings import LAKE_CATALOG, Settings
from include.warehouse.s3 import Place, credentials_for

__all__ = ["CATALOG", "attach", "connect", "force_conflict"]

CATALOG: Final = LAKE_CATALOG
"""The name that the lake is attached by."""

_EXTENSIONS = ("ducklake", "postgres_scanner")
# Retries of appends, which DuckLake makes by itself; its own 10 lost 4 of 480 commits of 8 writers.
_RETRIES = 100
_TRIES_TO_MAKE = 10


def connect(settings: Settings, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection with the lake as its catalog; raises what :func:`attach` raises."""
    connection = duckdb.connect(":memory:")
    try:
        attach(connection, settings, read_only=read_only)
        connection.execute(f"use {CATALOG}")
    except BaseException:
        connection.close()
        raise
    return connection


def attach(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    catalog: str = CATALOG,
    read_only: bool = False,
) -> None:
    """Attach the lake to a connection, make it where there is none.

    Raises ConfigurationError for settings that make no lake, StoreUnavailableError when its
    catalog cannot be reached.
    """
    options = _options(settings)
    _prepare(connection, settings, catalog)
    _attach(connection, settings, catalog, options + (["read_only"] if read_only else []))
    if not read_only:
        _keep_rows_out_of_the_catalog(connection, catalog)


def force_conflict(connection: duckdb.DuckDBPyConnection, conflict_key: str) -> None:
    """Make this transaction conflict with every other one that raises the same fence.

    DuckLake sees no conflict in two transactions that add the same new key. It does where both
    change a table's comment, and that writes no data: each fence is an empty table.
    """
    table = f"{CATALOG}.fences.{re.sub(r'[^a-z0-9]+', '_', conflict_key.lower())}"
    connection.execute(f"create schema if not exists {CATALOG}.fences")
    connection.execute(f"create table if not exists {table} (nothing boolean)")
    connection.execute(f"comment on table {table} is '{uuid4()}'")


def _options(settings: Settings) -> list[str]:
    if re.search(r"passw(or)?d\s*=|://[^/@\s]*:[^/@\s]+@", settings.warehouse_uri, re.IGNORECASE):
        raise ConfigurationError(
            "The warehouse's URI holds a password: every error would print it.",
            record="TECHPULSE_WAREHOUSE_URI",
            next_step="take it out, and put it in PGPASSWORD or in a pgpass file.",
        )
    if not settings.warehouse_data_path:
        raise ConfigurationError(
            "The lake has no place for its data.",
            record="TECHPULSE_WAREHOUSE_DATA_PATH",
            next_step="set it to a folder that all workers see, or to s3://connection@bucket/path.",
        )
    data = Place.parse(settings.warehouse_data_path).url.rstrip("/") + "/"
    schema = settings.warehouse_meta_schema
    # Said here too, not only in the lake's own options: who attaches a new lake before those are
    # set has not read them, and gave tables a part in the catalog that others did not find.
    inlining = "data_inlining_row_limit 0"
    return [f"data_path {_literal(data)}", f"meta_schema {_literal(schema)}", inlining]


def _prepare(connection: duckdb.DuckDBPyConnection, settings: Settings, catalog: str) -> None:
    """Load what a lake needs into a connection, and give it the keys to the lake's data."""
    data = Place.parse(settings.warehouse_data_path)
    if "://" not in data.url:
        make_folder(Path(data.url))
    connection.execute("set autoinstall_known_extensions = false")
    if settings.duckdb_extension_dir:
        connection.execute("set extension_directory = ?", [settings.duckdb_extension_dir])
    for name in (*_EXTENSIONS, *(["httpfs"] if data.is_s3 else [])):
        _load(connection, name, settings)
    connection.execute(f"set ducklake_max_retry_count = {_RETRIES}")
    if data.is_s3:
        _create_secret(connection, data, catalog)


def _load(connection: duckdb.DuckDBPyConnection, name: str, settings: Settings) -> None:
    wheel = find_spec(f"duckdb_extension_{name}")
    file = name
    if not settings.duckdb_extension_dir and wheel and wheel.origin:
        folder = Path(wheel.origin).parent / "extensions" / f"v{duckdb.__version__}"
        file = str(folder / f"{name}.duckdb_extension")
    try:
        connection.load_extension(file)
    except duckdb.Error as error:
        raise ConfigurationError(
            f"DuckDB's extension {name} cannot be loaded: {error}",
            record=file,
            next_step="install requirements-cluster.txt, whose wheels fit this DuckDB, or point "
            "TECHPULSE_DUCKDB_EXTENSION_DIR to where they were installed.",
        ) from error


def _create_secret(connection: duckdb.DuckDBPyConnection, place: Place, catalog: str) -> None:
    keys = {"scope": place.url, **credentials_for(place).for_duckdb()}
    options = ", ".join(f"{name} {_literal(value)}" for name, value in keys.items())
    try:
        connection.execute(f"create or replace secret data_of_{catalog} (type s3, {options})")
    except duckdb.Error:
        # Neither the statement nor what DuckDB says of it: both may show the keys.
        raise ConfigurationError(
            "The keys to the lake's data are not understood.",
            record=place.conn_id or "AWS_* in the environment",
            next_step="check login, password and the extra endpoint_url and region_name.",
        ) from None


def _attach(
    connection: duckdb.DuckDBPyConnection, settings: Settings, catalog: str, options: list[str]
) -> None:
    statement = f"{_literal(settings.warehouse_uri)} as {catalog} ({', '.join(options)})"
    for left in reversed(range(_TRIES_TO_MAKE)):
        try:
            connection.execute(f"attach {statement}")
            return
        except duckdb.Error as error:
            # Another process makes the same new lake: the next try finds it made.
            if not (left and "already exists" in str(error)):
                raise _unreachable(settings, error) from error
        time.sleep(random.uniform(0.1, 0.5))  # noqa: S311


def _unreachable(settings: Settings, error: duckdb.Error) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"The lake cannot be attached: {error}",
        record=settings.warehouse_uri,
        next_step="see whether PostgreSQL is up, PGPASSWORD is set, and the schema "
        f"{settings.warehouse_meta_schema} exists in it.",
    )


def _keep_rows_out_of_the_catalog(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Have others, too, write rows to files: kept in the catalog, time travel showed wrong data."""
    row = connection.execute(
        f"select count(*) from ducklake_options('{catalog}') "
        "where option_name = 'data_inlining_row_limit' and value = '0'"
    ).fetchone()
    if row == (0,):
        connection.execute(f"call {catalog}.set_option('data_inlining_row_limit', 0)")


def _literal(value: str | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "'" + value.replace("'", "''") + "'"
