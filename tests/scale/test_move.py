"""A warehouse goes to a lake and comes back, and nothing of it is lost on the way."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench.history import load_items
from include.cli.main import main
from include.errors import ConfigurationError, WarehouseCopyError
from include.maintenance import copy as transfer
from include.maintenance import move
from include.maintenance.copy import Copied, digests
from include.maintenance.move import move_warehouse
from include.settings import Settings, get_settings
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import Cursor, job_postings, load
from tests.builds import dbt

pytestmark = pytest.mark.slow

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def item(key: int, text: str) -> tuple[int, dict[str, Any]]:
    return key, {"id": key, "type": "comment", "text": text, "parent": 100}


def load_board(settings: Settings, run_id: str) -> None:
    payload = {"id": 1, "url": "https://x.example/1", "title": "é 😀"}
    records = [
        Record.fetched("a" * 32, payload, json.dumps(payload)),
        Record.rejected("bad", "malformed_json", "no JSON", "<html>"),
    ]
    where = {"source": "remotive", "partition": "day", "run": run_id, "name": "all"}
    manifest = stage(records, settings.staging_dir, **where)
    load(
        job_postings("remotive", "day"),
        [manifest],
        run_id=run_id,
        started_at=NOW,
        cursor=Cursor("q", {"page": run_id}),
        settings=settings,
    )


@pytest.fixture
def file(tmp_path: Path) -> Settings:
    """A file with two versions of an item, a tombstone, a reject and a cursor."""
    settings = Settings(data_dir=tmp_path / "file")
    load_items("2016-03", 100, [item(101, "one"), item(102, "two")], settings)
    load_items("2016-03", 100, [item(101, "edited"), (102, None)], settings)
    load_board(settings, "r1")
    return settings


def contents(settings: Settings) -> dict[str, Any]:
    with open_warehouse(settings) as connection:
        catalog = connection.execute("select current_catalog()").fetchall()[0][0]
        found = digests(connection, catalog)
    return {name: digest for name, digest in found.items() if not name.startswith("fences.")}


def test_move_to_a_lake_and_back_keeps_every_row(
    file: Settings, lake: Settings, tmp_path: Path
) -> None:
    before = contents(file)
    moved = move_warehouse(file, lake)
    assert moved.rows == {name: digest.rows for name, digest in before.items()}
    assert moved.rows["bronze.raw_hn_items"] == 4
    assert contents(file) == contents(lake) == before
    home = Settings(data_dir=tmp_path / "home")
    move_warehouse(lake, home)
    assert contents(home) == before


def test_command_says_what_was_moved_and_what_to_set(
    file: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(file.data_dir))
    get_settings.cache_clear()
    copy = tmp_path / "elsewhere" / "warehouse.duckdb"
    done = CliRunner().invoke(main, ["warehouse", "move", "--to", str(copy)])
    assert done.exit_code == 0, done.output
    assert "4  bronze.raw_hn_items" in done.output
    assert "TECHPULSE_WAREHOUSE_URI" in done.output
    assert contents(Settings(data_dir=copy.parent)) == contents(file)
    refused = CliRunner().invoke(main, ["warehouse", "move", "--to", file.warehouse_path])
    assert refused.exit_code == 1
    assert "the warehouse itself" in refused.output


def test_loads_go_on_at_the_other_end_where_they_were(file: Settings, lake: Settings) -> None:
    move_warehouse(file, lake)
    again = load_items("2016-03", 100, [item(101, "edited"), item(103, "new")], lake)
    assert (again.inserted, again.unchanged) == (1, 1)


def test_moving_again_copies_nothing(file: Settings, lake: Settings) -> None:
    first = move_warehouse(file, lake)
    assert move_warehouse(file, lake) == first
    assert contents(lake) == contents(file)


def test_lake_that_was_opened_before_is_still_empty(file: Settings, lake: Settings) -> None:
    with open_warehouse(lake):
        pass
    move_warehouse(file, lake)
    assert contents(lake) == contents(file)


def test_target_with_other_rows_is_not_overwritten(file: Settings, lake: Settings) -> None:
    load_items("2016-04", 200, [item(201, "here first")], lake)
    before = contents(lake)
    with pytest.raises(ConfigurationError, match="other rows"):
        move_warehouse(file, lake)
    assert contents(lake) == before


def test_warehouse_is_not_moved_onto_itself(file: Settings) -> None:
    with pytest.raises(ConfigurationError, match="the warehouse itself"):
        move_warehouse(file, file)


def test_killed_before_the_commit_and_repeated_it_moves_everything(
    file: Settings, lake: Settings
) -> None:
    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def killed() -> None:
        transfer._compare = die  # all rows are copied by then, and none committed
        move_warehouse(file, lake)

    process = multiprocessing.get_context("fork").Process(target=killed)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    move_warehouse(file, lake)
    assert contents(lake) == contents(file)


def test_lake_that_is_loaded_meanwhile_is_not_taken_for_moved(
    file: Settings, lake: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_warehouse(file, lake)
    genuine = move.copy_catalog

    def somebody_loads(*args: Any, **options: Any) -> Copied:
        moved = genuine(*args, **options)
        load_items("2016-04", 200, [item(201, "late")], lake)
        return moved

    monkeypatch.setattr(move, "copy_catalog", somebody_loads)
    with pytest.raises(WarehouseCopyError, match="during the move"):
        move_warehouse(lake, Settings(data_dir=tmp_path / "home"))


def test_views_are_there_and_the_next_build_is_incremental(file: Settings, lake: Settings) -> None:
    dbt(file, "run", "--select", "+fct_postings")
    moved = move_warehouse(file, lake)
    assert "gold.fct_postings" in moved.views
    with open_warehouse(lake) as connection:
        before = connection.execute("select count(*) from gold.fct_postings").fetchall()
    assert set(dbt(lake, "run", "--select", "+fct_postings").values()) == {"success"}
    with open_warehouse(lake) as connection:
        assert connection.execute("select count(*) from gold.fct_postings").fetchall() == before
