"""A warehouse for several machines: DuckLake, with its catalog in PostgreSQL and data in a store.

Every worker runs its own DuckDB; PostgreSQL decides whose commit comes first
(https://ducklake.select). A lake differs from a file in three ways, all handled here: how it is
attached, that commits may conflict, and that no primary key stops two writers from inserting the
same key. Fences (:func:`force_conflict`) replace the primary key.
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
from include.warehouse.s3 import Location, credentials_for

__all__ = ["CATALOG", "attach", "connect", "force_conflict"]

CATALOG: Final = LAKE_CATALOG
"""Catalog name of the attached lake."""

_EXTENSIONS = ("ducklake", "postgres_scanner")
# DuckLake's own retries of appends. With its default of 10, 4 of 480 commits of 8 writers failed.
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
    """Attach the lake to a connection; create it if it does not exist and may be written.

    Raises ConfigurationError for incomplete or unsafe settings, StoreUnavailableError when the
    catalog cannot be reached.
    """
    options = _options(settings)
    _prepare(connection, settings, catalog)
    _attach(connection, settings, catalog, options + (["read_only"] if read_only else []))
    if not read_only:
        _keep_rows_out_of_the_catalog(connection, catalog)


def force_conflict(connection: duckdb.DuckDBPyConnection, conflict_key: str) -> None:
    """Make this transaction conflict with every concurrent one of the same ``conflict_key``.

    DuckLake detects no conflict between two transactions that insert the same new key, but does
    when both change a table's comment, which writes no data. So each key has an empty table.
    """
    # The comment is a new UUID: an unchanged one might not count as a change.
    table = f"{CATALOG}.fences.{re.sub(r'[^a-z0-9]+', '_', conflict_key.lower())}"
    connection.execute(f"create schema if not exists {CATALOG}.fences")
    connection.execute(f"create table if not exists {table} (nothing boolean)")
    connection.execute(f"comment on table {table} is '{uuid4()}'")


def _options(settings: Settings) -> list[str]:
    # Both spellings: ``password=`` of a key-value string, ``user:password@`` of a URL.
    if re.search(r"passw(or)?d\s*=|://[^/@\s]*:[^/@\s]+@", settings.warehouse_uri, re.IGNORECASE):
        raise ConfigurationError(
            "The warehouse's URI contains a password: every error would print it.",
            record="TECHPULSE_WAREHOUSE_URI",
            next_step="move it to PGPASSWORD or to a pgpass file.",
        )
    if not settings.warehouse_data_path:
        raise ConfigurationError(
            "The lake has no data path.",
            record="TECHPULSE_WAREHOUSE_DATA_PATH",
            next_step="set it to a folder that all workers share, or s3://connection@bucket/path.",
        )
    data = Location.parse(settings.warehouse_data_path).url.rstrip("/") + "/"
    schema = settings.warehouse_meta_schema
    # Set here as well as in the lake's own options: a process that attached a new lake before those
    # were set did not see them, and wrote rows into the catalog that others did not find.
    inlining = "data_inlining_row_limit 0"
    return [f"data_path {_literal(data)}", f"meta_schema {_literal(schema)}", inlining]


def _prepare(connection: duckdb.DuckDBPyConnection, settings: Settings, catalog: str) -> None:
    """Load the extensions that a lake needs and create the secret for its data."""
    data = Location.parse(settings.warehouse_data_path)
    if "://" not in data.url:
        make_folder(Path(data.url))
    # Before any load: DuckDB would otherwise download an extension that it misses.
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
            "TECHPULSE_DUCKDB_EXTENSION_DIR to their folder.",
        ) from error


def _create_secret(connection: duckdb.DuckDBPyConnection, location: Location, catalog: str) -> None:
    keys = {"scope": location.url, **credentials_for(location).for_duckdb()}
    options = ", ".join(f"{name} {_literal(value)}" for name, value in keys.items())
    try:
        connection.execute(f"create or replace secret data_of_{catalog} (type s3, {options})")
    except duckdb.Error:
        # Quote neither the statement nor DuckDB's message: both may contain the keys.
        raise ConfigurationError(
            "DuckDB does not accept the credentials for the lake's data.",
            record=location.conn_id or "AWS_* in the environment",
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
            # Another process is creating the same new lake: the next attempt finds it complete.
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
    """Make all clients write rows to files: with rows in the catalog, time travel was wrong."""
    # Read first: setting the option is a commit, and would add a snapshot at each connection.
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
