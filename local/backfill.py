"""Backfill months by ``airflow backfill create``, with a progress line from Airflow's REST API."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections import Counter
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from include.months import Month
from local.steps import StepFailedError, Steps

__all__ = ["AirflowApi", "backfill"]

DAG = "hacker_news"
_RUNS = 4  # concurrent months; the pool techpulse_hackernews limits their fetching tasks
_POLL_SECONDS = 10.0  # a poll costs Airflow some 0.2 s
_PARSE_TIMEOUT_SECONDS = 120.0
_PAGE = 100  # the API's own limit
_DETACHED = """
The backfill continues in Airflow. make backfill shows it again; make down stops Airflow, and make
backfill resumes it later."""


class AirflowApi:
    """A client of Airflow's REST API on this machine, logged in as admin."""

    def __init__(self, base_url: str, password: str) -> None:
        self._base_url = base_url
        self._credentials = {"username": "admin", "password": password}
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy cannot reach this machine
        # Airflow answers 503 while the scheduler's writes keep SQLite busy.
        busy = Retry(total=5, status_forcelist=[503], allowed_methods=None, backoff_factor=0.5)
        self._session.mount(base_url, HTTPAdapter(max_retries=busy))

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Return the JSON of ``GET /api/v2/<path>``; raises StepFailedError for any other answer.

        Each call logs in: a token would expire during a long backfill.
        """
        try:
            token = self._json("POST", "auth/token", json=self._credentials)["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            return self._json("GET", f"api/v2/{path}", params=params, headers=headers)
        except requests.RequestException as error:
            raise StepFailedError(
                f"Airflow does not answer at {self._base_url}: {error}"
            ) from error

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self._session.request(method, f"{self._base_url}/{path}", timeout=60, **options)
        answer.raise_for_status()
        return dict(answer.json())


def backfill(steps: Steps, api: AirflowApi, first: Month, last: Month, *, again: bool) -> None:
    """Read the missing months, or all if ``again``, and wait for their analytics run.

    If a backfill is running, only watch it. Raises StepFailedError with the months that failed, or
    if analytics, which publishes them, failed.
    """
    _wait_until_parsed(api)
    entry = _running(api)
    if entry is None:
        _create(steps, first, last, again=again)
    else:
        first, last = (Month.parse(entry[end][:7]) for end in ("from_date", "to_date"))
        print(f"  Already running: the backfill of {first} to {last}", flush=True)
    try:
        failed = _watch(api, first, last)
    except KeyboardInterrupt:
        print(_DETACHED)
        sys.exit(130)
    if failed:
        raise StepFailedError(
            f"{len(failed)} failed: {', '.join(failed)}. See the logs of their tasks, then run "
            "make backfill again: it reads only the months that failed."
        )


def _wait_until_parsed(api: AirflowApi) -> None:
    """Wait until Airflow has parsed the DAG; ``airflow backfill create`` refuses it before."""
    deadline = time.monotonic() + _PARSE_TIMEOUT_SECONDS
    while DAG not in {dag["dag_id"] for dag in api.get("dags", tags="techpulse")["dags"]}:
        if time.monotonic() > deadline:
            raise StepFailedError(f"Airflow has not parsed the DAG {DAG}: see its import errors.")
        time.sleep(_POLL_SECONDS)


def _create(steps: Steps, first: Month, last: Month, *, again: bool) -> None:
    # Newest first: those months matter most to readers.
    range_ = ["--from-date", f"{first}-01", "--to-date", f"{last}-01", "--run-backwards"]
    reprocess = ["--reprocess-behavior", "completed" if again else "failed"]
    command = ["backfill", "create", "--dag-id", DAG, "--max-active-runs", str(_RUNS)]
    steps.airflow(f"backfill of {first} to {last}", *command, *range_, *reprocess)


def _running(api: AirflowApi) -> dict[str, Any] | None:
    """Return the backfill that has not completed; Airflow allows one per DAG."""
    newest = api.get("backfills", dag_id=DAG, order_by="-id", limit=1)["backfills"]
    return next((entry for entry in newest if not entry["completed_at"]), None)


def _watch(api: AirflowApi, first: Month, last: Month) -> list[str]:
    """Show progress until the backfill and analytics have ended; return the failed runs."""
    started = time.monotonic()
    while True:
        running = _running(api)
        months = _latest_states(api, first, last)
        counts = Counter(months.values())
        waiting = api.get("dags/analytics/dagRuns", state=["queued", "running"])["total_entries"]
        _show(
            f"{counts['success']} of {len(months)} months, {counts['running']} running, "
            f"{counts['failed']} failed; {waiting} runs of analytics pending; "
            f"{dt.timedelta(seconds=int(time.monotonic() - started))}"
        )
        if not running and not waiting:
            break
        time.sleep(_POLL_SECONDS)
    print()
    failed = sorted(month for month, state in months.items() if state == "failed")
    newest = api.get("dags/analytics/dagRuns", order_by="-id", limit=1)["dag_runs"]
    return failed + ["analytics" for run in newest if run["state"] == "failed"]


def _latest_states(api: AirflowApi, first: Month, last: Month) -> dict[str, str]:
    """Return the state of each month's newest run, which supersedes older ones."""
    dates = {"partition_date_gte": f"{first}-01", "partition_date_lte": f"{last}-01"}
    runs: list[dict[str, Any]] = []
    while True:
        page = api.get(f"dags/{DAG}/dagRuns", order_by="id", limit=_PAGE, offset=len(runs), **dates)
        runs += page["dag_runs"]
        if not page["dag_runs"] or len(runs) >= page["total_entries"]:
            return {run["partition_key"]: run["state"] for run in runs}


def _show(line: str) -> None:
    """Overwrite the previous line on a terminal; otherwise print a new line."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K  {line}", end="", flush=True)
    else:
        print(f"  {line}", flush=True)
