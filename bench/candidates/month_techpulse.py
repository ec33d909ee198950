"""TechPulse's whole month, without Airflow around it: from the API to bronze."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bench.candidates.digest import digest
from bench.candidates.fetch_techpulse import fetch, settings_of
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import hn_items, load

__all__ = ["prepare", "rows", "work"]


def prepare(job: dict[str, Any]) -> None:
    """Make the tables, as the other candidates do."""
    with open_warehouse(settings_of(job)):
        pass


def work(job: dict[str, Any]) -> None:
    """Fetch the month, stage it, load it."""
    target, now = hn_items(dt.date(2026, 5, 1), job["thread"]), dt.datetime.now(dt.UTC)
    load(target, fetch(job), run_id="bench", started_at=now, settings=settings_of(job))


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what bronze holds; what is null upstream is no item."""
    with open_warehouse(settings_of(job), read_only=True) as connection:
        found = connection.execute(
            "select item_id, payload ->> 'text' from bronze.raw_hn_items "
            "where payload ->> 'is_tombstone' is null"
        )
        return digest(found.fetchall())
