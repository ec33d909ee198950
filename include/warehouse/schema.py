"""The bronze tables and the migrations between their versions.

Portable SQL: no primary key, check, index, sequence or enum, since DuckLake has none; no column is
added with a constraint, since DuckDB adds none so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb

from include.errors import ConfigurationError
from include.warehouse.rekey import rekey_postings
from include.warehouse.transactions import transaction

__all__ = ["MIGRATIONS", "SCHEMA_VERSION", "Migration", "migrate", "require_known", "version_of"]

_FIRST_TABLES = """
create schema if not exists bronze;

create table if not exists bronze.raw_hn_items (
    load_id uuid not null,
    ingested_at timestamptz not null,
    item_id bigint not null,
    thread_id bigint not null,
    month date not null,
    payload json not null,
    payload_hash varchar not null
);

create table if not exists bronze.raw_job_postings (
    load_id uuid not null,
    ingested_at timestamptz not null,
    source varchar not null,
    posting_id varchar not null,
    payload json not null,
    payload_hash varchar not null
);

create table if not exists bronze.loads (
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
    missing bigint not null
);

create table if not exists bronze.rejects (
    source varchar not null,
    record_key varchar not null,
    reason_code varchar not null,
    message varchar not null,
    payload varchar,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    load_id uuid not null,
    state varchar not null
);
"""

_BOARDS_ARE_READ_ON = """
create table if not exists bronze.cursors (
    load_id uuid not null,
    committed_at timestamptz not null,
    source varchar not null,
    query_key varchar not null,
    position json not null
);

alter table bronze.loads add column if not exists updated bigint default 0;
alter table bronze.loads add column if not exists filtered bigint default 0;
"""

_REJECTS_ARE_REPLAYED = """
alter table bronze.rejects add column if not exists partition varchar;
alter table bronze.rejects add column if not exists context json;
alter table bronze.rejects add column if not exists tried_version varchar;
alter table bronze.rejects add column if not exists closed_at timestamptz;
alter table bronze.rejects add column if not exists closed_by uuid;
alter table bronze.rejects add column if not exists note varchar;
alter table bronze.loads add column if not exists files varchar[];

update bronze.rejects set partition = loads.partition
from bronze.loads
where loads.load_id = rejects.load_id;

update bronze.rejects set context = threads.context
from (
    select
        strftime(month, '%Y-%m') as partition,
        json_object('thread_id', arg_max(thread_id, ingested_at)) as context
    from bronze.raw_hn_items
    group by month
) as threads
where rejects.source = 'hacker_news' and rejects.partition = threads.partition;
"""

Migration = str | Callable[[duckdb.DuckDBPyConnection], None]
"""SQL, or what SQL cannot say."""

MIGRATIONS: Sequence[Migration] = (
    _FIRST_TABLES,
    _BOARDS_ARE_READ_ON,
    _REJECTS_ARE_REPLAYED,
    rekey_postings,
)
"""The n-th makes a warehouse of version n out of one of version n - 1, in one transaction.

Those that are here never change: append one; after a change of what an id is made of that is
``rekey_postings`` once more. A warehouse from before versions were kept runs all.
"""

SCHEMA_VERSION = len(MIGRATIONS)
"""Version of the warehouse that this code reads and writes."""


def version_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the version of the bronze tables; 0 where none was ever kept."""
    try:
        row = connection.execute("select max(version) from bronze.schema_versions").fetchone()
    except duckdb.CatalogException:
        return 0
    return int(row[0] or 0) if row else 0


def require_known(version: int, newest: int = SCHEMA_VERSION) -> None:
    """Raise ConfigurationError for a warehouse that a newer TechPulse has migrated."""
    if version > newest:
        raise ConfigurationError(
            f"The warehouse has schema version {version}, this code knows {newest}.",
            record="bronze.schema_versions",
            next_step="upgrade TechPulse here to the version that wrote it.",
        )


def migrate(
    connection: duckdb.DuckDBPyConnection,
    migrations: Sequence[Migration] | None = None,
    *,
    first: Callable[[], None] = lambda: None,
) -> None:
    """Bring bronze to the newest version, a transaction each; ``first`` begins each of them.

    Raises ConfigurationError for a warehouse that is newer than this code.
    """
    migrations = MIGRATIONS if migrations is None else migrations
    while version_of(connection) != len(migrations):
        with transaction(connection):
            first()
            _apply_next(connection, migrations)


def _apply_next(connection: duckdb.DuckDBPyConnection, migrations: Sequence[Migration]) -> None:
    connection.execute("create schema if not exists bronze")
    connection.execute(
        "create table if not exists bronze.schema_versions "
        "(version integer not null, migrated_at timestamptz not null)"
    )
    version = version_of(connection)  # another process may have been first
    require_known(version, len(migrations))
    for migration in migrations[version : version + 1]:
        if callable(migration):
            migration(connection)
        else:
            connection.execute(migration)
        connection.execute("insert into bronze.schema_versions values (?, now())", [version + 1])
