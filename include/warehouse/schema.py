"""The bronze tables and the migrations between their versions.

Portable SQL: no primary key, check, index, sequence or enum, since DuckLake has none; no column is
added with a constraint, since DuckDB adds none so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import duckdb

from include.errors import ConfigurationError
from include.warehouse.transactions import transaction

__all__ = [
    "FIRST_VERSION",
    "MIGRATIONS",
    "SCHEMA_VERSION",
    "migrate",
    "require_known",
    "version_of",
]

FIRST_VERSION: Final = 4
"""Version of the first release's tables; those before it were never released."""

_FIRST_TABLES = """
create table bronze.raw_hn_items (
    load_id uuid not null,
    ingested_at timestamptz not null,
    item_id bigint not null,
    thread_id bigint not null,
    month date not null,
    payload json not null,
    payload_hash varchar not null
);

create table bronze.raw_job_postings (
    load_id uuid not null,
    ingested_at timestamptz not null,
    source varchar not null,
    posting_id varchar not null,
    payload json not null,
    payload_hash varchar not null
);

create table bronze.loads (
    load_id uuid not null,
    source varchar not null,
    partition varchar not null,
    run_id varchar not null,
    started_at timestamptz not null,
    committed_at timestamptz not null,
    expected bigint not null,
    fetched bigint not null,
    inserted bigint not null,
    unchanged bigint not null,
    tombstones bigint not null,
    rejected bigint not null,
    missing bigint not null,
    updated bigint default 0,
    filtered bigint default 0,
    files varchar[]
);

create table bronze.rejects (
    source varchar not null,
    record_key varchar not null,
    reason_code varchar not null,
    message varchar not null,
    payload varchar,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    load_id uuid not null,
    state varchar not null,
    partition varchar,
    context json,
    tried_version varchar,
    closed_at timestamptz,
    closed_by uuid,
    note varchar
);

create table bronze.cursors (
    load_id uuid not null,
    committed_at timestamptz not null,
    source varchar not null,
    query_key varchar not null,
    position json not null
);
"""

_COMPANY_BOARDS = """
alter table bronze.raw_job_postings add column board varchar;

create table bronze.company_boards (
    changed_at timestamptz not null,
    source varchar not null,
    board varchar not null,
    state varchar not null,
    company varchar,
    company_from varchar,
    reason varchar not null,
    evidence varchar,
    moved_to varchar,
    load_id uuid
);

create table bronze.board_readings (
    load_id uuid not null,
    ingested_at timestamptz not null,
    source varchar not null,
    board varchar not null,
    day date not null,
    read_at timestamptz not null,
    outcome varchar not null,
    http_status integer,
    message varchar,
    shown bigint not null,
    shown_digest varchar,
    shown_ids varchar[],
    records bigint not null,
    inserted bigint not null,
    updated bigint not null,
    unchanged bigint not null,
    rejected bigint not null,
    filtered bigint not null,
    company varchar,
    home integer,
    etag varchar
);
"""

# A table of its own: whoever looks for work is in no row that a posting is counted from.
_SEEKERS = """
create table bronze.raw_hn_seekers (
    load_id uuid not null,
    ingested_at timestamptz not null,
    item_id bigint not null,
    kind varchar not null,
    thread_id bigint not null,
    month date not null,
    payload json not null,
    payload_hash varchar not null
);
"""

MIGRATIONS: Mapping[int, str] = MappingProxyType(
    {FIRST_VERSION: _FIRST_TABLES, 5: _COMPANY_BOARDS, 6: _SEEKERS}
)
"""The SQL that makes a warehouse of version n of one of version n - 1, in one transaction.

Those that are here never change: append one. The first one makes a new warehouse.
"""

SCHEMA_VERSION: Final = max(MIGRATIONS)
"""Version of the warehouse that this code reads and writes."""


def version_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the version of the bronze tables; 0 where there is none yet.

    Raises ConfigurationError for a warehouse that was made before versions were kept.
    """
    # One query: another process may make a lake's tables between two.
    tables = connection.execute(
        "select table_name from duckdb_tables() "
        "where database_name = current_catalog() and schema_name = 'bronze'"
    ).fetchall()
    if not tables:
        return 0
    version = None
    if ("schema_versions",) in tables:
        query = "select max(version) from bronze.schema_versions"
        version = connection.execute(query).fetchall()[0][0]
    if version is None:
        raise _unreleased("no schema version")
    return int(version)


def require_known(version: int, newest: int = SCHEMA_VERSION) -> None:
    """Raise ConfigurationError for a warehouse of a newer TechPulse, or of an unreleased one."""
    if version > newest:
        raise ConfigurationError(
            f"The warehouse has schema version {version}, this code knows {newest}.",
            record="bronze.schema_versions",
            next_step="upgrade TechPulse here to the version that wrote it.",
        )
    if 0 < version < FIRST_VERSION:
        raise _unreleased(f"schema version {version}")


def _unreleased(found: str) -> ConfigurationError:
    return ConfigurationError(
        f"The warehouse has {found}: it was made before TechPulse 1.0.0.",
        record="bronze.schema_versions",
        next_step="delete it and backfill (docs/backfill.md), or open it once with the commit that "
        "CHANGELOG.md names under 1.0.0, which migrates it. Nothing was changed.",
    )


def migrate(
    connection: duckdb.DuckDBPyConnection,
    migrations: Mapping[int, str] = MIGRATIONS,
    *,
    first: Callable[[], None] = lambda: None,
) -> None:
    """Bring bronze to the newest version, a transaction each; ``first`` begins each of them.

    Raises ConfigurationError for a warehouse whose version this code does not know.
    """
    while version_of(connection) != max(migrations):
        with transaction(connection):
            first()
            _apply_next(connection, migrations)


def _apply_next(connection: duckdb.DuckDBPyConnection, migrations: Mapping[int, str]) -> None:
    version = version_of(connection)  # another process may have been first
    require_known(version, max(migrations))
    target = version + 1 if version else FIRST_VERSION
    if target in migrations:
        connection.execute("create schema if not exists bronze")
        connection.execute(
            "create table if not exists bronze.schema_versions "
            "(version integer not null, migrated_at timestamptz not null)"
        )
        connection.execute(migrations[target])
        connection.execute("insert into bronze.schema_versions values (?, now())", [target])
