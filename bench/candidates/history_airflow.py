"""The same months through Airflow: `make backfill` in a copy of the project with its own home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.airflow_copy import AirflowCopy
from bench.candidates.history_bare import history_rows
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from local.upstream import connections

__all__ = ["clean", "details", "prepare", "rows", "work"]

_running: list[AirflowCopy] = []


def prepare(job: dict[str, Any]) -> None:
    """Copy the project, start Airflow in the copy."""
    airflow = AirflowCopy(Path(job["folder"]), connections(job["url"]))
    _running.append(airflow)
    airflow.start("hacker_news", "analytics")


def work(job: dict[str, Any]) -> None:
    """Backfill the months; it returns when analytics has taken all of them in."""
    (airflow,) = _running
    months = ("--first", job["first"], "--last", job["last"])
    airflow.local("backfill", *months, "--port", str(airflow.port))


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what is in bronze and in gold."""
    return history_rows(_running[0].data_dir)


def details(job: dict[str, Any]) -> dict[str, Any]:
    """Return the seconds from the start of each month's run to its commit, by commit."""
    settings = Settings(data_dir=_running[0].data_dir)
    with open_warehouse(settings, read_only=True) as warehouse:
        taken = warehouse.execute(
            "select epoch(committed_at - started_at) from bronze.loads order by committed_at"
        ).fetchall()
    return {"months": [seconds for (seconds,) in taken]}


def clean(job: dict[str, Any]) -> None:
    """End Airflow."""
    _running[0].stop()
