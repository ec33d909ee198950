"""Late and changing data: what each change in bronze does to silver and gold, end to end.

The stages are built once, in this order, whatever order the tests run in: `first`, all of it;
`later`, after every kind of change; `reread`, after new rules; `refreshed`, made anew.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import signal
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bench.history import load_items, load_month
from include.postings.model import posting_id
from include.serving import schema
from include.serving.engine import reading_engine
from include.serving.publish import publish
from include.settings import Settings
from include.silver import postings as classify
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load
from sample.world import World

from .conftest import Tables, dbt

MONTHS = ("2026-03", "2026-04", "2026-05")
REAL_THREAD = 46_857_488  # of February 2026, in the seed of expected counts
FALSE_START = 48_000_000
LATE = "Latecomer | Platform Engineer | REMOTE (EU) | Go, Kafka | https://latecomer.example"
"""A posting as they are written; the world's own texts are as well."""


Contents = dict[str, list[tuple[Any, ...]]]


@dataclass
class Stage:
    """The tables after a dbt build, what became of each node, and the serving store.

    ``store`` has been published to after each build, ``fresh`` only now.
    """

    tables: Tables
    statuses: dict[str, str]
    store: Contents
    fresh: Contents


def stage_of(settings: Settings, statuses: dict[str, str]) -> Stage:
    fresh = f"sqlite:///{settings.data_dir / f'{uuid4()}.sqlite'}"
    stores = [published(settings, url) for url in (settings.serving_database_url, fresh)]
    return Stage(Tables(settings), statuses, *stores)


def published(settings: Settings, url: str) -> Contents:
    with open_warehouse(settings) as warehouse:
        publish(warehouse, url)
    # A text's number in the index depends on the order in which texts were published.
    columns = {
        t.name: [c for c in t.c if c is not schema.POSTING_TEXTS.c.number]
        for t in schema.metadata.sorted_tables
        if t.name != "store_meta"
    }
    engine = reading_engine(url)
    try:
        with engine.connect() as connection:
            return {
                name: sorted(map(tuple, connection.execute(sa.select(*shown))))
                for name, shown in columns.items()
            }
    finally:
        engine.dispose()


@dataclass
class Changes:
    """The items that were changed between the first build and the second."""

    edited: int
    deleted: int
    killed: int
    nulled: int
    replied_to: int
    late: int
    reply: int
    orphan: int


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=5, first_month=MONTHS[0], last_month=MONTHS[-1], comments=50, false_starts={})


def story(thread_id: int, comments: int) -> dict[int, dict[str, Any]]:
    """A thread with comments that are all jobs."""
    keys = range(thread_id + 1, thread_id + 1 + comments)
    kids = {
        key: {"id": key, "type": "comment", "parent": thread_id, "by": "x", "time": 1_770_048_000,
              "text": f"Firm {key} | Backend Engineer | Onsite, Berlin | Python"}
        for key in keys
    }  # fmt: skip
    head = {"id": thread_id, "type": "story", "by": "whoishiring", "kids": list(keys),
            "time": 1_770_048_000, "title": "Ask HN: Who is hiring?"}  # fmt: skip
    return {thread_id: head, **kids}


def load_board(settings: Settings, records: list[dict[str, Any]]) -> None:
    """Load what the board shows now."""
    shown = [
        Record.fetched(posting_id("remotive", record["url"]), record, json.dumps(record))
        for record in records
    ]
    now, run_id = dt.datetime.now(dt.UTC), f"manual__{uuid4()}"
    manifest = stage(
        shown, settings.staging_dir, source="remotive", partition="day", run=run_id, name="all"
    )
    target = job_postings("remotive", "day")
    load(target, [manifest], run_id=run_id, started_at=now, settings=settings)


@pytest.fixture(scope="module")
def board(world: World) -> list[dict[str, Any]]:
    """Two records of a board as they are shown at first."""
    shown = map(world.record, world.listings("remotive"))
    return [record for record in shown if "?" not in record["url"]][:2]  # no tracking


@pytest.fixture(scope="module")
def first(data: Settings, world: World, board: list[dict[str, Any]]) -> Stage:
    for month in MONTHS:
        load_month(world, month, data)
    load_items("2026-02", REAL_THREAD, list(story(REAL_THREAD, 3).items()), data)
    # A thread that looked right when it was read, and was replaced later.
    load_items("2026-06", FALSE_START, list(story(FALSE_START, 4).items()), data)
    # Null before anything else was known of it.
    load_items("2026-02", REAL_THREAD, [(REAL_THREAD + 90, None)], data)
    load_board(data, board)
    statuses = dbt(data, "build", "--write-json")
    return stage_of(data, statuses)


def change(world: World, first: Tables) -> Changes:
    """Change the world in every way; return which items it was."""
    alive = [
        block.root
        for block in world.blocks("2026-05")
        if first.posting(block.root) and not (world.item(block.root) or {}).get("kids")
    ]
    edited, deleted, killed, nulled, replied_to, *_ = alive
    orphan = world.add_reply(replied_to, LATE)
    reply = world.add_reply(edited, LATE)
    late = world.add_comment("2026-05", LATE)
    world.edit_comment(edited, "Acme Rockets | Compiler Engineer | ONSITE Lyon | OCaml only")
    world.delete_comment(deleted)
    world.kill_comment(killed)
    world.make_null(nulled)
    world.delete_comment(replied_to)
    return Changes(edited, deleted, killed, nulled, replied_to, late, reply, orphan)


@pytest.fixture(scope="module")
def changes(world: World, first: Stage) -> Changes:
    return change(world, first.tables)


@pytest.fixture(scope="module")
def later(data: Settings, world: World, changes: Changes, board: list[dict[str, Any]]) -> Stage:
    assert world.item(changes.nulled) is None
    again = load_month(world, "2026-04", data)
    assert (again.inserted, again.unchanged) == (0, again.expected)
    load_month(world, "2026-05", data)
    replacement = story(FALSE_START + 500, 6)
    superseded = {FALSE_START: story(FALSE_START, 4)[FALSE_START]}
    load_items("2026-06", FALSE_START + 500, list({**replacement, **superseded}.items()), data)
    load_board(data, [{**board[0], "title": "Site Reliability Engineer"}])
    statuses = dbt(data, "build", "--exclude-resource-type", "unit_test")
    return stage_of(data, statuses)


@pytest.fixture(scope="module")
def killed(data: Settings, later: Stage) -> Tables:
    """The tables after dbt was killed while it rewrote the postings."""
    genuine, left = classify.read_texts, iter(range(4))

    def read_texts(batch: Any) -> Any:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return genuine(batch)

    def build() -> None:
        classify.read_texts = read_texts
        classify.BATCH_ROWS = 10
        dbt(data, "run", "--select", "postings", "--full-refresh")

    process = multiprocessing.get_context("fork").Process(target=build)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    return Tables(data)


@pytest.fixture(scope="module")
def reread(data: Settings, killed: Tables) -> Stage:
    """After the same, with rules of a newer version, and nothing new in bronze."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classify, "classifier_version", lambda: "newer")
        statuses = dbt(data, "run")
    return stage_of(data, statuses)


@pytest.fixture(scope="module")
def refreshed(data: Settings, reread: Stage) -> Stage:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classify, "classifier_version", lambda: "newer")
        statuses = dbt(data, "run", "--full-refresh")
    return stage_of(data, statuses)


def bad(statuses: dict[str, str]) -> dict[str, str]:
    return {name: word for name, word in statuses.items() if word not in ("success", "pass")}


def test_a_month_of_fewer_postings_than_others_counted_is_a_warning(first: Stage) -> None:
    (name, status), *others = bad(first.statuses).items()
    assert name.startswith("row_counts_as_expected_hn_threads")
    assert (status, others) == ("warn", [])


def test_unit_tests_of_the_arithmetic_run_in_a_build_by_hand(first: Stage) -> None:
    assert first.statuses["growth_is_null_where_the_earlier_share_is_zero_or_missing"] == "pass"
    assert first.statuses["lift_compares_with_chance"] == "pass"


def test_every_column_that_is_built_is_written_down(data: Settings, first: Stage) -> None:
    manifest = json.loads((data.data_dir / "target" / "manifest.json").read_text())
    written = {
        f"{node['schema']}.{node['name']}": set(node["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    with open_warehouse(data) as warehouse:
        built = warehouse.execute(
            "select table_schema || '.' || table_name, list(column_name) "
            "from information_schema.columns "
            "where table_schema in ('staging', 'silver', 'gold') group by all"
        ).fetchall()
    assert {name: set(columns) for name, columns in built} == written


def test_incremental_tables_have_the_columns_and_types_of_their_yaml(
    data: Settings, later: Stage
) -> None:
    """Where they have not, each build makes the whole table again.

    Every type is written: an upgrade that changes one, of a list's members too, would stop the
    build of older tables if the YAML did not say it.
    """
    manifest = json.loads((data.data_dir / "target" / "manifest.json").read_text())
    incremental = [
        node
        for node in manifest["nodes"].values()
        if node["config"]["materialized"] == "incremental"
    ]
    assert len(incremental) >= 7
    with open_warehouse(data) as warehouse:
        for node in incremental:
            rows = warehouse.execute(f"describe {node['schema']}.{node['name']}").fetchall()
            built = {name: kind.lower() for name, kind, *_ in rows}
            written = {
                name: str(column["data_type"]).lower() for name, column in node["columns"].items()
            }
            assert built == written, node["name"]


def test_every_data_test_holds_after_the_changes(later: Stage) -> None:
    assert set(bad(later.statuses).values()) <= {"warn"}


def test_edited_posting_is_read_anew_and_keeps_its_id(
    first: Stage, later: Stage, changes: Changes
) -> None:
    before, after = first.tables.posting(changes.edited), later.tables.posting(changes.edited)
    assert before
    assert after
    assert after["posting_id"] == before["posting_id"]
    assert (after["company"], after["remote"]) == ("Acme Rockets", "onsite")
    skills = skills_of(later.tables, after["posting_id"])
    assert skills == {"ocaml"} != skills_of(first.tables, before["posting_id"])


def test_edit_is_in_the_history_of_the_posting(later: Stage, changes: Changes) -> None:
    after = later.tables.posting(changes.edited)
    assert after is not None
    history = later.tables["gold.posting_history"]
    events = [row for row in history if row["posting_id"] == after["posting_id"]]
    first, edit = sorted(events, key=lambda row: int(row["position"]))
    assert (first["kind"], edit["kind"], edit["fields"]) == ("read", "edited", ["text"])
    assert first["event_at"] < edit["event_at"]
    assert edit["text"] == after["description_raw"] != first["text"]


def skills_of(tables: Tables, posting_id: str) -> set[str]:
    rows = tables["gold.fct_posting_skills"]
    return {row["skill"] for row in rows if row["posting_id"] == posting_id}


@pytest.mark.parametrize("fate", ["deleted", "killed", "nulled", "replied_to"])
def test_posting_that_is_gone_upstream_leaves_gold_and_stays_in_silver(
    fate: str, first: Stage, later: Stage, changes: Changes
) -> None:
    item_id = getattr(changes, fate)
    before = first.tables.posting(item_id)
    assert before
    assert later.tables.posting(item_id) is None
    assert skills_of(later.tables, before["posting_id"]) == set()
    silver = [row for row in later.tables["silver.postings"] if row["source_key"] == str(item_id)]
    assert [row["is_job"] for row in silver] == [False]


def test_tombstone_keeps_its_place_in_the_thread(later: Stage, changes: Changes) -> None:
    item = later.tables.item(changes.nulled)
    assert item["is_tombstone"]
    assert item["parent_id"] == item["thread_id"]


def test_late_comment_is_added(later: Stage, changes: Changes) -> None:
    posting = later.tables.posting(changes.late)
    assert posting
    assert (posting["company"], posting["month"]) == ("Latecomer", dt.date(2026, 5, 1))


@pytest.mark.parametrize("kind", ["reply", "orphan"])
def test_reply_is_an_item_and_no_posting(kind: str, later: Stage, changes: Changes) -> None:
    item_id = getattr(changes, kind)
    assert later.tables.item(item_id)["text"] == LATE
    assert later.tables.posting(item_id) is None


def test_totals_follow_the_changes(first: Stage, later: Stage) -> None:
    assert later.tables.jobs("2026-05") == first.tables.jobs("2026-05") - 4 + 1
    trends = later.tables["gold.monthly_trends"]
    ocaml = [r for r in trends if (r["technology_id"], str(r["month"])) == ("ocaml", "2026-05-01")]
    assert ocaml[0]["total_jobs"] == later.tables.jobs("2026-05")


def test_month_read_twice_changes_nothing_of_it(first: Stage, later: Stage) -> None:
    april = dt.date(2026, 4, 1)
    for name in ("silver.hn_items", "silver.postings", "gold.fct_postings", "gold.monthly_trends"):
        before = [row for row in first.tables[name] if row["month"] == april]
        assert before == [row for row in later.tables[name] if row["month"] == april]


def test_replaced_thread_hands_its_month_over(first: Stage, later: Stage) -> None:
    assert first.tables.jobs("2026-06") == 4
    assert later.tables.jobs("2026-06") == 6
    thread = later.tables["silver.hn_threads"][-1]
    assert (thread["thread_id"], thread["superseded_ids"]) == (FALSE_START + 500, [FALSE_START])
    assert later.tables.posting(FALSE_START + 1) is None
    assert later.tables.item(FALSE_START + 1)["text"]


def test_item_that_was_null_from_the_first_is_no_posting(first: Stage) -> None:
    assert first.tables.item(REAL_THREAD + 90)["parent_id"] is None
    assert first.tables.posting(REAL_THREAD + 90) is None


def test_board_record_shown_again_changed_is_the_same_posting(
    first: Stage, later: Stage, board: list[dict[str, Any]]
) -> None:
    before, after = (stage.tables.at(board[0]["url"]) for stage in (first, later))
    assert before
    assert after
    assert before["posting_id"] == after["posting_id"]
    assert (before["title"], after["title"]) == (board[0]["title"], "Site Reliability Engineer")


def test_board_record_no_longer_shown_stays(
    first: Stage, later: Stage, board: list[dict[str, Any]]
) -> None:
    kept = first.tables.at(board[1]["url"])
    assert kept
    assert later.tables.at(board[1]["url"]) == kept


def test_dbt_killed_while_it_writes_leaves_every_table_as_it_was(
    later: Stage, killed: Tables
) -> None:
    assert killed.rows == later.tables.rows


def test_newer_rules_read_every_posting_again(later: Stage, reread: Stage) -> None:
    versions = {row["classifier_version"] for row in reread.tables["silver.postings"]}
    assert versions == {"newer"}
    for name in ("gold.monthly_trends", "gold.monthly_market", "gold.fct_posting_skills"):
        assert counts_of(reread.tables, name) == counts_of(later.tables, name)
    assert fingerprints_of(reread.tables).isdisjoint(fingerprints_of(later.tables))


def counts_of(tables: Tables, name: str) -> list[dict[str, Any]]:
    """A table's rows without the fingerprint of what they were counted from."""
    return [{k: v for k, v in row.items() if k != "jobs_fingerprint"} for row in tables[name]]


def fingerprints_of(tables: Tables) -> set[int]:
    """Those of the months that have jobs."""
    rows = tables["gold.monthly_market"]
    return {row["jobs_fingerprint"] for row in rows if row["total_jobs"]}


def test_full_refresh_gives_the_same_tables_row_for_row(reread: Stage, refreshed: Stage) -> None:
    assert refreshed.tables.rows.keys() == reread.tables.rows.keys()
    for name, rows in refreshed.tables.rows.items():
        assert rows == reread.tables[name], name


@pytest.mark.parametrize("name", ["first", "later", "reread", "refreshed"])
def test_store_published_day_by_day_is_as_one_published_now(
    name: str, request: pytest.FixtureRequest
) -> None:
    stage: Stage = request.getfixturevalue(name)
    assert stage.store.keys() == stage.fresh.keys()
    for table, rows in stage.fresh.items():
        assert stage.store[table] == rows, table
