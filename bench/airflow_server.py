"""A real Airflow API server of its own, with the plugin, on a free loopback port."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.environment import airflow_environment

__all__ = ["AirflowServer", "airflow_server", "free_port"]

_SIGN_IN = """
from airflow.utils.db import initdb
initdb()
from airflow.api_fastapi.app import create_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
manager = create_auth_manager()
print("TOKEN " + manager.generate_jwt(SimpleAuthManagerUser(username="viewer", role="viewer")))
"""
_START_SECONDS = 120


@dataclass(frozen=True)
class AirflowServer:
    """Where it listens, a viewer's token, and its first process."""

    port: int
    token: str
    pid: int

    @property
    def url(self) -> str:
        """The address of Airflow's own page."""
        return f"http://127.0.0.1:{self.port}"

    def memory_mb(self) -> float:
        """Return the memory of all its processes; what several share counts once."""
        first = psutil.Process(self.pid)
        processes = [first, *first.children(recursive=True)]
        return float(sum(process.memory_full_info().pss for process in processes)) / 2**20


@contextmanager
def airflow_server(
    folder: Path, serving_url: str, *, plugin: bool = True
) -> Iterator[AirflowServer]:
    """Start `airflow api-server` (one worker, simple auth manager); end all of its processes.

    Without the ``plugin``, it is Airflow alone.
    """
    home = folder / ("airflow" if plugin else "airflow_alone")
    (home / "dags").mkdir(parents=True)
    environment = _environment(home, serving_url)
    if not plugin:
        environment["AIRFLOW__CORE__PLUGINS_FOLDER"] = str(home / "plugins")
    token = _token(environment)
    port = free_port()
    arguments = ["api-server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with (folder / "api-server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", *arguments],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_for(port, process)
            yield AirflowServer(port, token, process.pid)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _environment(home: Path, serving_url: str) -> dict[str, str]:
    return airflow_environment(
        home / "data",
        home=home,
        AIRFLOW__CORE__DAGS_FOLDER=str(home / "dags"),
        AIRFLOW__API_AUTH__JWT_SECRET=secrets.token_hex(32),
        AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
        TECHPULSE_SERVING_URL=serving_url,
    )


def _token(environment: dict[str, str]) -> str:
    """Make the metadata database, and sign a viewer in."""
    command = [sys.executable, "-c", _SIGN_IN]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    lines = (line for line in done.stdout.splitlines() if line.startswith("TOKEN "))
    return next(lines).removeprefix("TOKEN ")


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("The API server did not start; its log is api-server.log.")
