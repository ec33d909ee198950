"""The quarantine through the DAGs: too much bad stops a load, a little is kept and replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from include.maintenance.backup import check_backup, list_backups
from include.pipeline.publish import has_unpublished_loads
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from sample.faults import Faults
from sample.server import serve
from sample.world import World

MONTH = "2026-05"


@pytest.fixture
def world() -> World:
    return World(seed=4, first_month=MONTH, last_month=MONTH, comments=60)


@pytest.fixture
def faults(world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    faults = Faults()
    with serve(world, faults) as base_url:
        connection = json.dumps({"conn_type": "http", "host": f"{base_url}/v0"})
        monkeypatch.setenv("AIRFLOW_CONN_HACKERNEWS_DEFAULT", connection)
        yield faults


def states(dag_run: Any) -> dict[str, str]:
    return {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings) as warehouse:
        return warehouse.execute(sql).fetchall()


def counts(settings: Settings) -> dict[str, int]:
    tables = ("loads", "raw_hn_items", "rejects")
    return {name: rows(settings, f"select count(*) from bronze.{name}")[0][0] for name in tables}


def replayed_months() -> list[str]:
    """The months of which the replay has told analytics."""
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    wanted = select(AssetEvent.partition_key).where(
        AssetEvent.source_task_id == "replay_hacker_news"
    )
    with create_session() as session:
        return [key for key in session.scalars(wanted) if key]


@pytest.mark.slow
def test_too_much_bad_stops_the_load_and_a_little_is_replayed(
    dags: dict[str, Any], world: World, faults: Faults, settings: Settings
) -> None:
    roots = [block.root for block in world.blocks(MONTH)]

    faults.unauthorized_items = frozenset(roots[:30])
    failed = dags["hacker_news"].test(run_conf={"month": MONTH})
    assert (failed.state, states(failed)["load"]) == ("failed", "failed")
    assert set(counts(settings).values()) == {0}
    assert not has_unpublished_loads()  # so analytics has nothing to publish
    assert list(settings.staging_dir.rglob("*.gz"))

    faults.unauthorized_items = frozenset(roots[:2])
    assert dags["hacker_news"].test(run_conf={"month": MONTH}).state == "success"
    assert rows(settings, "select state, count(*) from bronze.rejects group by 1") == [("open", 2)]

    faults.unauthorized_items = frozenset()
    first = dags["upkeep"].test()
    assert states(first) == {
        "replay_hacker_news": "success",
        "replay_job_boards": "skipped",
        "trigger_analytics": "success",  # the replay's load is not published
        "prune": "success",
        "back_up": "success",
        "compact": "success",
        "export": "skipped",  # TECHPULSE_EXPORT_TO names no target
    }
    assert rows(settings, "select distinct state from bronze.rejects") == [("replayed",)]
    assert replayed_months() == [MONTH]
    check_backup(Path(list_backups(settings)[0]["path"]))

    after = counts(settings)
    second = dags["upkeep"].test()
    assert states(second)["replay_hacker_news"] == "skipped"
    assert counts(settings) == after
