"""The world of two days, with all that is ugly in it, and the numbers that must come out."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from include.settings import get_settings
from include.sources.boards.remotive import Remotive
from sample.board_records import record_id
from sample.boards import BOARDS, DEFECTS
from sample.faults import Faults
from sample.hostile import HOSTILE_TEXTS
from sample.server import Upstream
from sample.world import World

from .steps import FIRST, SECOND, Day

__all__ = ["MONTH", "STEPS", "at", "connections", "leaf_of", "reachable", "upstream_of", "world_of"]

_SETTINGS = {
    "TECHPULSE_HN_CHUNK_COMMENTS": "20",
    "TECHPULSE_HTTP_MAX_ATTEMPTS": "12",
    "TECHPULSE_HTTP_BACKOFF_INITIAL_SECONDS": "0.005",
    "TECHPULSE_THEIRSTACK_CREDITS_PER_RUN": "100000",
    "TECHPULSE_THEIRSTACK_CREDITS_PER_MONTH": "100000",
}

MONTH = FIRST.months[-1]
STEPS = (("hacker_news", MONTH, FIRST.name), ("job_boards", FIRST.name))
"""What is read in the test's own process, where nothing is killed."""

_PATHS = {"hackernews": "/v0", "remotive": "/api", "arbeitnow": "/api", "himalayas": "",
          "theirstack": ""}  # fmt: skip
_LATE = "Latecomer | Platform Engineer | REMOTE (EU) | Go, Kafka | https://latecomer.example"


def world_of(day: Day, *, comments: int = 60, jobs: int = 160) -> World:
    """Return the world as it is on a day: the second has changed what the first has shown."""
    world = World(
        seed=23,
        first_month=FIRST.months[0],
        last_month=day.months[-1],
        comments=comments,
        jobs=jobs,
        today=FIRST.now.date(),
        hostile=len(HOSTILE_TEXTS),
        malformed=len(DEFECTS),
    )
    if day is SECOND:
        _let_time_pass(world)
    return world


def _let_time_pass(world: World) -> None:
    month, rng = FIRST.months[-1], random.Random(5)
    comments = [block.root for block in world.blocks(month)][len(HOSTILE_TEXTS) :]
    alive = [key for key in comments if (world.item(key) or {}).get("text")]
    edited, deleted, killed, gone, answered = rng.sample(alive, 5)
    world.edit_comment(edited, _LATE.replace("Latecomer", "Second Thoughts"))
    world.delete_comment(deleted)
    world.kill_comment(killed)
    world.make_null(gone)
    world.add_reply(answered, "Is it remote?")
    world.add_comment(month, _LATE)
    for board in BOARDS:
        jobs = [record_id(board, e.job) for e in world.listings(board) if not e.defect]
        changed, removed = jobs[-2:]
        world.change_posting(board, changed, salary="$150,000", description="Rust and Kafka.")
        world.remove_posting(board, removed)
    world.advance((SECOND.now - FIRST.now) // dt.timedelta(days=1))


def leaf_of(world: World, month: str) -> int:
    """Return a comment without replies that is as others are."""
    blocks = list(world.blocks(month))[len(HOSTILE_TEXTS) :]
    return next(b.root for b in blocks if len(b.items) == 1 and b.truth.is_job)


def upstream_of(day: Day) -> Upstream:
    """Return an upstream of a day; one item of each month always answers 401."""
    world = world_of(day)
    refused = frozenset(leaf_of(world, month) for month in day.months)
    faults = Faults(unauthorized_items=refused, latency_ms=4)
    return Upstream(world, faults, clock=day.now.timestamp)


def reachable(world: World, month: str) -> set[int]:
    """Return every item of a month, as the world itself has them: its thread, all below it."""
    threads = world.threads(month)
    pending, seen = [threads.thread_id], set(threads.superseded)
    while pending:
        key = pending.pop()
        if key not in seen:
            seen.add(key)
            pending += (world.item(key) or {}).get("kids") or []
    return seen


@contextmanager
def connections(upstream: Upstream) -> Iterator[Mapping[str, str]]:
    """Serve, and give the environment that points every connection there."""
    with upstream.serve() as url:
        yield {
            f"AIRFLOW_CONN_{source.upper()}_DEFAULT": json.dumps(
                {"conn_type": "http", "host": f"{url}{path}", "password": "sample-key"}
            )
            for source, path in _PATHS.items()
        }


@contextmanager
def at(world: World, faults: Faults, data: Path, **more: str) -> Iterator[Upstream]:
    """Serve the world with these faults; what runs in this process reads it, and writes there."""
    upstream = Upstream(world, faults)
    with pytest.MonkeyPatch.context() as patch, connections(upstream) as environment:
        for name, value in {**_SETTINGS, **environment, **more}.items():
            patch.setenv(name, value)
        patch.setenv("TECHPULSE_DATA_DIR", str(data))
        patch.setattr(Remotive, "call_limits", ())  # as run_step does, but not for good
        get_settings.cache_clear()
        yield upstream
    get_settings.cache_clear()
