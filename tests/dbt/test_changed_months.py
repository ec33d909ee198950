"""The monthly marts count a month again when its jobs have changed, and leave the others alone.

Each row of a mart is marked before a build; what is left of the marks tells which months were not
counted again.
"""

from __future__ import annotations

import datetime as dt

import pytest

from bench.history import load_month
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from sample.world import World
from tests.builds import dbt

from .conftest import Tables

FIRST, LAST = "2025-03", "2026-05"
MARKS = {
    "gold.monthly_trends": "mom_growth_pct",
    "gold.monthly_market": "salary_share",
    "gold.monthly_market_mix": "share",
    "gold.monthly_salaries": "median",
}
MARK = -1.0
Months = dict[str, set[str]]


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=6, first_month=FIRST, last_month=LAST, comments=12, false_starts={})


@pytest.fixture(scope="module")
def built(data: Settings, world: World) -> Settings:
    for month in world.months():
        load_month(world, month, data)
    dbt(data, "seed")
    run(data)
    return data


def run(settings: Settings, *arguments: str, **variables: object) -> None:
    given = {"first_month": f"{FIRST}-01", **variables}
    assert set(dbt(settings, "run", *arguments, **given).values()) == {"success"}


def counted_by(settings: Settings, **variables: object) -> Months:
    """The months that a run of dbt has counted, by mart."""
    with open_warehouse(settings) as warehouse:
        for mart, column in MARKS.items():
            warehouse.execute(f"update {mart} set {column} = {MARK}")
    run(settings, **variables)
    tables = Tables(settings)
    return {
        mart: {f"{row['month']:%Y-%m}" for row in tables[mart] if row[column] != MARK}
        for mart, column in MARKS.items()
    }


def test_a_run_with_nothing_new_counts_nothing(built: Settings) -> None:
    assert counted_by(built) == {mart: set() for mart in MARKS}


def test_a_month_with_news_is_counted_and_what_is_compared_with_it(
    built: Settings, world: World
) -> None:
    text = "Acme | Backend Engineer | Remote (EU) | Go and Kafka | $100k - $120k"
    world.add_comment("2025-04", text)
    load_month(world, "2025-04", built)
    counted = counted_by(built)
    assert counted.pop("gold.monthly_trends") == {"2025-04", "2025-05", "2026-04"}
    assert counted == {mart: {"2025-04"} for mart in counted}


@pytest.mark.slow
def test_a_new_month_is_added(built: Settings) -> None:
    later = World(seed=6, first_month="2026-06", last_month="2026-06", comments=12)
    load_month(later, "2026-06", built)
    counted = counted_by(built)
    assert counted.pop("gold.monthly_market") == {"2026-06"}
    assert counted["gold.monthly_trends"] == {"2026-06"}


@pytest.mark.slow
def test_a_month_that_has_lost_its_jobs_has_no_rows_of_them(built: Settings, world: World) -> None:
    for block in world.blocks("2025-07"):
        world.delete_comment(block.root)
    load_month(world, "2025-07", built)
    run(built)
    tables = Tables(built)
    july = dt.date(2025, 7, 1)
    assert [row for row in tables["gold.monthly_market_mix"] if row["month"] == july] == []
    assert [row for row in tables["gold.monthly_salaries"] if row["month"] == july] == []
    assert tables.jobs("2025-07") == 0
    trends = [row for row in tables["gold.monthly_trends"] if row["month"] == july]
    assert {(row["total_jobs"], row["share"]) for row in trends} == {(0, None)}


@pytest.mark.slow
def test_another_setting_of_the_models_has_all_months_counted(built: Settings) -> None:
    counted = counted_by(built, top_companies=2)
    assert len(counted["gold.monthly_trends"]) == len(Tables(built)["gold.monthly_market"])
    mix = Tables(built)["gold.monthly_market_mix"]
    named = [row["month"] for row in mix if row["dimension"] == "company"]
    assert max(named.count(month) for month in named) == 2


@pytest.mark.slow
def test_months_counted_one_by_one_are_as_if_counted_at_once(built: Settings) -> None:
    run(built)
    found = Tables(built).rows
    run(built, "--full-refresh")
    assert Tables(built).rows == found
