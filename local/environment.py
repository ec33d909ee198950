"""The environment of an Airflow with the bundle: for this machine, tests and benchmarks."""

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
"""Generated data is always here, whatever TECHPULSE_DATA_DIR is."""

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")

# What identifies an Airflow: home, database, bundle, plugins. The shell may hold those of another
# Airflow, which would hide our DAGs, or whose database we would write to.
_IDENTITY = re.compile(
    r"AIRFLOW_(?:HOME|CONFIG)"
    r"|AIRFLOW__DATABASE__.*"
    r"|AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_.*"
    r"|AIRFLOW__SECRETS__.*"
    r"|AIRFLOW__CORE__(?:DAGS_FOLDER|PLUGINS_FOLDER|EXECUTOR|AUTH_MANAGER|SIMPLE_AUTH_MANAGER_.*"
    r"|SQL_ALCHEMY_CONN|EXECUTION_API_SERVER_URL|UNIT_TEST_MODE)(?:_CMD|_SECRET)?"
    r"|AIRFLOW__(?:API|API_AUTH|CELERY|CELERY_.*)__.*"
)
# All configuration of Airflow, dbt and TechPulse: it could lead the demo's generated postings into
# an installation, or its requests to a real source.
_CONFIGURATION = re.compile(r"(?:_?AIRFLOW|TECHPULSE|DBT|THEIRSTACK|OPENLINEAGE)_.*")


def airflow_environment(
    data_dir: Path = DATA_DIR, *, home: Path = AIRFLOW_HOME, isolated: bool = False, **more: str
) -> dict[str, str]:
    """Return this process's environment, changed for an Airflow with the bundle in ``home``.

    Variables that identify the Airflow are replaced. Options, connections and TechPulse's settings
    are inherited from the caller, unless ``isolated``. ``more`` overrides everything.
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
        # The metadata database is SQLite: more writers would only wait for each other.
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        # Retry tasks killed by a crash after two minutes instead of five.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "60",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
        "DO_NOT_TRACK": "1",
    }


def _without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Return NO_PROXY with this machine added, so that its own servers bypass the proxy.

    In both spellings, because libraries differ in which one they prefer.
    """
    hosts: list[str] = []
    for name in ("NO_PROXY", "no_proxy"):
        hosts += [host.strip() for host in environment.get(name, "").split(",") if host.strip()]
    value = ",".join(dict.fromkeys([*hosts, *_LOOPBACK]))
    return {"NO_PROXY": value, "no_proxy": value}
