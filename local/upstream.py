"""The sample upstream as the sources of a local Airflow: generated postings, no network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from include.months import FIRST_MONTH, Month
from include.settings import PROJECT_ROOT

__all__ = ["COMMENTS", "connections", "launch"]

COMMENTS = 150  # top-level comments a month: quick to fetch, about half a real month of today
_PATHS = {"hackernews": "/v0", "remotive": "/api", "arbeitnow": "/api", "himalayas": "",
          "theirstack": ""}  # fmt: skip


def connections(base_url: str) -> dict[str, str]:
    """Return the environment that points every source's connection to the upstream."""
    return {
        f"AIRFLOW_CONN_{source.upper()}_DEFAULT": json.dumps(
            {"conn_type": "http", "host": f"{base_url}{path}", "password": "sample-key"}
        )
        for source, path in _PATHS.items()
    }


def launch(port: int, last: Month, log: Path, process_group: int) -> None:
    """Serve the whole generated history on 127.0.0.1, as a process of that group."""
    command = [sys.executable, "-m", "sample.server", "--port", str(port),
               "--months", f"{FIRST_MONTH}..{last}", "--comments", str(COMMENTS)]  # fmt: skip
    with log.open("ab") as output:
        subprocess.Popen(  # noqa: S603 -- a command of our own
            command,
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=process_group,
        )
