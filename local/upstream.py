"""Point a local Airflow's sources to the sample upstream: generated postings, no network."""

from __future__ import annotations

import json
import sys

from include.months import FIRST_MONTH, Month
from sample.company_boards import SYSTEMS

__all__ = ["COMMENTS", "COMPANY_BOARDS", "command", "connections"]

COMMENTS = 150  # top-level comments a month: quick to fetch, about half of a recent real month
COMPANY_BOARDS = 20
_PATHS = {"hackernews": "/v0", "remotive": "/api", "arbeitnow": "/api", "himalayas": "",
          "theirstack": ""} | {s: f"/ats/{s}" for s in (*SYSTEMS, "lever_eu")}  # fmt: skip


def connections(base_url: str) -> dict[str, str]:
    """Return environment variables that point every source's connection to the upstream."""
    return {
        f"AIRFLOW_CONN_{source.upper()}_DEFAULT": json.dumps(
            {"conn_type": "http", "host": f"{base_url}{path}", "password": "sample-key"}
        )
        for source, path in _PATHS.items()
    }


def command(port: int, last: Month) -> list[str]:
    """Return the command that serves the generated history on 127.0.0.1."""
    months = f"{FIRST_MONTH}..{last}"
    arguments = ["--port", str(port), "--months", months, "--comments", str(COMMENTS),
                 "--company-boards", str(COMPANY_BOARDS)]  # fmt: skip
    return [sys.executable, "-m", "sample.server", *arguments]
