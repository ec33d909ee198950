"""Measure a backfill on one machine: embedded, then a cluster with one worker and with two.

    python -m tests.cluster.measure --months 12

The same generated months, served with 20 ms an answer, and the same number of processes at work:
four of LocalExecutor, or four of Celery on one worker or on two. Nothing is killed. The clock runs
from the creation of the backfill to the end of its last run, and from there to the end of the
analytics that follow it. Seconds of processor time are those of Airflow's processes, tasks
included: they say more than the clock's where the machine has other things to do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from include.months import Month
from local.upstream import connections
from sample.server import spawn
from tests.cluster.airflow import Cluster, run_cluster
from tests.cluster.scenario import backfill, months_before, wait_for

_LATENCY_MS = 20
_EMBEDDED = {
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__PARALLELISM": "4",
    "TECHPULSE_WAREHOUSE_URI": "",
    "TECHPULSE_WAREHOUSE_DATA_PATH": "",
    "TECHPULSE_STAGING_URL": "",
    "TECHPULSE_SERVING_URL": "",
    "TECHPULSE_STATE_URL": "",
}


class Seconds(NamedTuple):
    """By the clock on the wall, and of the processor."""

    clock: float
    processor: float


class Home(NamedTuple):
    """Where a backfill is run."""

    title: str
    workers: int
    concurrency: int
    warehouse_slots: int


HOMES = (
    Home("embedded: LocalExecutor, DuckDB file", 0, 0, 1),
    Home("lake: one Celery worker of 2", 1, 2, 4),
    Home("lake: one Celery worker of 4", 1, 4, 4),
    Home("lake: two Celery workers of 2", 2, 2, 4),
)


def main() -> None:
    """Measure every home, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--comments", type=int, default=120)
    parser.add_argument("--without-analytics", action="store_true")
    parser.add_argument("--homes", type=int, nargs="+", default=list(range(len(HOMES))))
    options = parser.parse_args()
    scheduled = months_before(Month.of(dt.datetime.now(dt.UTC)), 1)[0]
    months = months_before(scheduled, options.months)
    upstream = ["--months", f"{months[0]}..{scheduled}", "--comments", str(options.comments)]
    for number in options.homes:
        with spawn([*upstream, "--latency-ms", str(_LATENCY_MS)]) as base_url:
            taken = measure(
                HOMES[number], months, base_url, analytics=not options.without_analytics
            )
        print(f"{HOMES[number].title}, {len(months) + 1} months", flush=True)
        for step, seconds in taken.items():
            print(f"  {step:<12}{seconds.clock:6.0f} s {seconds.processor:6.0f} s of processor")


def measure(
    home: Home, months: list[Month], base_url: str, *, analytics: bool = True
) -> dict[str, Seconds]:
    """Return what it took until the cluster was up, for the backfill, for analytics after it."""
    with tempfile.TemporaryDirectory(prefix="techpulse-embedded-") as folder:
        embedded = {**_EMBEDDED, "TECHPULSE_DATA_DIR": str(Path(folder) / "data")}
        marks = [Seconds(time.monotonic(), 0)]
        with run_cluster(
            connections=connections(base_url),
            settings={"TECHPULSE_HN_CHUNK_COMMENTS": "40"} | ({} if home.workers else embedded),
            workers=home.workers,
            worker_concurrency=home.concurrency,
        ) as cluster:
            cluster.airflow("pools", "set", "techpulse_warehouse", str(home.warehouse_slots), "-")
            for dag_id in ("hacker_news", "analytics") if analytics else ("hacker_news",):
                cluster.airflow("dags", "unpause", dag_id, "--yes")
            marks.append(_now(cluster))
            backfill(cluster, months, active_runs=4)
            wait_for(cluster, "hacker_news", len(months) + 1)
            marks.append(_now(cluster))
            if analytics:
                wait_for(cluster, "analytics", 1)
                marks.append(_now(cluster))
    steps = zip(("up", "backfill", "analytics"), marks, marks[1:], strict=False)
    return {name: Seconds(b.clock - a.clock, b.processor - a.processor) for name, a, b in steps}


def _now(cluster: Cluster) -> Seconds:
    return Seconds(time.monotonic(), cluster.processor_seconds())


if __name__ == "__main__":
    main()
