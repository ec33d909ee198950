"""The quarantine: records that could not be parsed, with reason and state.

A row of ``bronze.rejects`` is one bad record with one reason, from when it was first seen to when
it was last seen. It is *open* until a load stores the record (*replayed*) or a human closes it
(*dismissed*).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import duckdb

from include.errors import ConfigurationError
from include.sources.record import ID_FIELDS, NAMED
from include.warehouse.bronze import BronzeTable

__all__ = [
    "Reject",
    "Selection",
    "State",
    "close_rejects",
    "close_superseded",
    "dismiss",
    "find_reject",
    "keep_rejects",
    "list_rejects",
    "mark_attempted",
    "superseded",
]

_ID_CHARACTERS = 10  # 40 bits: 100,000 rejects have a collision in one of 200 installations
_SHORTEST_PREFIX = 4
# Computed, not stored: the key columns are the identity. chr(31) separates fields and is in none.
_ID = (
    "left(md5(concat_ws(chr(31), rejects.source, rejects.record_key, rejects.reason_code)), "
    f"{_ID_CHARACTERS})"
)
_COLUMNS = (
    "source", "partition", "record_key", "reason_code", "message", "context", "first_seen_at",
    "last_seen_at", "load_id", "state", "tried_version", "closed_at", "closed_by", "note",
)  # fmt: skip


class State(StrEnum):
    """The state of a bad record."""

    OPEN = "open"
    REPLAYED = "replayed"  # the load ``closed_by`` stored it
    DISMISSED = "dismissed"  # a human closed it; it stays closed when it is seen again


@dataclass(frozen=True, slots=True)
class Reject:
    """A record in quarantine.

    ``reject_id`` is a digest of source, record key and reason, so it is the same each time the
    record is seen. ``partition`` and ``context`` (the load's thread, query and clock) determine the
    target of a replay; ``tried_version`` is the version of the code that last tried to parse it.
    """

    reject_id: str
    source: str
    partition: str | None
    record_key: str
    reason_code: str
    message: str
    context: dict[str, Any]
    first_seen_at: dt.datetime
    last_seen_at: dt.datetime
    load_id: UUID
    state: State
    tried_version: str | None
    closed_at: dt.datetime | None
    closed_by: UUID | None
    note: str | None
    payload: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """A filter of rejects: None and empty mean all; ``not_attempted_by`` is a code version."""

    source: str | None = None
    reason: str | None = None
    state: State | None = None
    ids: Collection[str] = ()
    not_attempted_by: str | None = None


def list_rejects(
    connection: duckdb.DuckDBPyConnection,
    selection: Selection,
    *,
    limit: int | None = None,
    with_payload: bool = False,
) -> list[Reject]:
    """Return the selected rejects, last seen first; payloads, of up to megabytes, on request."""
    where, values = _where(selection)
    # The key breaks ties: one load sees many rejects at the same time, and a page must be stable.
    payload = "payload" if with_payload else "null"
    rows = connection.execute(
        f"select {_ID}, {', '.join(_COLUMNS)}, {payload} from bronze.rejects where {where} "
        f"order by last_seen_at desc, source, record_key, reason_code {_limit(limit)}",
        values,
    ).fetchall()
    return [_reject(row) for row in rows]


def find_reject(connection: duckdb.DuckDBPyConnection, reject_id: str) -> Reject:
    """Return the newest reject whose id starts with ``reject_id``, with its payload.

    Raises ConfigurationError when no id or more than one does.
    """
    where = f"starts_with({_ID}, lower(?))"
    found = connection.execute(
        f"select distinct {_ID} from bronze.rejects where {where} limit 4", [reject_id]
    ).fetchall()
    if len(found) != 1 or len(reject_id) < _SHORTEST_PREFIX:
        raise ConfigurationError(
            "No reject has an id with this prefix"
            if not found
            else "The id is too short to identify one reject",
            record=reject_id,
            next_step="python -m include.cli rejects list --state all shows the ids.",
        )
    newest = list_rejects(connection, Selection(ids=(found[0][0],)), limit=1, with_payload=True)
    return newest[0]


def dismiss(connection: duckdb.DuckDBPyConnection, ids: Collection[str], note: str) -> int:
    """Close open rejects for good, in the caller's transaction; return how many."""
    return _count(
        connection,
        f"update bronze.rejects set state = '{State.DISMISSED}', closed_at = now(), note = ? "
        f"where state = '{State.OPEN}' and list_contains(?::varchar[], {_ID})",
        [note, list(ids)],
    )


def mark_attempted(
    connection: duckdb.DuckDBPyConnection, ids: Collection[str], version: str, seen: Collection[str]
) -> None:
    """Record that this code failed to parse these; ``seen`` are those fetched from the source."""
    connection.execute(
        f"update bronze.rejects set tried_version = ?, "
        f"last_seen_at = if(list_contains(?::varchar[], {_ID}), now(), last_seen_at) "
        f"where state = '{State.OPEN}' and list_contains(?::varchar[], {_ID})",
        [version, list(seen), list(ids)],
    )


def superseded(
    connection: duckdb.DuckDBPyConnection, target: BronzeTable, since: Mapping[str, dt.datetime]
) -> dict[str, UUID]:
    """Return the record keys with a version loaded since the given time, and its load's id."""
    # Two lists unnested side by side: DuckDB pairs them, as a table of keys and times.
    scope = " and ".join(f"{column} = ?" for column in target.scope)
    rows = connection.execute(
        f"""
        select asked.key, arg_max(stored.load_id, stored.ingested_at)
        from {target.name} as stored
        inner join (select unnest(?::varchar[]) as key, unnest(?::timestamptz[]) as since) as asked
            on stored.{target.key_column}::varchar = asked.key
        where {scope} and stored.ingested_at >= asked.since
        group by asked.key
        """,
        [[*since], [*since.values()], *(target.constants[column] for column in target.scope)],
    ).fetchall()
    return dict(rows)


def close_superseded(connection: duckdb.DuckDBPyConnection, loads: Mapping[str, UUID]) -> None:
    """Close open rejects, by id, whose records these loads have stored."""
    for reject_id, load_id in loads.items():
        connection.execute(
            f"update bronze.rejects set state = '{State.REPLAYED}', closed_at = now(), "
            f"closed_by = ? where state = '{State.OPEN}' and {_ID} = ?",
            [load_id, reject_id],
        )


def keep_rejects(
    connection: duckdb.DuckDBPyConnection,
    target: BronzeTable,
    load_id: UUID,
    seen_at: dt.datetime,
) -> None:
    """Store the bad records of the table ``staged``; update those known, without reopening them."""
    # A replayed record that turns bad again is not "known": it gets a new row and is open.
    known = f"state in ('{State.OPEN}', '{State.DISMISSED}')"
    # A company's record is read again as its board's.
    context = """if(
        staged.board is null, $context::json,
        json_merge_patch($context::json, json_object('board', staged.board))
    )"""
    sight = {
        "source": target.source,
        "seen_at": seen_at,
        "load_id": load_id,
        "partition": target.partition,
        "context": json.dumps(target.context),
    }
    # Update before insert: afterwards it would rewrite the new rows, too.
    connection.execute(
        f"""
        update bronze.rejects
        set last_seen_at = $seen_at, load_id = $load_id::uuid, partition = $partition,
            context = {context}, message = staged.message, payload = staged.payload
        from staged
        where staged.is_bad and rejects.source = $source and rejects.{known}
            and rejects.record_key = staged.key and rejects.reason_code = staged.reason
        """,
        sight,
    )
    connection.execute(
        f"""
        insert into bronze.rejects by name
        select
            $source as source,
            key as record_key,
            reason as reason_code,
            coalesce(message, 'the payload is not valid JSON') as message,
            payload,
            $seen_at as first_seen_at,
            $seen_at as last_seen_at,
            $load_id::uuid as load_id,
            '{State.OPEN}' as state,
            $partition as partition,
            {context} as context
        from staged
        where is_bad and not exists (
            from bronze.rejects as known
            where known.source = $source and known.{known}
                and known.record_key = staged.key and known.reason_code = staged.reason
        )
        """,
        sight,
    )


def close_rejects(
    connection: duckdb.DuckDBPyConnection,
    target: BronzeTable,
    load_id: UUID,
    closed_at: dt.datetime,
    replayed: Mapping[str, str],
) -> None:
    """Close the open rejects whose records are valid in the table ``staged``.

    A board's unparsable record is keyed by its own id, a valid one by its posting's, one with
    another record's link by both; all of them can be derived from the payload. ``replayed`` maps
    ids of rejects that a replay closes to notes, which may be "".
    """
    # Counted first: the subquery parses each payload of the load, and most loads have no reject.
    is_open = f"rejects.source = ? and rejects.state = '{State.OPEN}'"
    count = f"select count(*) from bronze.rejects where {is_open}"
    if not _count(connection, count, [target.source]):
        return
    close = f"update bronze.rejects set state = '{State.REPLAYED}', closed_at = ?, closed_by = ?"
    note = f"list_extract(?::varchar[], list_position(?::varchar[], {_ID}))"
    names = ", ".join(f"'{field}:' || (payload ->> '$.{field}')" for field in ID_FIELDS)
    connection.execute(
        f"""
        {close}
        where {is_open} and record_key in (
            select unnest([key, key || '{NAMED}' || name, {names}])
            from staged
            where is_good and payload is not null
        )
        """,
        [closed_at, load_id, target.source],
    )
    connection.execute(
        f"{close}, note = nullif({note}, '') "
        f"where {is_open} and list_contains(?::varchar[], {_ID})",
        [closed_at, load_id, [*replayed.values()], [*replayed], target.source, [*replayed]],
    )


def _where(selection: Selection) -> tuple[str, list[object]]:
    clauses: list[str] = ["true"]
    values: list[object] = []
    for clause, value in (
        ("source = ?", selection.source),
        ("reason_code = ?", selection.reason),
        ("state = ?", str(selection.state) if selection.state else None),
        (f"list_contains(?::varchar[], {_ID})", list(selection.ids) or None),
        ("tried_version is distinct from ?", selection.not_attempted_by),
    ):
        if value is not None:
            clauses.append(clause)
            values.append(value)
    return " and ".join(clauses), values


def _limit(limit: int | None) -> str:
    return "" if limit is None else f"limit {int(limit)}"


def _reject(row: Sequence[Any]) -> Reject:
    values = dict(zip(("reject_id", *_COLUMNS, "payload"), row, strict=True))
    values["context"] = json.loads(values["context"] or "{}")
    return Reject(**{**values, "state": State(values["state"])})


def _count(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object]) -> int:
    row = connection.execute(sql, list(values)).fetchone()
    return int(row[0]) if row else 0
