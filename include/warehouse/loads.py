"""Load staged files into bronze: payloads, rejects and the ledger row in one transaction.

Loads are idempotent. A payload equal to its record's latest stored version inserts nothing, so a
month can be loaded again at any time, and changes are stored as new versions. The load's id is
derived from its run, the content of its files and what it writes besides: repeating a load returns
its ledger row. A source that is read incrementally commits its new cursor in the same transaction.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast
from uuid import UUID, uuid5

import duckdb

from include.errors import ReconciliationError
from include.settings import Settings, get_settings
from include.sources.record import Reason, Status
from include.staging.files import Manifest, checked_files, staged_name
from include.warehouse.bronze import (
    BronzeTable,
    company_postings,
    hn_items,
    hn_seekers,
    job_postings,
)
from include.warehouse.connection import commit
from include.warehouse.ledger import Ledger
from include.warehouse.quarantine import close_rejects, keep_rejects
from include.warehouse.staged_table import check_expected, stage_table

__all__ = [
    "Also",
    "BronzeTable",
    "Cursor",
    "Ledger",
    "company_postings",
    "hn_items",
    "hn_seekers",
    "job_postings",
    "load",
]

Also = Callable[[duckdb.DuckDBPyConnection, UUID, dt.datetime], None]
"""Called with the connection, the load's id and its ``ingested_at``."""

_NAMESPACE = UUID("6f1d2a3c-6a57-5c0e-9a0d-7b2f6b1c9d10")


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source was read for a query; ``position`` is small JSON that the source defines."""

    query_key: str
    position: dict[str, Any]


def load(
    target: BronzeTable,
    manifests: Sequence[Manifest],
    *,
    run_id: str,
    started_at: dt.datetime,
    expected_keys: Sequence[str] = (),
    cursor: Cursor | None = None,
    replayed: Mapping[str, str] | None = None,
    also: Also | None = None,
    also_id: str = "",
    settings: Settings | None = None,
) -> Ledger:
    """Commit a run's staged files to bronze in one transaction and return the ledger row.

    ``expected_keys`` are keys that must be among the records, in any status; ``cursor`` is where
    the next run continues; ``replayed`` maps ids of rejects that this load closes to notes. Open
    rejects whose records are valid now are closed in any case. ``also`` writes more rows in the
    same transaction, from the temporary table ``staged``; ``also_id`` identifies these rows, since
    a run that is cleared may have other rows for the same files.

    Raises StagedFileError, ReconciliationError (nothing is committed) and WarehouseLockedError.
    """
    settings = settings or get_settings()
    # By digest: the same file delivered twice counts once.
    files = {manifest["sha256"]: manifest for manifest in manifests}
    parts = (target.source, target.partition, run_id, *sorted(files), also_id)
    load_id = uuid5(_NAMESPACE, "/".join(filter(None, parts)))
    staged = [manifest["path"] for manifest in manifests]

    def work(connection: duckdb.DuckDBPyConnection) -> Ledger:
        # Inside the transaction: a task killed between commit and XCom finds its ledger row here.
        if done := _ledger_of(connection, load_id):
            # The first of two that load the same files may not know yet where the reading ends.
            if cursor and not _has_cursor(connection, load_id):
                ingested_at = _load_timestamp(connection, target)
                _write_cursor(connection, target, load_id, cursor, ingested_at)
            return done
        stage_table(connection, target, paths)
        check_expected(connection, target, expected_keys)
        ingested_at = _load_timestamp(connection, target)
        ledger = _insert(connection, target, load_id, ingested_at)
        # After the insert, which it counts: raising rolls the insert back.
        ledger.check(settings, same_link=_count_same_link(connection))
        keep_rejects(connection, target, load_id, ingested_at)
        close_rejects(connection, target, load_id, ingested_at, replayed or {})
        _write_ledger(connection, ledger, run_id, started_at, ingested_at, staged)
        if cursor:
            _write_cursor(connection, target, load_id, cursor, ingested_at)
        if also:
            also(connection, load_id, ingested_at)
        return ledger

    with checked_files(list(files.values())) as paths:
        return commit(work, conflict_key=target.conflict_key, settings=settings)


def _ledger_of(connection: duckdb.DuckDBPyConnection, load_id: UUID) -> Ledger | None:
    columns = ", ".join(Ledger.__dataclass_fields__)
    row = connection.execute(
        f"select {columns} from bronze.loads where load_id = ?", [load_id]
    ).fetchone()
    return Ledger(str(row[0]), *row[1:]) if row else None


def _has_cursor(connection: duckdb.DuckDBPyConnection, load_id: UUID) -> bool:
    query = "select count(*) from bronze.cursors where load_id = ?"
    return bool(_one_row(connection, query, [load_id])[0])


def _load_timestamp(connection: duckdb.DuckDBPyConnection, target: BronzeTable) -> dt.datetime:
    """Return the load's timestamp: now, but later than every earlier load of its scope.

    Silver reads what is later than its high-water mark, so a load with an earlier timestamp, from a
    clock that was set back, would never be read.
    """
    scope = " and ".join(f"{column} = ?" for column in target.scope)
    (ingested_at,) = _one_row(
        connection,
        f"""
        -- one microsecond is the resolution of a timestamp; greatest() ignores the null of no load
        select greatest(now(), max(ingested_at) + interval 1 microsecond)
        from (
            -- ledger and cursors, too: a load without a new version leaves no row in the table
            select max(ingested_at) as ingested_at from {target.name} where {scope}
            union all
            select max(committed_at) from bronze.loads where source = ? and partition = ?
            union all
            select max(committed_at) from bronze.cursors where source = ?
        )
        """,
        [
            *(target.constants[column] for column in target.scope),
            target.source,
            target.partition,
            target.source,
        ],
    )
    return cast(dt.datetime, ingested_at)


def _insert(
    connection: duckdb.DuckDBPyConnection,
    target: BronzeTable,
    load_id: UUID,
    ingested_at: dt.datetime,
) -> Ledger:
    """Insert the new versions and count the records by outcome."""
    # Ordered by key: DuckDB's min-max indexes then skip most row groups when one key is read.
    inserted = _one_row(
        connection,
        f"""
        insert into {target.name} by name
        select
            ?::uuid as load_id,
            ?::timestamptz as ingested_at,
            typed_key as {target.key_column},
            {"".join(f"? as {name}, " for name in target.constants)}
            {"".join(f"{name}, " for name in target.row_columns)}
            payload::json as payload,
            payload_hash
        from staged
        where is_new
        order by typed_key
        """,
        [load_id, ingested_at, *target.constants.values()],
    )
    expected, fetched, unchanged, tombstones, rejected, missing, updated, filtered = _one_row(
        connection,
        f"""
        select
            count(*) filter (status <> '{Status.FILTERED}'),
            count(*) filter (status not in ('{Status.MISSING}', '{Status.FILTERED}')),
            count(*) filter (is_good and not is_new),
            count(*) filter (status = '{Status.TOMBSTONE}'),
            count(*) filter (status = '{Status.REJECTED}'),
            count(*) filter (status = '{Status.MISSING}'),
            count(*) filter (is_update),
            count(*) filter (status = '{Status.FILTERED}')
        from staged
        """,
    )
    return Ledger(
        load_id=str(load_id),
        source=target.source,
        partition=target.partition,
        expected=expected,
        fetched=fetched,
        inserted=inserted[0],
        unchanged=unchanged,
        tombstones=tombstones,
        rejected=rejected,
        missing=missing,
        updated=updated,
        filtered=filtered,
    )


def _count_same_link(connection: duckdb.DuckDBPyConnection) -> int:
    query = f"select count(*) from staged where reason = '{Reason.SAME_LINK}'"
    return int(_one_row(connection, query)[0])


def _one_row(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()
) -> tuple[Any, ...]:
    row = connection.execute(sql, list(values)).fetchone()
    if row is None:
        raise ReconciliationError("A count came back empty", record=sql)
    return tuple(row)


def _write_ledger(
    connection: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    run_id: str,
    started_at: dt.datetime,
    committed_at: dt.datetime,
    paths: Sequence[str],
) -> None:
    row = {
        **asdict(ledger),
        "run_id": run_id,
        "started_at": started_at,
        "committed_at": committed_at,
        "files": sorted({staged_name(path) for path in paths}),
    }
    connection.execute(
        f"insert into bronze.loads ({', '.join(row)}) values ({', '.join('?' for _ in row)})",
        list(row.values()),
    )


def _write_cursor(
    connection: duckdb.DuckDBPyConnection,
    target: BronzeTable,
    load_id: UUID,
    cursor: Cursor,
    committed_at: dt.datetime,
) -> None:
    position = json.dumps(cursor.position)
    connection.execute(
        "insert into bronze.cursors values (?::uuid, ?, ?, ?, ?)",
        [load_id, committed_at, target.source, cursor.query_key, position],
    )
