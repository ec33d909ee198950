"""Bronze filled from the generated world by the pipeline's own loads, without HTTP."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from include.months import Month
from include.settings import Settings
from include.sources.hacker_news.client import SOURCE, tombstone
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.loads import Ledger, hn_items, load
from sample.world import World

__all__ = ["items_of", "load_items", "load_month"]


def load_month(world: World, month: str, settings: Settings) -> Ledger:
    """Load a month of the world as it is now."""
    threads = world.threads(month)
    stories = (threads.thread_id, *threads.superseded)
    items = list(items_of(world, stories[:1])) + [(key, world.item(key)) for key in stories[1:]]
    return load_items(month, threads.thread_id, items, settings)


def items_of(world: World, roots: Sequence[int]) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield items and all that is below them, as the API shows them now; null upstream: None."""
    pending = list(roots)
    while pending:
        key = pending.pop()
        item = world.item(key)
        yield key, item
        pending += item.get("kids", []) if item else []


def load_items(
    month: str,
    thread_id: int,
    items: Sequence[tuple[int, dict[str, Any] | None]],
    settings: Settings,
) -> Ledger:
    """Stage the items, read under ``thread_id``, in a run of their own; load them."""
    run_id = f"manual__{uuid4()}"
    records = (_record(key, item) for key, item in items)
    manifest = stage(
        records, settings.staging_dir, source=SOURCE, partition=month, run=run_id, name="all"
    )
    start = Month.parse(month).start.date()
    target, now = hn_items(start, thread_id), dt.datetime.now(dt.UTC)
    return load(target, [manifest], run_id=run_id, started_at=now, settings=settings)


def _record(key: int, item: dict[str, Any] | None) -> Record:
    if item is None:
        return Record.tombstone(str(key), tombstone(key))
    return Record.fetched(str(key), item, json.dumps(item))
