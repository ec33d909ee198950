"""Run one month through the pipeline by ``airflow dags test``."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from include.months import Month
from local.environment import DATA_DIR, LOG_DIR, airflow_environment
from local.steps import Steps

__all__ = ["ask", "ingest_month", "new_steps", "run_month"]

_SKIPPED = re.compile(r"Skipping task\..*?reason=(['\"])(.*?)\1")
_LOADED = re.compile(r"loaded (\{.*?\})")


def new_steps(name: str, data_dir: Path, *, demo: bool = False, **environment: str) -> Steps:
    """Return steps that log to ``<name>.log`` and run in Airflow's environment."""
    # A person is watching: report a failure at once instead of retrying a minute later.
    environment.setdefault("TECHPULSE_TASK_RETRIES", "0")
    # A run that was interrupted must not keep its month locked for the next attempt.
    environment.setdefault("TECHPULSE_HN_LOCK_TTL_MINUTES", "0.1")
    inherited = airflow_environment(data_dir, isolated=demo)
    return Steps(LOG_DIR / f"{name}.log", inherited | environment)


def ingest_month(steps: Steps, month: Month) -> str:
    """Run the DAG ``hacker_news`` for a month; return its outcome in words."""
    conf = json.dumps({"month": month.key})
    output = steps.airflow(f"hacker_news {month}", "dags", "test", "hacker_news", "--conf", conf)
    if skipped := _SKIPPED.search(output):
        return f"skipped: {skipped[2]}"
    loaded = _LOADED.search(output)
    return f"loaded: {loaded[1]}" if loaded else "nothing was loaded"


def ask(steps: Steps, *arguments: str) -> str:
    """Return the output of a command of ``include.cli``."""
    return steps.run(f"cli {arguments[0]}", [sys.executable, "-m", "include.cli", *arguments])


def run_month(key: str) -> None:
    """Run both DAGs for a month on the configured connections, and print the outcome.

    Raises StepFailedError with the reason when a step fails.
    """
    month = Month.parse(key)
    print(f"TechPulse {month}: from the configured connections to {DATA_DIR}")
    steps = new_steps("run", DATA_DIR)
    steps.airflow("Airflow's metadata database", "db", "migrate")
    outcome = ingest_month(steps, month)
    print(f"      {outcome}")
    if outcome.startswith("skipped"):
        return
    steps.airflow("analytics", "dags", "test", "analytics")
    print(f"\nWarehouse: {DATA_DIR / 'warehouse.duckdb'}")
    print(f"Serving:   {DATA_DIR / 'serving.sqlite'}")
    print(f"Full log:  {steps.log}")
    print("Next: make up, then open http://127.0.0.1:8080")
