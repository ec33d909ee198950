"""`airflow dags test` of one DAG, in a process of its own, on a metadata database that is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from include.settings import PROJECT_ROOT
from local.environment import airflow_environment

__all__ = ["airflow", "rows", "work"]

_TASK_ENDED, _SUCCESS = "[DAG TEST] end task", "state=success"
_printed: list[str] = []


def work(job: dict[str, Any]) -> None:
    """Run the DAG."""
    conf = ("--conf", json.dumps(job["conf"])) if "conf" in job else ()
    _printed.append(airflow(job, "dags", "test", job["dag"], *conf))


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return how many tasks ran; raise RuntimeError when the run did not succeed."""
    lines = _printed[-1].splitlines()
    finished = [line for line in lines if "DagRun Finished" in line]
    if not finished or _SUCCESS not in finished[-1]:
        raise RuntimeError(f"the run of {job['dag']} failed:\n{_printed[-1]}")
    return {"tasks": sum(_TASK_ENDED in line for line in lines)}


def airflow(job: dict[str, Any], *arguments: str) -> str:
    """Return what an airflow command prints, in an Airflow whose home is ``job["home"]``."""
    environment = airflow_environment(
        Path(job["folder"]),
        home=Path(job["home"]),
        AIRFLOW__CORE__DAGS_FOLDER=str(PROJECT_ROOT / job["dags_folder"]),
        TECHPULSE_TASK_RETRIES="0",
        AIRFLOW_CONN_HACKERNEWS_DEFAULT=json.dumps({"conn_type": "http", "host": job["url"]}),
        BENCH_CHUNKS=str(job["chunks"]),
    )
    command = [sys.executable, "-m", "airflow", *arguments]
    done = subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        timeout=600,
    )
    return done.stdout
