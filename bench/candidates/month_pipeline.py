"""The DAG's tasks one after the other, without Airflow around them."""

from __future__ import annotations

import os
from typing import Any

from bench.pipeline import point_at, read_month
from include.settings import get_settings

__all__ = ["prepare", "rows", "work"]


def prepare(job: dict[str, Any]) -> None:
    """Point the settings and the connection at the job's."""
    os.environ["TECHPULSE_DATA_DIR"] = job["folder"]
    get_settings.cache_clear()
    point_at(job["url"])


def work(job: dict[str, Any]) -> None:
    """Find the month's thread, fetch it in chunks, load it."""
    read_month(job["month"])


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what the DAG's run returns: its tasks; here they are one stretch of work."""
    return {"tasks": job["chunks"] + 4}
