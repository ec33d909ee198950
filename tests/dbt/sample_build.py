"""A small generated world of Hacker News and job boards, in a warehouse that dbt has built."""

from __future__ import annotations

import datetime as dt
import json

from bench.history import load_month
from include.settings import Settings
from include.sources.normalise import to_posting
from include.sources.record import Record
from include.sources.registry import board
from include.staging.files import stage
from include.warehouse.loads import job_postings, load
from sample.boards import BOARDS
from sample.world import World

from .conftest import dbt

__all__ = ["NOW", "build_sample"]

NOW = dt.datetime(2026, 3, 20, tzinfo=dt.UTC)


def build_sample(settings: Settings, world: World) -> None:
    """Load all months and job boards of a world, and build silver and gold."""
    for month in world.months():
        load_month(world, month, settings)
    for source in BOARDS:
        records = [world.record(entry) for entry in world.listings(source)]
        load_board(settings, source, records)
    dbt(
        settings, "build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"
    )


def load_board(settings: Settings, source: str, payloads: list[dict[str, object]]) -> None:
    """Load a job board's records as its DAG does."""
    records = [
        Record.fetched(to_posting(board(source), one, NOW)[0].id, one, json.dumps(one))
        for one in payloads
    ]
    where = {"source": source, "partition": "day", "run": "r", "name": "all"}
    manifest = stage(records, settings.staging_dir, **where)
    load(job_postings(source, "day"), [manifest], run_id="r", started_at=NOW, settings=settings)
