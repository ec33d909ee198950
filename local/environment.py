"""The environment in which Airflow finds the bundle on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from include.settings import PROJECT_ROOT

__all__ = ["AIRFLOW_HOME", "DATA_DIR", "LOG_DIR", "airflow_environment"]

AIRFLOW_HOME: Final = PROJECT_ROOT / ".airflow"
LOG_DIR: Final = AIRFLOW_HOME / "logs" / "make"
DATA_DIR: Final = Path(os.environ.get("TECHPULSE_DATA_DIR") or PROJECT_ROOT / "data").absolute()


def airflow_environment(data_dir: Path = DATA_DIR, **more: str) -> dict[str, str]:
    """Return this process's environment with Airflow at home in ``.airflow``.

    What the caller has set wins, so every value can be changed from outside.
    """
    python_path = [str(PROJECT_ROOT), str(PROJECT_ROOT / "local" / "config")]
    if inherited := os.environ.get("PYTHONPATH"):
        python_path.append(inherited)
    ours = {
        "AIRFLOW_HOME": str(AIRFLOW_HOME),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT_ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        # The metadata database is SQLite here: more writers than this wait for each other.
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        # After a crash the tasks that were cut off are tried again after two minutes, not five.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "60",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
        "DO_NOT_TRACK": "1",
        "TECHPULSE_DATA_DIR": str(data_dir),
    }
    scripts = str(PROJECT_ROOT / ".venv" / "bin")
    return {
        **ours,
        **os.environ,
        "PYTHONPATH": os.pathsep.join(python_path),
        "PATH": os.pathsep.join((scripts, os.environ.get("PATH", os.defpath))),
        "TECHPULSE_DATA_DIR": str(data_dir),
        **more,
    }
