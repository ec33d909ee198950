"""On a lake a load may be committed after one with a later time: no row of it may be passed over.

Here the clock plays the part of the other machine: an hour is taken off the time of a load that
commits last, as if it had begun an hour ago and been slow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from bench.history import load_month
from include.settings import Settings
from include.warehouse import loads
from include.warehouse.bronze import BronzeTable
from include.warehouse.connection import open_warehouse
from sample.world import World

from .conftest import Tables, dbt

MODELS = ("run", "--select", "+postings")
HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=8, first_month="2026-03", last_month="2026-04", comments=30, false_starts={})


def slowly(load: Callable[[], Any]) -> None:
    """Load as if it had begun an hour ago."""
    genuine = loads._load_timestamp

    def an_hour_ago(connection: Any, target: BronzeTable) -> dt.datetime:
        return genuine(connection, target) - HOUR

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loads, "_load_timestamp", an_hour_ago)
        load()


def keys(tables: Tables, table: str, source: str) -> set[str]:
    return {row["source_key"] for row in tables[table] if row["source"] == source}


@pytest.fixture(scope="module")
def tables(data: Settings, world: World) -> Tables:
    load_month(world, "2026-04", data)
    dbt(data, *MODELS)
    slowly(lambda: load_month(world, "2026-03", data))
    dbt(data, *MODELS)
    return Tables(data)


def test_items_of_a_month_that_commits_late_are_all_read(tables: Tables, world: World) -> None:
    for month in ("2026-03", "2026-04"):
        expected = {block.root for block in world.blocks(month)}
        assert expected
        assert expected <= {row["item_id"] for row in tables["silver.hn_items"]}


def test_postings_of_a_month_that_commits_late_are_all_read(tables: Tables, world: World) -> None:
    found = keys(tables, "silver.postings", "hacker_news")
    for month in ("2026-03", "2026-04"):
        assert {str(block.root) for block in world.blocks(month)} <= found


def test_builds_leave_no_table_of_their_own_behind(data: Settings, tables: Tables) -> None:
    with open_warehouse(data) as warehouse:
        left = warehouse.execute(
            "select table_name from information_schema.tables where table_schema = 'main'"
        ).fetchall()
    assert left == []


def test_late_month_leaves_the_same_as_a_full_refresh(data: Settings, tables: Tables) -> None:
    dbt(data, *MODELS, "--full-refresh")
    assert Tables(data).rows == tables.rows
