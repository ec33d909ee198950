"""The environment in which an Airflow finds the bundle: of this machine, of a test, of a bench."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from include.settings import PROJECT_ROOT

__all__ = [
    "AIRFLOW_HOME",
    "DATA_DIR",
    "DEMO_DATA_DIR",
    "LOG_DIR",
    "airflow_environment",
]

AIRFLOW_HOME: Final = PROJECT_ROOT / ".airflow"
LOG_DIR: Final = AIRFLOW_HOME / "logs" / "make"
DATA_DIR: Final = Path(os.environ.get("TECHPULSE_DATA_DIR") or PROJECT_ROOT / "data").absolute()
DEMO_DATA_DIR: Final = PROJECT_ROOT / "data" / "demo"
"""Generated data lie here, wherever those of this installation lie."""

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")

# Which Airflow this is: its home, database, bundle and plugins. Those of another Airflow, which the
# shell may name, would hide the DAGs, or be written to.
_IDENTITY = re.compile(
    r"AIRFLOW_(?:HOME|CONFIG)"
    r"|AIRFLOW__DATABASE__.*"
    r"|AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_.*"
    r"|AIRFLOW__SECRETS__.*"
    r"|AIRFLOW__CORE__(?:DAGS_FOLDER|PLUGINS_FOLDER|EXECUTOR|AUTH_MANAGER|SIMPLE_AUTH_MANAGER_.*"
    r"|SQL_ALCHEMY_CONN|EXECUTION_API_SERVER_URL|UNIT_TEST_MODE)(?:_CMD|_SECRET)?"
    r"|AIRFLOW__(?:API|API_AUTH|CELERY|CELERY_.*)__.*"
)
# And what could lead the demo's generated postings into an installation, or its questions to a
# real source: everything that says how Airflow, dbt and TechPulse run.
_CONFIGURATION = re.compile(r"(?:_?AIRFLOW|TECHPULSE|DBT|THEIRSTACK|OPENLINEAGE)_.*")


def airflow_environment(
    data_dir: Path = DATA_DIR, *, home: Path = AIRFLOW_HOME, isolated: bool = False, **more: str
) -> dict[str, str]:
    """Return this process's environment for an Airflow with the bundle and its AIRFLOW_HOME.

    Which Airflow it is, is decided here. Its options, the connections and TechPulse's settings are
    the caller's where the caller has set them, unless it is ``isolated``. ``more`` always wins.
    """
    foreign = _CONFIGURATION if isolated else _IDENTITY
    inherited = {name: value for name, value in os.environ.items() if not foreign.fullmatch(name)}
    python_path = [str(PROJECT_ROOT), str(PROJECT_ROOT / "local" / "config")]
    if path := inherited.get("PYTHONPATH"):
        python_path.append(path)
    scripts = str(PROJECT_ROOT / ".venv" / "bin")
    return {
        **_airflow_options(),
        **inherited,
        **_identity(home),
        **_without_proxy(inherited),
        "PYTHONPATH": os.pathsep.join(python_path),
        "PATH": os.pathsep.join((scripts, inherited.get("PATH", os.defpath))),
        "TECHPULSE_DATA_DIR": str(data_dir),
        **more,
    }


def _identity(home: Path) -> dict[str, str]:
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT_ROOT / "plugins"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__API__HOST": "127.0.0.1",
    }


def _airflow_options() -> dict[str, str]:
    return {
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        # The metadata database is SQLite here: more writers than this wait for each other.
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        # After a crash the tasks that were cut off are tried again after two minutes, not five.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "60",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
        "DO_NOT_TRACK": "1",
    }


def _without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Return NO_PROXY with this machine added: its own servers are asked without a proxy.

    In both spellings: which one a client reads first differs from library to library.
    """
    hosts: list[str] = []
    for name in ("NO_PROXY", "no_proxy"):
        hosts += [host.strip() for host in environment.get(name, "").split(",") if host.strip()]
    value = ",".join(dict.fromkeys([*hosts, *_LOOPBACK]))
    return {"NO_PROXY": value, "no_proxy": value}
