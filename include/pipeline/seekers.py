"""The tasks of the Hacker News DAG for the sister threads, where people look for work.

A month is read when it is over: what an author deletes in time is never stored, and a thread is
complete. Only the comments directly below a thread are read, since replies are talk.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any, TypedDict

from include.hooks.http_source import hacker_news, hacker_news_state
from include.months import Month
from include.pipeline.hacker_news import check_size, month_lock
from include.pipeline.metrics import count_load
from include.sources.hacker_news.directory import ThreadDirectory
from include.sources.hacker_news.seekers import KINDS, SOURCE, kept, partition_of
from include.sources.hacker_news.threads import ThreadKind, ThreadNotPublished, find_thread
from include.staging.files import Manifest, stage
from include.state.lock import RunName
from include.warehouse.loads import hn_seekers, load

__all__ = ["KINDS", "StagedSeekers", "load_seekers", "stage_seekers"]

log = logging.getLogger(__name__)


class StagedSeekers(TypedDict):
    """A sister thread's month: one staged file has the thread and its comments."""

    kind: str
    month: str
    thread_id: int
    comments: list[int]
    file: Manifest


def stage_seekers(
    kind: str,
    wanted: Collection[str],
    month: Month | None,
    run: RunName,
    now: dt.datetime,
    is_active: Callable[[RunName], bool],
) -> StagedSeekers:
    """Find a kind's thread, lock its month, and stage what is kept of its comments.

    Without a month, that before ``now`` (UTC). Raises ThreadNotPublished if the run does not want
    the kind, or the month is not over; MonthLocked, ThreadNotFoundError and the source's errors.
    """
    if kind not in wanted:
        raise ThreadNotPublished(f"this run does not read the threads {kind!r}")
    month = month or Month.of(now).previous
    if month >= Month.of(now):
        raise ThreadNotPublished(f"{month} is not over: threads of seekers are read afterwards")
    partition = partition_of(ThreadKind(kind), month.key)
    with hacker_news() as source:
        directory = ThreadDirectory(source, hacker_news_state("threads"))
        thread = find_thread(source, directory, month, now, ThreadKind(kind))
        check_size(thread)
        lock = month_lock()
        lock.acquire(partition, run, now, is_active)
        records = [*thread.stories, *source.read_all(thread.comments)]
    lock.heartbeat(partition, run, dt.datetime.now(dt.UTC))
    file = stage(map(kept, records), source=SOURCE, partition=partition, run=run.run_id, name="all")
    log.info("%s: thread %s, staged %s", partition, thread.thread_id, file["counts"])
    comments = list(thread.comments)
    return StagedSeekers(
        kind=kind, month=month.key, thread_id=thread.thread_id, comments=comments, file=file
    )


def load_seekers(staged: StagedSeekers, run: RunName, started_at: dt.datetime) -> dict[str, Any]:
    """Commit a staged thread to bronze, release its month's lock; return the ledger row."""
    target = hn_seekers(
        staged["kind"], Month.parse(staged["month"]).start.date(), staged["thread_id"]
    )
    expected = [str(item_id) for item_id in (staged["thread_id"], *staged["comments"])]
    ledger = asdict(
        load(
            target,
            [staged["file"]],
            run_id=run.run_id,
            started_at=started_at,
            expected_keys=expected,
        )
    )
    month_lock().release(target.partition, run)
    count_load(ledger)
    log.info("loaded %s", ledger)
    return ledger
