"""Many months, fetch to published, without Airflow: task after task, then dbt, then publish."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from bench.dbt_build import dbt
from bench.pipeline import point_at, read_month
from include.months import Month
from include.pipeline.publish import publish_gold
from include.settings import get_settings
from include.warehouse.connection import open_warehouse

__all__ = ["details", "history_rows", "prepare", "rows", "work"]

_cost: list[tuple[float, float]] = []
_analytics: list[float] = []


def prepare(job: dict[str, Any]) -> None:
    """Point the settings and the connection at the job's."""
    os.environ["TECHPULSE_DATA_DIR"] = job["folder"]
    get_settings.cache_clear()
    point_at(f"{job['url']}/v0")


def work(job: dict[str, Any]) -> None:
    """Read every month, then build and publish."""
    month, last = Month.parse(job["first"]), Month.parse(job["last"])
    while month <= last:
        clock, processor = time.perf_counter(), time.process_time()
        read_month(month.key, f"bench__{month.key}")
        _cost.append((time.perf_counter() - clock, time.process_time() - processor))
        month = month.next
    begun = time.perf_counter()
    dbt(get_settings(), "build")
    publish_gold()
    _analytics.append(time.perf_counter() - begun)


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what is in bronze and in gold."""
    return history_rows(Path(job["folder"]))


def history_rows(data_dir: Path) -> dict[str, int]:
    """Return the number of rows of bronze and of gold in a data folder."""
    settings = get_settings().model_copy(update={"data_dir": data_dir})
    tables = ("bronze.raw_hn_items", "bronze.loads", "gold.fct_postings", "gold.monthly_trends")
    with open_warehouse(settings, read_only=True) as warehouse:
        counts = {
            table: warehouse.execute(f"select count(*) from {table}").fetchone() for table in tables
        }
    return {table: int(count[0]) for table, count in counts.items() if count}


def details(job: dict[str, Any]) -> dict[str, Any]:
    """Return each month's seconds and processor seconds, and the seconds of analytics."""
    return {"months": _cost, "analytics": _analytics[0]}
