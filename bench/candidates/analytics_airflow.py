"""A day's analytics as its DAG runs it: a task a model, in forks of a scheduler with dbt loaded."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.airflow_copy import AirflowCopy

__all__ = ["clean", "details", "prepare", "rows", "work"]

_IDLE_SECONDS = 30
"""So long what Airflow takes without a run is measured, to be subtracted."""
_POLL_SECONDS = 1.0
_PATIENCE_SECONDS = 1_800
_DAG = "analytics"
_running: list[AirflowCopy] = []
_taken: dict[str, float] = {}


def prepare(job: dict[str, Any]) -> None:
    """Start Airflow over the warehouse in ``folder/data``; measure it without a run."""
    airflow = AirflowCopy(Path(job["folder"]))
    _running.append(airflow)
    airflow.start(_DAG)
    time.sleep(_IDLE_SECONDS)  # its own start
    before = airflow.processor_seconds()
    time.sleep(_IDLE_SECONDS)
    _taken["idle"] = (airflow.processor_seconds() - before) / _IDLE_SECONDS


def work(job: dict[str, Any]) -> None:
    """Trigger a run, wait until it has ended."""
    (airflow,) = _running
    before, begun = airflow.processor_seconds(), time.perf_counter()
    airflow.local("airflow", "dags", "trigger", _DAG)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _state() in (None, "queued", "running"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{_DAG} has not ended after {_PATIENCE_SECONDS} s")
        time.sleep(_POLL_SECONDS)
    spent = airflow.processor_seconds() - before
    _taken["processor"] = spent - _taken["idle"] * (time.perf_counter() - begun)


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return how the run ended and its tasks by state; raises RuntimeError if not by success."""
    if (state := _state()) != "success":
        raise RuntimeError(f"{_DAG} ended as {state}")
    return dict(_query("select state, count(*) from task_instance group by state"))


def details(job: dict[str, Any]) -> dict[str, Any]:
    """Return the run's seconds of the processor, and those of an idle Airflow in a second."""
    return _taken


def clean(job: dict[str, Any]) -> None:
    """End Airflow."""
    _running[0].stop()


def _state() -> str | None:
    found = _query(f"select state from dag_run where dag_id = '{_DAG}'")
    return found[0][0] if found else None


def _query(sql: str) -> list[tuple[Any, ...]]:
    metadata = f"file:{_running[0].metadata}?mode=ro"
    with closing(sqlite3.connect(metadata, uri=True, timeout=60)) as connection:
        return connection.execute(sql).fetchall()
