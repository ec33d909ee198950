"""A cluster end to end: months are backfilled on two workers, one of which is killed.

PostgreSQL, Redis, an S3 server, Airflow's scheduler, DAG processor, API server and Celery workers,
each a process of its own with a home of its own. CLUSTER_MONTHS says how many months; without it
nothing is run, since that takes minutes: `make cluster-test`.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from include.months import Month
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from local import process_groups as sessions
from local.upstream import connections
from sample.faults import Faults
from sample.server import serve
from sample.world import World
from tests.cluster.airflow import Cluster, run_cluster
from tests.cluster.scenario import (
    Task,
    backfill,
    months_before,
    ran_on,
    run_states,
    running_on,
    wait_for,
)

COUNT = int(os.environ.get("CLUSTER_MONTHS", "0"))
COMMENTS = 120
# The schedule makes the run of the last whole month by itself, once the DAG is unpaused.
SCHEDULED = months_before(Month.of(dt.datetime.now(dt.UTC)), 1)[0]
MONTHS = months_before(SCHEDULED, COUNT)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(2_700),
    pytest.mark.skipif(not COUNT, reason="takes minutes: make cluster-test"),
]


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=8, first_month=str(MONTHS[0]), last_month=str(SCHEDULED), comments=COMMENTS)


@pytest.fixture(scope="module")
def upstream(world: World) -> Iterator[str]:
    with serve(world, Faults(latency_ms=20)) as base_url:
        yield base_url


@pytest.fixture(scope="module")
def cluster(upstream: str) -> Iterator[Cluster]:
    settings = {"TECHPULSE_HN_CHUNK_COMMENTS": "40", "TECHPULSE_HN_CONCURRENCY": "8"}
    with run_cluster(connections=connections(upstream), settings=settings) as cluster:
        yield cluster
    assert sessions.running(cluster.leaders) == []


@pytest.fixture(scope="module")
def victims(cluster: Cluster) -> set[Task]:
    """Backfill all months and run analytics; return what ran on the worker that was killed."""
    for dag_id in ("hacker_news", "analytics"):
        cluster.airflow("dags", "unpause", dag_id, "--yes")
    began = time.monotonic()
    backfill(cluster, MONTHS, active_runs=2)
    wanted = {"fetch_comments", "load"}
    killed: set[Task] = cluster.wait(
        "a task at work on worker-2 in the middle of the backfill",
        lambda: {
            task for task in running_on(cluster, "worker-2")
            if task.task_id in wanted and loads_done(cluster) >= COUNT // 3
        },
        600,
    )  # fmt: skip
    assert cluster.kill("worker-2") > 1
    wait_for(cluster, "hacker_news", COUNT + 1)
    backfilled = time.monotonic() - began
    wait_for(cluster, "analytics", 1)
    print(
        f"\n{COUNT + 1} months with one worker killed: {backfilled:.0f} s, analytics "
        f"{time.monotonic() - began - backfilled:.0f} s after them"
    )
    return killed


def loads_done(cluster: Cluster) -> int:
    sql = "select count(*) from task_instance where task_id = 'load' and state = 'success'"
    return int(cluster.metadata(sql)[0][0])


@pytest.fixture
def settings(cluster: Cluster, victims: set[Task], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of any machine of the cluster, after all has run."""
    for name, value in cluster.environment("admin").items():
        if name.startswith(("TECHPULSE_", "AIRFLOW_CONN_", "PG")):
            monkeypatch.setenv(name, value)
    return Settings()


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings, read_only=True) as warehouse:
        return warehouse.execute(sql).fetchall()


def reachable(world: World, item_id: int) -> set[int]:
    kids = (world.item(item_id) or {}).get("kids") or []
    return {item_id}.union(*(reachable(world, kid) for kid in kids))


def test_many_loads_left_few_runs_of_analytics(cluster: Cluster, victims: set[Task]) -> None:
    assert 1 <= sum(run_states(cluster, "analytics").values()) <= 3  # of COUNT + 1 loads


def test_every_item_is_in_the_lake_once(settings: Settings, world: World) -> None:
    for month in (*MONTHS, SCHEDULED):
        threads = world.threads(str(month))
        expected = reachable(world, threads.thread_id) | set(threads.superseded)
        stored = rows(
            settings, f"select item_id from bronze.raw_hn_items where month = '{month}-01'"
        )
        assert sorted(stored) == sorted((item_id,) for item_id in expected), month


def test_the_ledger_adds_up(settings: Settings, world: World) -> None:
    ledger = rows(
        settings,
        "select partition, expected, fetched, inserted, unchanged, rejected, missing "
        "from bronze.loads",
    )
    assert {row[0] for row in ledger} == {str(month) for month in (*MONTHS, SCHEDULED)}
    for _, expected, fetched, inserted, unchanged, rejected, missing in ledger:
        assert expected == fetched + missing == inserted + unchanged + rejected + missing
        assert rejected == missing == 0
    inserted = Counter({row[0]: 0 for row in ledger})
    for row in ledger:
        inserted[row[0]] += row[3]
    stored = dict(rows(settings, "select strftime(month, '%Y-%m'), count(*) from "
                                 "bronze.raw_hn_items group by 1"))  # fmt: skip
    assert inserted == stored


def test_what_the_dead_worker_had_at_work_was_done_by_the_other(
    cluster: Cluster, victims: set[Task], settings: Settings
) -> None:
    survivor, dead = ran_on(cluster, "worker-1"), ran_on(cluster, "worker-2")
    assert victims <= dead
    # a sensor that looks again later is the same try, wherever it does
    assert {task for task in survivor & dead if task.dag_id == "hacker_news"} == set()
    for task in victims:
        later = {other for other in survivor if other.attempt > task.attempt}
        again = {(t.dag_id, t.run_id, t.task_id, t.map_index) for t in later}
        assert (task.dag_id, task.run_id, task.task_id, task.map_index) in again
    assert {"fetch_comments", "find_thread"} <= {task.task_id for task in dead}


def test_no_machine_keeps_anything_that_another_one_needs(
    cluster: Cluster, settings: Settings
) -> None:
    left = [
        file.relative_to(cluster.root)
        for name in ("worker-1", "worker-2", "scheduler", "api-server")
        for file in (cluster.node(name) / "data").rglob("*")
        if file.is_file()
    ]
    assert left == []


def test_gold_agrees_with_the_generators_truth(settings: Settings, world: World) -> None:
    jobs = {int(key) for (key,) in rows(
        settings, "select source_key from silver.postings where is_job")}  # fmt: skip
    truth = {
        label["id"] for month in (*MONTHS, SCHEDULED)
        for label in world.labels(str(month)) if label["is_job"]
    }  # fmt: skip
    assert len(jobs & truth) / len(jobs | truth) > 0.9


def test_the_web_application_answers_from_postgresql(cluster: Cluster, settings: Settings) -> None:
    (count,), = rows(settings, "select count(*) from gold.fct_postings "
                               "where level_bucket <> 'senior_excluded' "
                               "and duplicate_of is null")  # fmt: skip
    days = 31 * (COUNT + 3)
    path = f"/techpulse/api/v1/insights?location=Anywhere&role=any&level=any&days={days}"
    answer = cluster.get(path, cluster.token())
    assert answer["totals"]["postings_count"] == count > 0
    assert answer["skills"]
    assert cluster.get("/techpulse/health/ready")["status"] in {"ready", "degraded"}
    with pytest.raises(OSError, match="401"):
        cluster.get(path)
