"""The running month is incomplete: it has no growth until a load after its end reads it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bench.history import load_month
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from sample.world import World

from .conftest import Tables, dbt

APRIL, MAY, JUNE = (dt.date(2026, month, 1) for month in (4, 5, 6))


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=8, first_month="2026-04", last_month="2026-06", comments=20, false_starts={})


def load_at(settings: Settings, world: World, month: str, started_at: str) -> None:
    """Load a month as if ``started_at`` were the time of the load."""
    ledger = load_month(world, month, settings)
    with open_warehouse(settings) as warehouse:
        warehouse.execute(
            "update bronze.loads set started_at = ? where load_id = ?", [started_at, ledger.load_id]
        )


def build(settings: Settings, *arguments: str) -> Tables:
    assert set(dbt(settings, "run", *arguments).values()) == {"success"}
    return Tables(settings)


def growths(tables: Tables, month: dt.date) -> set[Any]:
    rows = tables["gold.monthly_trends"]
    return {row["mom_growth_pct"] for row in rows if row["month"] == month}


def complete(tables: Tables) -> set[dt.date]:
    return {row["month"] for row in tables["gold.monthly_trends"] if row["is_complete"]}


@pytest.fixture(scope="module")
def running(data: Settings, world: World) -> Tables:
    """On the last evening of May."""
    load_at(data, world, "2026-04", "2026-04-30 12:00:00+00")
    load_at(data, world, "2026-05", "2026-05-31 23:59:00+00")
    dbt(data, "seed")
    return build(data)


@pytest.fixture(scope="module")
def over(data: Settings, world: World, running: Tables) -> Tables:
    """A minute later: May is read again, and nothing has changed."""
    load_at(data, world, "2026-05", "2026-06-01 00:00:00+00")
    return build(data)


@pytest.fixture(scope="module")
def next_month(data: Settings, world: World, over: Tables) -> Tables:
    load_at(data, world, "2026-06", "2026-06-02 16:00:00+00")
    return build(data)


def test_running_month_has_a_share_and_no_growth(running: Tables) -> None:
    assert growths(running, MAY) == {None}
    assert MAY not in complete(running)
    rows = [row for row in running["gold.monthly_trends"] if row["month"] == MAY]
    assert any(row["share"] > 0 for row in rows)


def test_month_is_complete_once_a_later_one_was_read(
    running: Tables,
) -> None:
    assert APRIL in complete(running)


def test_month_that_is_over_is_counted_again_though_no_posting_has_changed(
    running: Tables, over: Tables
) -> None:
    assert running["silver.postings"] == over["silver.postings"]
    assert growths(over, MAY) > {None}
    assert MAY in complete(over)


def test_new_month_is_the_running_one(next_month: Tables) -> None:
    assert growths(next_month, JUNE) == {None}
    assert growths(next_month, MAY) > {None}
    assert JUNE not in complete(next_month)


def test_months_that_became_complete_are_as_if_counted_at_once(
    data: Settings, next_month: Tables
) -> None:
    assert build(data, "--full-refresh").rows == next_month.rows
