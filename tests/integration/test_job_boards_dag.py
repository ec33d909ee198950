"""The DAG ``job_boards`` by ``dag.test()``, and what dbt makes of its postings."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from include.postings.model import posting_id
from include.settings import Settings, get_settings
from include.warehouse.connection import open_warehouse
from sample.board_records import canonical_url
from sample.boards import BOARDS, DEFECTS
from sample.server import serve
from sample.world import World
from tests.builds import dbt
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


Ran = tuple[str, dict[str, Counter[str]], dict[str, Any]]
"""The state of a run, the states of its tasks, and the report."""


@pytest.fixture(scope="module")
def settings_of_a_run(base_url, tmp_path_factory) -> Callable[[pytest.MonkeyPatch], Settings]:
    """Have runs read the upstream, and write to a folder of their own."""

    def connect(patch: pytest.MonkeyPatch) -> Settings:
        for name, path in PATHS.items():
            host = f"{base_url}{path}"
            connection = {"conn_type": "http", "host": host, "password": "sample-key"}
            patch.setenv(f"AIRFLOW_CONN_{name.upper()}_DEFAULT", json.dumps(connection))
        patch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_RUN", "10000")
        patch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_MONTH", "20000")
        patch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "3")
        patch.setenv("TECHPULSE_DATA_DIR", str(tmp_path_factory.mktemp("boards") / "data"))
        get_settings.cache_clear()
        return get_settings()

    return connect


@pytest.fixture(scope="module")
def ran(dags) -> Callable[..., Ran]:
    """Run a DAG."""

    def run(dag_id: str, **conf: Any) -> Ran:
        dag_run = dags[dag_id].test(run_conf=conf)
        instances = dag_run.get_task_instances()
        states: dict[str, Counter[str]] = {}
        for instance in instances:
            states.setdefault(instance.task_id, Counter())[str(instance.state)] += 1
        reports = [i.xcom_pull("report") for i in instances if i.task_id == "report"]
        return str(dag_run.state), states, (reports or [{}])[0]

    return run


@pytest.fixture
def run(ran, settings_of_a_run, monkeypatch) -> Callable[..., Ran]:
    """Run a DAG on the upstream and an empty warehouse."""
    settings_of_a_run(monkeypatch)
    return ran


@pytest.fixture(scope="module")
def whole(ran, settings_of_a_run) -> tuple[Ran, Settings]:
    """A run that has read every board."""
    with pytest.MonkeyPatch.context() as patch:
        settings = settings_of_a_run(patch)
        return ran("job_boards", **CONF), settings


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings) as warehouse:
        return warehouse.execute(sql).fetchall()


def test_a_run_reads_every_board_and_its_report_adds_up(whole, world):
    (state, states, report), _ = whole
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


@pytest.mark.slow
def test_a_job_on_two_boards_or_posted_again_is_counted_once(whole, world):
    (state, *_), settings = whole
    assert state == "success"
    statuses = dbt(settings, "build", "--exclude-resource-type", "unit_test")
    assert set(statuses.values()) <= {"success", "pass", "warn"}
    gold = "select posting_id, duplicate_of from gold.fct_postings"
    duplicates = dict(rows(settings, gold))
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
        settings,
        "select count(*) from gold.fct_postings where source = 'himalayas' and remote <> 'remote'",
    )
    assert stated == [(0,)]
