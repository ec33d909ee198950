"""A copy of the project with an Airflow of its own, so that a measured run meets no other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from bench.airflow_server import free_port
from include.settings import PROJECT_ROOT
from local.process_groups import running

__all__ = ["AirflowCopy"]

_NOT_COPIED = (".git", ".venv", ".venv-bench", ".airflow", "data", "target", "logs", "__pycache__")


class AirflowCopy:
    """``make up`` in a copy below ``folder``, over the data in ``folder/data``.

    ``environment`` overrides this process's, for each of its commands.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder / "project"
        self.data_dir = folder / "data"
        self.port = free_port()
        self._environment = {
            **os.environ,
            **(environment or {}),
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
            "PYTHONPATH": str(self.folder),
            "TECHPULSE_DATA_DIR": str(self.data_dir),
        }

    def start(self, *dags: str) -> None:
        """Copy the project, start Airflow, unpause these DAGs and none that runs by the clock."""
        shutil.copytree(PROJECT_ROOT, self.folder, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        (self.folder / ".venv").symlink_to(PROJECT_ROOT / ".venv")
        self.local("up", "--port", str(self.port))
        self.local("airflow", "dags", "reserialize")
        for dag in dags:
            self.local("airflow", "dags", "unpause", "--yes", dag)

    def local(self, *arguments: str) -> None:
        """Run ``python -m local`` in the copy; raises CalledProcessError if it fails."""
        subprocess.run(
            [sys.executable, "-m", "local", *arguments],
            cwd=self.folder,
            env=self._environment,
            stdout=sys.stderr,
            check=True,
        )

    def stop(self) -> None:
        """End Airflow."""
        self.local("down")

    @property
    def metadata(self) -> Path:
        """The metadata database, a SQLite file."""
        return self.folder / ".airflow" / "airflow.db"

    def processor_seconds(self) -> float:
        """Return what Airflow's processes have taken so far, those that have ended included."""
        return sum(map(_spent, running(self.folder / ".airflow" / "sessions")))


def _spent(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):  # it has just ended: its parent has its time
        return float(sum(process.cpu_times()[:4]))
    return 0.0
