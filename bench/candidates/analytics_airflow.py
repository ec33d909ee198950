"""A day's analytics as its DAG runs it: a task a step, in forks of a scheduler with dbt loaded."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.airflow_copy import AirflowCopy
from bench.analytics import add_news
from bench.crowd import crowd_of
from include.settings import Settings

__all__ = ["clean", "details", "prepare", "rows", "work"]

_IDLE_SECONDS = 30
"""So long what Airflow takes without a run is measured, to be subtracted."""
_POLL_SECONDS = 1.0
_PATIENCE_SECONDS = 1_800
_DAG = "analytics"
_running: list[AirflowCopy] = []
_taken: dict[str, float] = {}


def prepare(job: dict[str, Any]) -> None:
    """Start Airflow over ``folder/data``; run the DAG, load more news; measure it without a run.

    A first run has what no other day has: dbt reads the whole project, and each process its code.
    """
    airflow = AirflowCopy(Path(job["folder"]))
    _running.append(airflow)
    airflow.start(_DAG)
    _run()
    crowd, days = crowd_of(job["postings"]), job["days"] + 1
    add_news(crowd, Settings(data_dir=airflow.data_dir), days)
    time.sleep(_IDLE_SECONDS)  # what follows a run
    before = airflow.processor_seconds()
    time.sleep(_IDLE_SECONDS)
    _taken["idle"] = (airflow.processor_seconds() - before) / _IDLE_SECONDS


def work(job: dict[str, Any]) -> None:
    """Trigger a run, wait until it has ended."""
    (airflow,) = _running
    before, begun = airflow.processor_seconds(), time.perf_counter()
    _run()
    spent = airflow.processor_seconds() - before
    _taken["processor"] = spent - _taken["idle"] * (time.perf_counter() - begun)


def _run() -> None:
    known = len(_states())
    _running[0].local("airflow", "dags", "trigger", _DAG)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(states := _states()) == known or states[-1] in ("queued", "running"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{_DAG} has not ended after {_PATIENCE_SECONDS} s")
        time.sleep(_POLL_SECONDS)


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return the tasks of all runs by state; raises RuntimeError for a run that has failed."""
    if {*(states := _states())} != {"success"}:
        raise RuntimeError(f"{_DAG} ended as {', '.join(states)}")
    return dict(_query("select state, count(*) from task_instance group by state"))


def details(job: dict[str, Any]) -> dict[str, Any]:
    """Return the run's seconds of the processor, and those of an idle Airflow in a second."""
    return _taken


def clean(job: dict[str, Any]) -> None:
    """End Airflow."""
    _running[0].stop()


def _states() -> list[str]:
    """Return how each run stands, the oldest first."""
    query = f"select state from dag_run where dag_id = '{_DAG}' order by id"
    return [state for (state,) in _query(query)]


def _query(sql: str) -> list[tuple[Any, ...]]:
    metadata = f"file:{_running[0].metadata}?mode=ro"
    with closing(sqlite3.connect(metadata, uri=True, timeout=60)) as connection:
        return connection.execute(sql).fetchall()
