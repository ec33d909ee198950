"""The DAG ``job_boards`` by ``dag.test()``, and what dbt makes of its postings."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from include.dbt.project import dbt_environment
from include.postings.model import posting_id
from include.settings import PROJECT_ROOT, Settings, get_settings
from include.warehouse.connection import open_warehouse
from sample.board_records import canonical_url
from sample.boards import BOARDS, DEFECTS
from sample.server import serve
from sample.world import World
from tests.unit.pipeline.board_runs import EVERYTHING

FIVE = ("inserted", "updated", "unchanged", "filtered", "rejected")
PATHS = {"remotive": "/api", "arbeitnow": "/api", "himalayas": "", "theirstack": ""}
# All of it: dag.test() keeps in the DAG what the run before was given.
CONF = EVERYTHING


@pytest.fixture(scope="module")
def world() -> World:
    # Jobs of today would still be to come for a run in the morning.
    return World(jobs=900, today=dt.datetime.now(dt.UTC).date(), malformed=len(DEFECTS))


@pytest.fixture(scope="module")
def base_url(world):
    with serve(world) as url:
        yield url


@pytest.fixture
def run(dags, base_url, tmp_path_factory, monkeypatch):
    """Run a DAG on the upstream; give its state, its tasks' states and the report."""
    for name, path in PATHS.items():
        connection = {"conn_type": "http", "host": f"{base_url}{path}", "password": "sample-key"}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_RUN", "10000")
    monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_MONTH", "20000")
    monkeypatch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "3")
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path_factory.mktemp("boards") / "data"))
    get_settings.cache_clear()

    def run(dag_id: str, **conf: Any) -> tuple[str, dict[str, Counter[str]], dict[str, Any]]:
        dag_run = dags[dag_id].test(run_conf=conf)
        instances = dag_run.get_task_instances()
        states: dict[str, Counter[str]] = {}
        for instance in instances:
            states.setdefault(instance.task_id, Counter())[str(instance.state)] += 1
        reports = [i.xcom_pull("report") for i in instances if i.task_id == "report"]
        return str(dag_run.state), states, (reports or [{}])[0]

    return run


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings) as warehouse:
        return warehouse.execute(sql).fetchall()


def test_a_run_reads_every_board_and_its_report_adds_up(run, world):
    state, states, report = run("job_boards", **CONF)
    assert state == "success", states
    assert set(report) == set(BOARDS)
    for board, summary in report.items():
        assert sum(summary[name] for name in FIVE) == summary["served"]
        assert summary["served"] == len(world.listings(board))
        assert summary["rejected"] == 4
    pages = states["theirstack.fetch"]["success"]
    assert pages == -(-len(world.listings("theirstack")) // 25)  # mapped, a task a page


def test_a_board_that_fails_leaves_the_others_and_fails_the_run(run, monkeypatch):
    closed = json.dumps({"conn_type": "http", "host": "http://127.0.0.1:1"})
    monkeypatch.setenv("AIRFLOW_CONN_ARBEITNOW_DEFAULT", closed)
    state, states, report = run("job_boards", **{**CONF, "sources": ["arbeitnow", "himalayas"]})
    assert state == "failed"
    assert states["arbeitnow.fetch"] == {"failed": 1}
    assert states["arbeitnow.load"] == {"upstream_failed": 1}
    assert states["himalayas.load"] == states["report"] == {"success": 1}
    assert states["remotive.plan"] == states["remotive.load"] == {"skipped": 1}
    assert set(report) == {"himalayas"}
    loaded = rows(get_settings(), "select source, count(*) from bronze.raw_job_postings group by 1")
    assert loaded == [("himalayas", report["himalayas"]["inserted"])]


def test_a_dry_run_loads_nothing_and_succeeds(run):
    state, states, report = run("job_boards", **{**CONF, "dry_run": True})
    assert (state, report) == ("success", {})
    assert states["theirstack.plan"] == {"skipped": 1}
    assert rows(get_settings(), "select count(*) from bronze.loads") == [(0,)]


def build(target: Path) -> None:
    """Run dbt in a process of its own: it holds the warehouse while it lives."""
    arguments = ["--project-dir", "dbt", "--profiles-dir", "dbt", "--target-path", str(target)]
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--quiet", "build", *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, **dbt_environment(get_settings())},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-1_000:]


def test_a_job_on_two_boards_or_posted_again_is_counted_once(run, world, tmp_path):
    state, _, _ = run("job_boards", **CONF)
    assert state == "success"
    build(tmp_path)
    gold = "select posting_id, duplicate_of from gold.fct_postings"
    duplicates = dict(rows(get_settings(), gold))
    jobs: dict[int, set[str]] = {}
    known = 0
    for board in BOARDS:
        for entry in world.listings(board):
            key = posting_id(board, canonical_url(board, entry.job))
            if key in duplicates:
                known += 1
                jobs.setdefault(entry.job.key, set()).add(duplicates[key] or key)
    true = known - len(jobs)
    assert true > 50
    assert sum(len(counted) - 1 for counted in jobs.values()) <= 0.02 * true  # missed
    marked = sum(value is not None for value in duplicates.values())
    assert true <= marked + 0.02 * true
    assert marked <= 1.05 * true  # wrongly joined
    stated = rows(
        get_settings(),
        "select count(*) from gold.fct_postings where source = 'himalayas' and remote <> 'remote'",
    )
    assert stated == [(0,)]
