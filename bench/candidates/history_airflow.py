"""The same months through Airflow: `make backfill` in a copy of the project with its own home."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.candidates.history_bare import history_rows
from include.settings import PROJECT_ROOT, Settings
from include.warehouse.connection import open_warehouse
from local.upstream import connections

__all__ = ["clean", "details", "prepare", "rows", "work"]

_NOT_COPIED = (".git", ".venv", ".venv-bench", ".airflow", "data", "target", "logs", "__pycache__")
_state: dict[str, Any] = {}


def prepare(job: dict[str, Any]) -> None:
    """Copy the project, start Airflow in the copy."""
    copy = Path(job["folder"]) / "project"
    shutil.copytree(PROJECT_ROOT, copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    (copy / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    _state["copy"], _state["port"] = copy, _free_port()
    _local(job, "up", "--port", str(_state["port"]))
    _local(job, "airflow", "dags", "reserialize")
    for dag in ("hacker_news", "analytics"):  # and none of those that run by the clock
        _local(job, "airflow", "dags", "unpause", "--yes", dag)


def work(job: dict[str, Any]) -> None:
    """Backfill the months; it returns when analytics has taken all of them in."""
    port = str(_state["port"])
    months = ("--first", job["first"], "--last", job["last"])
    _local(job, "backfill", *months, "--port", port)


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what is in bronze and in gold."""
    return history_rows(_data_dir(job))


def details(job: dict[str, Any]) -> dict[str, Any]:
    """Return the seconds from the start of each month's run to its commit, by commit."""
    with open_warehouse(Settings(data_dir=_data_dir(job)), read_only=True) as warehouse:
        taken = warehouse.execute(
            "select epoch(committed_at - started_at) from bronze.loads order by committed_at"
        ).fetchall()
    return {"months": [seconds for (seconds,) in taken]}


def clean(job: dict[str, Any]) -> None:
    """End Airflow."""
    _local(job, "down")


def _data_dir(job: dict[str, Any]) -> Path:
    return Path(job["folder"]) / "data"


def _local(job: dict[str, Any], *arguments: str) -> None:
    environment = {
        **os.environ,
        **connections(job["url"]),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "PYTHONPATH": str(_state["copy"]),
        "TECHPULSE_DATA_DIR": str(_data_dir(job)),
    }
    subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=_state["copy"],
        env=environment,
        stdout=sys.stderr,
        check=True,
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
