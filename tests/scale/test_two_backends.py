"""One history, two homes: the file and the lake hold the same, row for row, from bronze to serving.

Left out of the comparison are the times at which things happened here, and the ids made of runs.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import sqlalchemy as sa

from bench.history import load_items, load_month
from include.postings.model import posting_id
from include.serving.publish import publish
from include.settings import Settings
from include.sources.links import canonical_url
from include.sources.normalise import posting_url
from include.sources.record import Record
from include.sources.registry import board
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import Cursor, job_postings, load
from sample.boards import BOARDS
from sample.world import World
from tests.builds import dbt

# Four dbt builds, on a machine that may be busy.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MONTHS = ("2026-03", "2026-04", "2026-05")
OF_THE_RUN = {
    "load_id", "run_id", "ingested_at", "retrieved_at", "started_at", "committed_at",
    "first_seen_at", "last_seen_at", "closed_at", "closed_by", "migrated_at", "published_at",
    "content_version", "row_hash", "files", "compared_at", "event_at",
    "seen_at",
}  # fmt: skip
NOT_COMPARED = (
    "published_buckets",  # sums over what is left out here
    "text_index",  # kept, as the lexemes, under the numbers of texts: the order of the inserts
    "text_lexemes",
)

Rows = dict[str, list[tuple[Any, ...]]]


def load_board(settings: Settings, world: World, source: str, run_id: str, shown: int) -> None:
    records = []
    for listing in world.listings(source)[:shown]:
        record = world.record(listing)
        key = posting_id(source, canonical_url(posting_url(source, board(source).parse(record))))
        records.append(Record.fetched(key, record, json.dumps(record)))
    records.append(Record.rejected(f"{source}-bad", "malformed_json", "no JSON", "<html>"))
    records.append(Record.missing(f"{source}-gone", "http_401", "refused"))
    manifest = stage(
        records, settings.staging_dir, source=source, partition="day", run=run_id, name="all"
    )
    load(
        job_postings(source, "day"),
        [manifest],
        run_id=run_id,
        started_at=dt.datetime.now(dt.UTC),
        cursor=Cursor("q", {"shown": shown}),
        settings=settings,
    )


OF_VARS = {"first_month": f"{MONTHS[0]}-01"}


def build(settings: Settings) -> dict[str, str]:
    """Build all but the months since 2011 that have no job."""
    return dbt(settings, "build", "--exclude-resource-type", "unit_test", **OF_VARS)


def live_through(settings: Settings) -> None:
    """Load, build, and all again after edits, deletions, late comments and new records."""
    world = World(seed=5, first_month=MONTHS[0], last_month=MONTHS[-1], comments=40)
    for month in MONTHS:
        load_month(world, month, settings)
    for source in BOARDS:
        load_board(settings, world, source, "first", 12)
    statuses = build(settings)
    assert set(statuses.values()) <= {"success", "pass", "warn"}, statuses
    edited, deleted, killed, nulled, answered, *_ = (
        block.root for block in world.blocks("2026-05") if world.item(block.root)
    )
    world.add_reply(answered, "We answer everybody.")
    world.add_comment("2026-05", "Late | Platform Engineer | REMOTE (EU) | Go, Kafka")
    world.edit_comment(edited, "Acme Rockets | Compiler Engineer | ONSITE Lyon | OCaml only")
    world.delete_comment(deleted)
    world.kill_comment(killed)
    world.make_null(nulled)
    for month in MONTHS[1:]:
        load_month(world, month, settings)
    load_items("2026-05", 1, [(7, None)], settings)
    for source in BOARDS:
        load_board(settings, world, source, "second", 15)
    dbt(settings, "run", **OF_VARS)
    with open_warehouse(settings) as warehouse:
        publish(warehouse, settings.serving_database_url)


def warehouse_rows(settings: Settings) -> Rows:
    with open_warehouse(settings) as warehouse:
        names = warehouse.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_catalog = 'warehouse' and table_schema <> 'fences' "
            "order by all"
        ).fetchall()
        return {name: _rows(warehouse, name) for (name,) in names}


def _rows(warehouse: Any, name: str) -> list[tuple[Any, ...]]:
    result = warehouse.execute(f"select * from {name}")
    kept = [n for n, column in enumerate(result.description) if column[0] not in OF_THE_RUN]
    return sorted((tuple(row[n] for n in kept) for row in result.fetchall()), key=repr)


def serving_rows(settings: Settings) -> Rows:
    # The texts' numbers, and the positions by number, which text_sets has under no lexeme.
    left_out = {*OF_THE_RUN, "number", ""}
    engine = sa.create_engine(settings.serving_database_url)
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted(
                (
                    tuple(value for name, value in row._mapping.items() if name not in left_out)
                    for row in connection.execute(sa.select(table))
                    if row[0] not in left_out
                ),
                key=repr,
            )
            for table in tables.sorted_tables
            if not table.name.startswith(NOT_COMPARED)
        }


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(data_dir=tmp_path_factory.mktemp("embedded"))
    live_through(settings)
    return settings


@pytest.fixture(scope="module")
def lake(module_lake: Settings) -> Settings:
    live_through(module_lake)
    return module_lake


def test_every_table_of_the_warehouse_is_the_same(embedded: Settings, lake: Settings) -> None:
    file, other = warehouse_rows(embedded), warehouse_rows(lake)
    assert file.keys() == other.keys()
    assert file["silver.postings"]
    for name, rows in file.items():
        assert other[name] == rows, name


def test_every_table_of_the_serving_store_is_the_same(embedded: Settings, lake: Settings) -> None:
    file, other = serving_rows(embedded), serving_rows(lake)
    assert file.keys() == other.keys()
    assert file["postings"]
    for name, rows in file.items():
        assert other[name] == rows, name
