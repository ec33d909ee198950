"""silver.job_spans equals a ledger in plain Python, over many random histories in one query."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from sample.gold.models import model_sql

from .spans_ledger import Reading, spans_of

WORLDS = 300
START = dt.datetime(2026, 1, 1, 6, tzinfo=dt.UTC)
OUTCOMES = ("whole", "unchanged", "empty", "short", "absent", "failed", "refused")
OFTEN = (50, 12, 8, 10, 4, 10, 2)


class World:
    """A company with one or two boards, whose postings come and go on days near and far."""

    def __init__(self, number: int) -> None:
        self.rng = random.Random(number)
        self.name = f"w{number:03}"
        self.boards = [f"{self.name}-{b}" for b in range(self.rng.choice((1, 1, 2)))]
        self.keys: dict[str, str] = {}
        self.readings = sorted(
            (r for board in self.boards for r in self._board(board)), key=lambda r: r.read_at
        )

    def _board(self, board: str) -> Iterator[Reading]:
        postings = [f"{board}-{n}" for n in range(self.rng.randint(1, 5))]
        for posting in postings:
            key = self.rng.choice(("cook", "baker", "miller", None))
            if key:
                self.keys[posting] = f"{self.name}|{key}"
        at = START + dt.timedelta(seconds=self.rng.randrange(3600))
        shown: set[str] = set()
        for _ in range(self.rng.randint(1, 25)):
            # Days without a reading, and several readings on one day.
            step = dt.timedelta(days=self.rng.choice((1, 1, 1, 1, 2, 25, 60)))
            at += self.rng.choice((step, step, dt.timedelta(hours=self.rng.randrange(1, 9))))
            outcome = self.rng.choices(OUTCOMES, OFTEN)[0]
            if outcome in ("whole", "short"):
                shown ^= {p for p in postings if self.rng.random() < 0.3}
            ids = shown if outcome in ("whole", "unchanged", "short") else set()
            nameless = int(bool(ids) and self.rng.random() < 0.1)
            if outcome == "whole" and not ids:
                outcome = "empty"
            yield Reading(board, at, outcome, frozenset(ids), nameless)


def rows(worlds: list[World]) -> list[tuple[object, ...]]:
    """Return the bronze rows: loaded late and out of order, a set's ids with its first load."""
    stored: set[tuple[str, str]] = set()
    found: list[tuple[object, ...]] = []
    for world in worlds:
        late = world.rng.sample(world.readings, len(world.readings))
        for number, r in enumerate(late):
            digest = " ".join(sorted(r.ids)) if r.outcome not in OUTCOMES[4:] else None
            is_new = digest is not None and (r.board, digest) not in stored
            if is_new:
                stored.add((r.board, str(digest)))
            found.append((f"{world.name} {number}", "lever", r.board, r.outcome, digest,
                          sorted(r.ids) if is_new else None, len(r.ids) + r.nameless,
                          r.read_at, START + dt.timedelta(days=number)))  # fmt: skip
    return found


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set timezone = 'UTC'; set threads = 1")
        opened.execute(
            "create table stg_boards__readings (load_id varchar, source varchar, board varchar, "
            "outcome varchar, shown_digest varchar, shown_ids varchar[], shown bigint, "
            "read_at timestamptz, ingested_at timestamptz);"
            "create table posting_keys (posting_id varchar, company_key varchar, "
            "job_key varchar, place_key varchar, date_posted timestamptz)"
        )
        yield opened


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, values: list[tuple[object, ...]]
) -> None:
    columns = [pa.array(column) for column in zip(*values, strict=True)]
    given = pa.table(columns, names=[f"c{n}" for n in range(len(columns))])
    connection.register("given", given)
    connection.execute(f"insert into {table} select * from given")


def test_spans_are_those_of_the_ledger_whatever_the_order_of_the_days(connection):
    worlds = [World(number) for number in range(WORLDS)]
    insert(connection, "stg_boards__readings", rows(worlds))
    keys = [item for world in worlds for item in world.keys.items()]
    insert(connection, "posting_keys", [(p, "c", k, "anywhere", None) for p, k in keys])
    found = connection.execute(
        "select job_id, span, posting_ids, absent_at, opened_at, last_seen_at, closed_at, reopened,"
        f" entered_late, is_open from ({model_sql('job_spans')}) order by job_id, span"
    ).fetchall()
    expected = [span for world in worlds for span in spans_of(world.readings, world.keys)]
    assert [row[:8] for row in found] == sorted(expected, key=lambda span: span[:2])
    assert all(row[8] == (row[3] is None) and row[9] == (row[6] is None) for row in found)
    # The histories have what the rules are about.
    assert sum(row[7] for row in found) > 50
    assert sum(len(row[2]) > 1 for row in found) > 50
    assert len({row[0] for row in found if row[6] is None}) > 50
