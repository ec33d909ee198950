"""The DAG's tasks one after the other, without Airflow around them."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from typing import Any, NamedTuple

from include.months import Month
from include.pipeline.hacker_news import chunks, fetch_chunk, load_month, stage_thread
from include.state.lock import RunName

__all__ = ["MonthRead", "point_at", "read_month"]


class MonthRead(NamedTuple):
    """The ledger row of a month's load, and what its steps took."""

    ledger: dict[str, Any]
    fetch_seconds: float
    load_seconds: float


def point_at(url: str) -> None:
    """Let the connection ``hackernews_default`` of this process name this upstream."""
    connection = {"conn_type": "http", "host": url}
    os.environ["AIRFLOW_CONN_HACKERNEWS_DEFAULT"] = json.dumps(connection)


def read_month(month: str, run_id: str = "bench") -> MonthRead:
    """Find a month's thread, fetch it chunk by chunk, load it: what the DAG does."""
    begun, now = time.perf_counter(), dt.datetime.now(dt.UTC)
    run = RunName("hacker_news", run_id)
    thread = stage_thread(Month.parse(month), run, now, lambda _: False)
    staged = [fetch_chunk(chunk, thread["month"], run) for chunk in chunks(thread["comments"])]
    fetched = time.perf_counter()
    ledger = load_month(thread, staged, run, now)
    return MonthRead(ledger, fetched - begun, time.perf_counter() - fetched)
