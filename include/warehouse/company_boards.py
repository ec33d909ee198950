"""The directory of companies' boards, and what each reading of a board has shown.

``bronze.company_boards`` is append-only: a row a change of a board's state, the newest counts.
``bronze.board_readings`` has a row a board and reading, written with the load of its records.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import duckdb

from include.sources.company_boards import BoardReading, DueBoard, Outcome
from include.sources.record import Status

__all__ = [
    "DAYS_ABSENT",
    "BoardRow",
    "LastReading",
    "State",
    "add_rows",
    "due_boards",
    "known_hashes",
    "last_readings",
    "read_directory",
    "write_readings",
]

DAYS_ABSENT: Final = 3
"""A board is gone when it answers 404 on so many days, and nothing else between."""
_DAYS_SILENT: Final = 14
_DAYS_APART: Final = 7
"""A board that has shown nothing on so many days in a row is read once in so many days."""

_NOTHING = f"('{Outcome.ABSENT}', '{Outcome.FAILED}', '{Outcome.REFUSED}')"
_ANSWERED = f"outcome not in {_NOTHING}"
_READING = dict.fromkeys(BoardReading.__annotations__, "VARCHAR") | {
    "read_at": "TIMESTAMPTZ", "http_status": "INTEGER", "home": "INTEGER",
}  # fmt: skip
_CHANGE = dict.fromkeys(
    ("source", "board", "state", "company", "company_from", "reason", "evidence", "moved_to"),
    "VARCHAR",
)


class State(StrEnum):
    """The state of a board in the directory."""

    CANDIDATE = "candidate"  # linked to or added, not read yet
    ACTIVE = "active"  # shows jobs
    SILENT = "silent"  # answers, without a job
    MOVED = "moved"  # gone, and the company links to another board
    GONE = "gone"  # answered 404 on three days
    REFUSED = "refused"  # a demonstration, another company's, or removed by the operator


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A board's state with its evidence.

    ``company_from`` says who gave the name: operator, record or posting. ``reason`` says why the
    board is in this state; ``evidence`` is the link or the posting that shows it.
    """

    source: str
    board: str
    state: State
    reason: str
    company: str | None = None
    company_from: str | None = None
    evidence: str | None = None
    moved_to: str | None = None
    changed_at: dt.datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Equal for all spellings of one board."""
        return self.source, self.board.lower()

    @property
    def name(self) -> str:
        """The board as it is named to people: ``greenhouse://acme``."""
        return f"{self.source}://{self.board}"


@dataclass(frozen=True, slots=True)
class LastReading:
    """What the readings of a board say: the newest one, and how long it has been absent."""

    outcome: Outcome
    read_at: dt.datetime
    answered_at: dt.datetime | None
    days_absent: int
    shown: int
    company: str | None


def read_directory(
    connection: duckdb.DuckDBPyConnection, systems: Sequence[str] | None = None
) -> list[BoardRow]:
    """Return every board's newest row, by system and name."""
    columns = ", ".join(field.name for field in fields(BoardRow))
    rows = connection.execute(
        f"""
        select {columns} from bronze.company_boards
        where ? is null or list_contains(?::varchar[], source)
        qualify row_number() over (
            partition by source, lower(board) order by changed_at desc
        ) = 1
        order by source, board
        """,
        [systems, systems or []],
    ).fetchall()
    return [_row(row) for row in rows]


def _row(values: Sequence[Any]) -> BoardRow:
    named = dict(zip((field.name for field in fields(BoardRow)), values, strict=True))
    return BoardRow(**{**named, "state": State(named["state"])})


def add_rows(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[BoardRow], load_id: UUID | None = None
) -> None:
    """Append changes of boards, in the caller's transaction, later than all earlier ones."""
    values = [{name: getattr(row, name) for name in _CHANGE} for row in rows]
    if not values:
        return
    # One statement: a first run adds thousands, and row by row they take a second each 400.
    connection.execute(
        f"""
        insert into bronze.company_boards by name
        select
            unnest(from_json(?::json, '{json.dumps([_CHANGE])}'), recursive := true),
            ?::uuid as load_id,
            (
                select greatest(now(), max(changed_at) + interval 1 microsecond)
                from bronze.company_boards
            ) as changed_at
        """,
        [json.dumps(values), load_id],
    )


def last_readings(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, LastReading]:
    """Return each board's newest reading, by the board's name in lower case."""
    rows = connection.execute(
        f"""
        with answered as (
            select lower(board) as board, max(read_at) as answered_at
            from bronze.board_readings
            where source = $source and {_ANSWERED}
            group by all
        )

        select
            lower(readings.board),
            arg_max(outcome, read_at),
            max(read_at),
            any_value(answered_at),
            count(distinct day) filter (
                outcome = '{Outcome.ABSENT}' and read_at > coalesce(answered_at, '-infinity')
            ),
            arg_max(shown, read_at),
            arg_max(company, read_at) filter (company is not null)
        from bronze.board_readings as readings
        left join answered on lower(readings.board) = answered.board
        where source = $source
        group by all
        """,
        {"source": source},
    ).fetchall()
    return {row[0]: LastReading(Outcome(row[1]), *row[2:]) for row in rows}


def due_boards(
    connection: duckdb.DuckDBPyConnection, source: str, day: dt.date
) -> dict[str, DueBoard]:
    """Return the boards of a system that were not read on this day, by name in lower case.

    A reading that failed does not count: a later run of the day tries again. A board that has been
    without a job for weeks is read once a week.
    """
    known = [
        row
        for row in read_directory(connection, [source])
        if row.state in (State.CANDIDATE, State.ACTIVE, State.SILENT)
    ]
    rows = connection.execute(
        f"""
        with dated as (
            select
                *,
                max(day) filter (shown > 0) over (partition by lower(board)) as shown_on
            from bronze.board_readings
            where source = $source
        )

        select
            lower(board),
            arg_max(home, read_at),
            arg_max(etag, read_at) filter ({_ANSWERED}),
            bool_or(day = $day and outcome <> '{Outcome.FAILED}') or (
                -- no job on each of these days, and read within the week
                count(distinct day) filter (
                    outcome = '{Outcome.EMPTY}' and day > coalesce(shown_on, '-infinity')
                ) >= {_DAYS_SILENT}
                and max(day) filter (outcome = '{Outcome.EMPTY}') > $day - {_DAYS_APART}
            )
        from dated
        group by all
        """,
        {"source": source, "day": day},
    ).fetchall()
    read = {board: (home, etag) for board, home, etag, _ in rows}
    done = {board for board, _, _, is_done in rows if is_done}
    due = {}
    for row in known:
        if (name := row.board.lower()) not in done:
            home, etag = read.get(name, (0, None))
            due[name] = DueBoard(board=row.board, home=home or 0, etag=etag, company=_expected(row))
    return due


def known_hashes(
    connection: duckdb.DuckDBPyConnection, source: str, characters: int
) -> dict[str, list[str]]:
    """Return the begins of the hashes of each board's stored jobs, by its name in lower case."""
    rows = connection.execute(
        """
        select lower(board), list(hash)
        from (
            select board, arg_max(payload_hash, ingested_at)[:?] as hash
            from bronze.raw_job_postings
            where source = ?
            group by board, posting_id
        )
        group by all
        """,
        [characters, source],
    ).fetchall()
    return dict(rows)


def _expected(row: BoardRow) -> str | None:
    return row.company if row.company_from == "posting" else None


def write_readings(
    source: str,
    day: dt.date,
    readings: Sequence[BoardReading],
    states: Callable[[duckdb.DuckDBPyConnection], Iterable[BoardRow]],
) -> Callable[[duckdb.DuckDBPyConnection, UUID, dt.datetime], None]:
    """Return what a load does besides: write its boards' readings, then the changes of ``states``.

    The ids that a board has shown are stored once for each set of ids: a later reading of the same
    set has its digest alone.
    """

    def write(
        connection: duckdb.DuckDBPyConnection, load_id: UUID, ingested_at: dt.datetime
    ) -> None:
        connection.execute(
            f"""
            insert into bronze.board_readings by name
            with given as (
                select unnest(from_json(?::json, '{json.dumps([_READING])}'), recursive := true)
            ),

            counted as (
                select
                    board,
                    count(*) as records,
                    count(*) filter (is_new) as inserted,
                    count(*) filter (is_update) as updated,
                    count(*) filter (is_good and not is_new) as unchanged,
                    count(*) filter (status = '{Status.REJECTED}') as rejected,
                    count(*) filter (status = '{Status.FILTERED}') as filtered,
                    -- a record without an id is shown, but cannot be followed
                    list(key order by key) filter (
                        status <> '{Status.FILTERED}' and not starts_with(key, 'nameless:')
                    ) as ids,
                    count(*) filter (status <> '{Status.FILTERED}') as shown
                from staged
                group by all
            ),

            -- an unchanged board shows what it showed with this entity tag
            earlier as (
                select board, etag, arg_max(shown, read_at) as shown,
                    arg_max(shown_digest, read_at) as shown_digest
                from bronze.board_readings
                where source = ? and shown_digest is not null
                group by all
            ),

            known as (
                select distinct board, shown_digest
                from bronze.board_readings
                where source = ? and shown_ids is not null
            ),

            read as (
                select
                    given.*,
                    if(
                        given.outcome = '{Outcome.UNCHANGED}',
                        earlier.shown, coalesce(counted.shown, 0)
                    ) as shown,
                    case
                        when given.outcome = '{Outcome.UNCHANGED}' then earlier.shown_digest
                        when given.outcome not in {_NOTHING}
                            then md5(array_to_string(coalesce(counted.ids, []), ' '))
                    end as shown_digest,
                    coalesce(counted.ids, []) as ids,
                    coalesce(counted.records, 0) as records,
                    coalesce(counted.inserted, 0) as inserted,
                    coalesce(counted.updated, 0) as updated,
                    coalesce(counted.unchanged, 0) as unchanged,
                    coalesce(counted.rejected, 0) as rejected,
                    coalesce(counted.filtered, 0) as filtered
                from given
                left join counted on given.board = counted.board
                left join earlier
                    on given.board = earlier.board
                    and given.etag = earlier.etag
                    and given.outcome = '{Outcome.UNCHANGED}'
            )

            select
                ?::uuid as load_id,
                ?::timestamptz as ingested_at,
                ? as source,
                ?::date as day,
                read.* exclude (ids, shown) replace (nullif(message, '') as message),
                coalesce(read.shown, 0) as shown,
                if(
                    read.shown_digest is null or known.board is not null
                    or read.outcome = '{Outcome.UNCHANGED}',
                    null, read.ids
                ) as shown_ids
            from read
            left join known
                on read.board = known.board and read.shown_digest = known.shown_digest
            """,
            [json.dumps(readings), source, source, load_id, ingested_at, source, day],
        )
        add_rows(connection, states(connection), load_id)

    return write
