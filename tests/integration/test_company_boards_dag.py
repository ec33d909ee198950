"""The DAG ``company_boards`` by ``dag.test()``."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import Any

import pytest

from include.settings import get_settings
from include.warehouse.company_boards import BoardRow, State, add_rows
from include.warehouse.connection import commit, open_warehouse
from sample.company_boards import SYSTEMS
from sample.server import serve
from sample.world import World

CONF: dict[str, Any] = {"systems": list(SYSTEMS), "boards": [], "limit": 0, "dry_run": False}


@pytest.fixture
def world(monkeypatch, tmp_path):
    today = dt.datetime.now(dt.UTC).date()
    world = World(first_month="2026-10", last_month="2026-10", comments=0, today=today,
                  company_boards=6)  # fmt: skip
    with serve(world) as url:
        for system in (*SYSTEMS, "lever_eu"):
            host = "http://127.0.0.1:1" if system == "ashby" else f"{url}/ats/{system}"
            connection = json.dumps({"conn_type": "http", "host": host})
            monkeypatch.setenv(f"AIRFLOW_CONN_{system.upper()}_DEFAULT", connection)
        monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "1")
        monkeypatch.setenv("TECHPULSE_COMPANY_REQUESTS_PER_SECOND", "1000")
        get_settings.cache_clear()
        rows = [BoardRow(b.system, b.slug, State.CANDIDATE, "test") for b in
                world.companies.linked()]  # fmt: skip
        commit(lambda c: add_rows(c, rows), conflict_key="test")
        yield world


def run(dags, **conf: Any) -> tuple[str, dict[str, Counter[str]]]:
    """Return the state of a run, and the states of its tasks."""
    dag_run = dags["company_boards"].test(run_conf={**CONF, **conf})
    states: dict[str, Counter[str]] = {}
    for instance in dag_run.get_task_instances():
        states.setdefault(instance.task_id, Counter())[str(instance.state)] += 1
    return str(dag_run.state), states


def test_a_system_that_fails_fails_its_load_and_leaves_the_others(dags, world):
    systems = ["ashby", "greenhouse", "lever"]
    state, states = run(dags, systems=systems)
    assert state == "failed"
    assert states["read"] == {"success": 3}
    assert states["load"] == {"success": 2, "failed": 1, "skipped": 3}
    assert states["report"] == {"success": 1}
    with open_warehouse() as warehouse:
        found = warehouse.execute(
            "select source, outcome, count(*) from bronze.board_readings group by all order by all"
        ).fetchall()
    assert found == [("ashby", "failed", 1), ("greenhouse", "whole", 1), ("lever", "whole", 1)]


@pytest.mark.slow
def test_a_dry_run_reads_nothing_and_succeeds(dags, world):
    state, states = run(dags, dry_run=True)
    assert state == "success"
    assert states["read"] == {"skipped": 1}
    assert states["load"] == {"skipped": 6}
