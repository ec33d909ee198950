"""A range of months through the Airflow of this machine: begun, watched, resumed."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from include.errors import ConfigurationError
from include.months import FIRST_MONTH, Month
from local.airflow_api import AirflowApi
from local.steps import StepFailedError

__all__ = ["backfill"]

DAG = "hacker_news"
_RUNS = 4  # months at a time; the pool techpulse_hackernews bounds what they fetch together
_PAUSE_SECONDS = 10.0  # a look costs Airflow some 0.2 s
_GONE_ON = """
Airflow goes on with it. make backfill shows it again; make down ends Airflow, and make backfill
later takes up where it was."""


def backfill(api: AirflowApi, first: Month, last: Month, *, again: bool) -> None:
    """Read the months that are not read yet, or all of them ``again``; return when all are done.

    A backfill that is under way is watched. Raises StepFailedError with the months that failed.
    """
    if first < FIRST_MONTH or last < first:
        raise ConfigurationError(
            "There is nothing to backfill in this range",
            record=f"{first}..{last}",
            next_step=f"choose months from {FIRST_MONTH} on, the earlier one first.",
        )
    _wait(lambda: _is_parsed(api), "Airflow has not read the DAG hacker_news")
    if under_way := _under_way(api):
        first, last = (Month.parse(under_way[end][:7]) for end in ("from_date", "to_date"))
        print(f"Airflow is at the backfill of {first} to {last} already.", flush=True)
    else:
        _create(api, first, last, again=again)
    try:
        failed = _watch(api, first, last)
        _wait_for_analytics(api)
    except KeyboardInterrupt:
        print(_GONE_ON)
        sys.exit(130)
    if failed:
        raise StepFailedError(
            f"{len(failed)} months failed: {', '.join(failed)}. Their tasks say why. Then: make "
            "backfill again, which reads only these."
        )


def _is_parsed(api: AirflowApi) -> bool:
    try:
        return not api.get(f"dags/{DAG}")["is_paused"]
    except StepFailedError:
        return False


def _wait(is_done: Callable[[], bool], complaint: str, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            raise StepFailedError(complaint)
        time.sleep(_PAUSE_SECONDS)


def _under_way(api: AirflowApi) -> dict[str, Any] | None:
    entries = api.all("backfills", "backfills", dag_id=DAG)
    return next((entry for entry in entries if not entry["completed_at"]), None)


def _create(api: AirflowApi, first: Month, last: Month, *, again: bool) -> None:
    # The newest first: they are what is looked at most. A month that an interrupted run has left
    # failed is read again in any case.
    body = {
        "dag_id": DAG,
        "from_date": first.start.isoformat(),
        "to_date": last.start.isoformat(),
        "run_backwards": True,
        "max_active_runs": _RUNS,
        "reprocess_behavior": "completed" if again else "failed",
    }
    api.post("backfills", body)


def _watch(api: AirflowApi, first: Month, last: Month) -> list[str]:
    """Show the months' states until all runs have ended; return the months that failed."""
    started = time.monotonic()
    while True:
        states = dict(_latest_states(api, first, last))
        counts = Counter(states.values())
        done = counts["success"] + counts["failed"]
        _show(
            f"{done} of {len(states)} months, {counts['running']} running, "
            f"{counts['failed']} failed, {time.monotonic() - started:.0f} s"
        )
        if done == len(states) and not _under_way(api):
            print()
            return sorted(month for month, state in states.items() if state == "failed")
        time.sleep(_PAUSE_SECONDS)


def _latest_states(api: AirflowApi, first: Month, last: Month) -> Iterator[tuple[str, str]]:
    """Yield each month with the state of its newest run, older runs first."""
    runs = api.all(f"dags/{DAG}/dagRuns", "dag_runs", order_by="id")
    for run in runs:
        month = run["partition_key"]
        if month and first.key <= month <= last.key:
            yield month, run["state"]


def _wait_for_analytics(api: AirflowApi) -> None:
    """Wait until silver, gold and the serving store have taken in what was loaded."""
    started = time.monotonic()

    def waiting() -> int:
        runs = api.get("dags/analytics/dagRuns", limit=1, state=["queued", "running"])
        count = int(runs["total_entries"])
        _show(f"analytics, {count} runs waiting, {time.monotonic() - started:.0f} s")
        return count

    while waiting():
        time.sleep(_PAUSE_SECONDS)
    print()


def _show(line: str) -> None:
    """Write over the line before on a terminal; in a file, let each stand."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K  {line}", end="", flush=True)
    else:
        print(f"  {line}", flush=True)
