"""The temporary table ``staged`` of a load: one row per key, compared with its stored version."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from include.errors import ReconciliationError
from include.sources.record import ID_FIELDS, NAMED, Reason, Status
from include.warehouse.bronze import BronzeTable

__all__ = ["check_expected", "stage_table"]

_NAMES = ", ".join(f"payload ->> '$.{field}'" for field in ID_FIELDS)


def stage_table(
    connection: duckdb.DuckDBPyConnection, target: BronzeTable, paths: list[str]
) -> None:
    """Create the temporary table ``staged``: one row per key, compared with its stored version."""
    scope = " and ".join(f"{column} = ?" for column in target.scope)
    connection.execute(
        f"""
        create or replace temp table staged as
        with read as (
            -- columns are given, not inferred: a file of tombstones alone has only nulls
            from read_json(
                ?,
                format = 'newline_delimited',
                maximum_object_size = {1 << 28},
                columns = {{
                    key: 'varchar', status: 'varchar', payload: 'varchar',
                    payload_hash: 'varchar', reason: 'varchar', message: 'varchar',
                    board: 'varchar'
                }}
            )
        ),

        checked as (
            select
                key,
                payload,
                payload_hash,
                message,
                board,
                if(unreadable, 'rejected', status) as status,
                if(unreadable, '{Reason.INVALID_JSON}', reason) as reason,
                case
                    when status = '{Status.FETCHED}' and not unreadable then coalesce({_NAMES}, '')
                end as name,
            from (
                select *, status = '{Status.FETCHED}' and not json_valid(payload) as unreadable
                from read
            )
        ),

        -- two records with the same link but different ids are two jobs: the link belongs to the
        -- older one, which is the smaller id (by length first, since ids are text)
        holders as (
            select key, arg_min(name, (length(name), name)) as holder
            from checked
            where name is not null
            group by key
            having min(name) <> max(name)
        ),

        apart as (
            select
                checked.* replace (
                    if(is_other, key || '{NAMED}' || name, key) as key,
                    if(is_other, '{Status.REJECTED}', status) as status,
                    if(is_other, '{Reason.SAME_LINK}', reason) as reason,
                    if(is_other, 'has the link of the record ' || holder, message) as message
                )
            from (
                select checked.*, holder, coalesce(name <> holder, false) as is_other
                from checked
                left join holders using (key)
            ) as checked
        ),

        -- a record delivered twice counts once: a valid one wins over a filtered one, both over a
        -- bad one; the hash makes the choice between two valid ones the same in every attempt
        one_a_key as (
            select * from apart
            qualify row_number() over (
                partition by key
                order by
                    status in ('{Status.MISSING}', '{Status.REJECTED}'),
                    status = '{Status.FILTERED}',
                    payload_hash
            ) = 1
        ),

        -- arg_max: the latest version only, since a record that changed back is a new version
        stored as (
            select {target.key_column} as key, arg_max(payload_hash, ingested_at) as payload_hash
            from {target.name}
            where {scope}
            group by all
        )

        select
            one_a_key.*,
            try_cast(one_a_key.key as {target.key_type}) as typed_key,
            one_a_key.status in ('{Status.FETCHED}', '{Status.TOMBSTONE}') as is_good,
            one_a_key.status in ('{Status.MISSING}', '{Status.REJECTED}') as is_bad,
            is_good and one_a_key.payload_hash is distinct from stored.payload_hash as is_new,
            is_new and stored.key is not null as is_update
        from one_a_key
        left join stored on try_cast(one_a_key.key as {target.key_type}) = stored.key
        """,
        [paths, *(target.constants[column] for column in target.scope)],
    )


def check_expected(
    connection: duckdb.DuckDBPyConnection, target: BronzeTable, expected_keys: Sequence[str]
) -> None:
    """Raise ReconciliationError unless every expected key is in ``staged``, in any status."""
    rows = connection.execute(
        """
        select count(*), list(key order by key)[:5]
        from (select unnest(?::varchar[]) as key)
        where key not in (select key from staged)
        """,
        [list(expected_keys)],
    ).fetchall()
    lost, examples = rows[0]
    if lost:
        raise ReconciliationError(
            f"{lost} requested records are in no staged file, such as {examples}",
            record=f"{target.source} {target.partition}",
            next_step="clear the fetch tasks of this run; nothing was committed.",
        )
