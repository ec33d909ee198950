"""Start and stop ``airflow standalone`` with the bundle in the background."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import yaml

from include.months import Month
from include.settings import PROJECT_ROOT
from local import process_groups as sessions
from local.backfill import AirflowApi
from local.environment import AIRFLOW_HOME, LOG_DIR
from local.pipeline import new_steps
from local.steps import StepFailedError, Steps
from local.upstream import command, connections

__all__ = ["is_running", "local_api", "start", "stop"]

_PIDS = AIRFLOW_HOME / "sessions"
_PASSWORDS = AIRFLOW_HOME / "simple_auth_manager_passwords.json.generated"
_READY_SECONDS = 180
_DIRECT = build_opener(ProxyHandler({}))  # never ask our own server through a proxy


def start(port: int, data_dir: Path, *, demo: bool = False) -> None:
    """Start Airflow on 127.0.0.1 and return when the UI and the plugin answer.

    A demo uses only the sample upstream, served on the next port. Raises StepFailedError when
    Airflow is running already or does not start.
    """
    if is_running():
        raise StepFailedError("Airflow is running already: make down stops it.")
    data_dir.mkdir(parents=True, exist_ok=True)
    AIRFLOW_HOME.mkdir(exist_ok=True)
    AIRFLOW_HOME.chmod(0o700)  # an earlier version may have created it with other permissions
    steps = new_steps(
        "up",
        data_dir,
        demo=demo,
        AIRFLOW__API__PORT=str(port),
        AIRFLOW__API__BASE_URL=f"http://127.0.0.1:{port}",
        AIRFLOW__CORE__EXECUTION_API_SERVER_URL=f"http://127.0.0.1:{port}/execution/",
        TECHPULSE_TASK_RETRIES="3" if demo else os.environ.get("TECHPULSE_TASK_RETRIES", "3"),
        **(connections(f"http://127.0.0.1:{port + 1}") if demo else {}),
    )
    steps.airflow("Airflow's metadata database", "db", "migrate")
    _import_settings(steps)
    _PIDS.unlink(missing_ok=True)
    if demo:
        running = Month.of(dt.datetime.now(dt.UTC))
        sessions.launch(command(port + 1, running), LOG_DIR / "upstream.log", _PIDS)
    standalone = [sys.executable, "-m", "airflow", "standalone"]
    process = sessions.launch(standalone, LOG_DIR / "standalone.log", _PIDS, steps.environment)
    _wait_until_ready(port, process)
    print(f"\nAirflow      http://127.0.0.1:{port}")
    print(f"Dashboard    http://127.0.0.1:{port}/techpulse/dashboard")
    print(f"Log in as    admin, password {_password()}")
    print(f"Data         {data_dir}")
    if demo:
        print(
            f"Upstream     http://127.0.0.1:{port + 1} (generated; no request leaves this machine)"
        )
    print(f"Log          {LOG_DIR / 'standalone.log'}")
    print("Stop it by   make down")


def is_running() -> bool:
    """Return whether an Airflow that was started here is running."""
    return bool(sessions.running(_PIDS))


def local_api(port: int) -> AirflowApi:
    """Return the REST API of the Airflow that was started here."""
    return AirflowApi(f"http://127.0.0.1:{port}", _password())


def _import_settings(steps: Steps) -> None:
    """Create the missing pools and connections of airflow_settings.yaml."""
    settings = yaml.safe_load((PROJECT_ROOT / "airflow_settings.yaml").read_text())["airflow"]
    pools = {
        pool["pool_name"]: {
            "slots": pool["pool_slot"],
            "description": pool["pool_description"],
            "include_deferred": False,
        }
        for pool in settings["pools"]
    }
    connections = {entry["conn_id"]: _connection(entry) for entry in settings["connections"]}
    for kind, content in (("pools", pools), ("connections", connections)):
        file = AIRFLOW_HOME / f"{kind}.json"
        file.write_text(json.dumps(content))
        steps.airflow(f"{kind} of airflow_settings.yaml", kind, "import", str(file))


def _connection(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of airflow_settings.yaml as ``airflow connections import`` reads it."""
    parts = {name.removeprefix("conn_"): value for name, value in entry.items() if value}
    extra = {"extra": json.dumps(parts["extra"])} if "extra" in parts else {}
    given = {**parts, **extra, "conn_type": parts["type"]}
    return {name: value for name, value in given.items() if name not in ("id", "type")}


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    print("      waiting for Airflow ", end="", flush=True)
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if _answers(f"http://127.0.0.1:{port}/techpulse/health/live"):
            print("ready", flush=True)
            return
        print(".", end="", flush=True)
        time.sleep(2)
    stop()
    raise StepFailedError(f"Airflow did not start; see {LOG_DIR / 'standalone.log'}")


def _answers(url: str) -> bool:
    """Return whether the plugin answers; an unmounted path answers 200 with Airflow's own page."""
    try:
        with _DIRECT.open(url, timeout=5) as answer:
            return bool(json.load(answer).get("system") == "TechPulse")
    except (URLError, OSError, ValueError):
        return False


def _password() -> str:
    return str(json.loads(_PASSWORDS.read_text())["admin"]) if _PASSWORDS.exists() else "(none)"


def stop() -> None:
    """Stop all of its processes and print the outcome."""
    print("Airflow has stopped." if sessions.end(_PIDS) else "Airflow is not running.")
