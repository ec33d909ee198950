"""The tasks of the Hacker News DAGs: find a month's thread, fetch it in chunks, load it."""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any, TypedDict

from include.errors import ConfigurationError, MalformedAnswerError
from include.hooks.http_source import hacker_news, hacker_news_state
from include.months import Month
from include.pipeline.metrics import count_load
from include.settings import get_settings
from include.sources.hacker_news.client import SOURCE
from include.sources.hacker_news.directory import ThreadDirectory
from include.sources.hacker_news.threads import Thread, find_newest_thread, find_thread
from include.sources.record import Record
from include.staging.files import Manifest, stage
from include.state.lock import MonthLock, RunName
from include.warehouse.loads import hn_items, load

__all__ = [
    "Chunk",
    "StagedThread",
    "check_size",
    "chunks",
    "fetch_chunk",
    "load_month",
    "month_lock",
    "month_to_read",
    "stage_thread",
]

log = logging.getLogger(__name__)


class Chunk(TypedDict):
    """The comment ids that one mapped task fetches, together with all replies below them."""

    name: str
    ids: list[int]


class StagedThread(TypedDict):
    """A month's thread: its story is staged, its comments are yet to be fetched."""

    month: str
    thread_id: int
    comments: list[int]
    stories: Manifest


def month_to_read(
    partition_key: str | None,
    wanted: str | None,
    logical_date: dt.datetime | None,
    now: dt.datetime,
) -> Month | None:
    """Return the month of a run of ``hacker_news``; None: the newest with a published thread.

    It is the run's partition, else the param, else the month of a logical date in a month before
    ``now`` (UTC), as in ``airflow dags test hacker_news 2016-04-01``. Pass no logical date for a
    scheduled run: its date only says when it was due. Raises ConfigurationError when partition and
    param name different months.
    """
    named = {Month.parse(key) for key in (partition_key, wanted) if key}
    if len(named) > 1:
        raise ConfigurationError(
            "The run's partition and its param name different months",
            record=f"partition {partition_key}, param {wanted}",
            next_step="leave the param empty in a run of a partition.",
        )
    if named:
        return named.pop()
    dated = Month.of(logical_date) if logical_date else None
    return dated if dated and dated < Month.of(now) else None


def stage_thread(
    month: Month | None, run: RunName, now: dt.datetime, is_active: Callable[[RunName], bool]
) -> StagedThread:
    """Find the month's thread, lock the month, and stage the thread's stories.

    The stories include those of threads that it supersedes. Without a month, the newest published
    thread. Raises ThreadNotPublished, MonthLocked, ThreadNotFoundError and the source's errors.
    """
    with hacker_news() as source:
        directory = ThreadDirectory(source, hacker_news_state("threads"))
        if month:
            thread = find_thread(source, directory, month, now)
        else:
            thread = find_newest_thread(source, directory, now)
    check_size(thread)
    key = thread.month.key
    # Only now: without a month, its thread has to be found before the lock's key is known.
    month_lock().acquire(key, run, now, is_active)
    log.info(
        "%s: thread %s with %s comments, superseding %s",
        key,
        thread.thread_id,
        len(thread.comments),
        thread.superseded or "none",
    )
    return StagedThread(
        month=key,
        thread_id=thread.thread_id,
        comments=list(thread.comments),
        stories=_stage(thread.stories, key, run.run_id, "stories"),
    )


def check_size(thread: Thread) -> None:
    """Raise MalformedAnswerError for a thread of more comments than one may have."""
    max_items = get_settings().hn_max_items
    if len(thread.comments) > max_items:
        raise MalformedAnswerError(
            f"The thread has {len(thread.comments)} comments, more than {max_items}",
            record=f"item {thread.thread_id}",
            next_step="open the thread; if it is that large, raise TECHPULSE_HN_MAX_ITEMS.",
        )


def month_lock() -> MonthLock:
    """Return the locks of all months."""
    ttl = dt.timedelta(minutes=get_settings().hn_lock_ttl_minutes)
    return MonthLock(hacker_news_state("lock"), ttl=ttl)


def chunks(comments: Sequence[int]) -> Iterator[Chunk]:
    """Yield chunks of equal size, named by their positions in the thread.

    Each has at most ``hn_chunk_comments`` comments.
    """
    count = math.ceil(len(comments) / get_settings().hn_chunk_comments)
    ends = [len(comments) * number // max(count, 1) for number in range(count + 1)]
    for start, end in pairwise(ends):
        yield Chunk(name=f"comments {start + 1}-{end}", ids=list(comments[start:end]))


def fetch_chunk(chunk: Chunk, month: str, run: RunName) -> Manifest:
    """Fetch the chunk's comments and all replies below them; stage them as one file."""
    lock = month_lock()
    # Before and after: the task may have waited in its pool, and the next one may wait, too.
    lock.heartbeat(month, run, dt.datetime.now(dt.UTC))
    with hacker_news() as source:
        manifest = _stage(source.walk(chunk["ids"]), month, run.run_id, chunk["name"])
    lock.heartbeat(month, run, dt.datetime.now(dt.UTC))
    log.info("%s, %s: staged %s", month, chunk["name"], manifest["counts"])
    return manifest


def _stage(records: Iterable[Record], month: str, run_id: str, name: str) -> Manifest:
    return stage(records, source=SOURCE, partition=month, run=run_id, name=name)


def load_month(
    thread: StagedThread, comments: Sequence[Manifest], run: RunName, started_at: dt.datetime
) -> dict[str, Any]:
    """Commit the month's staged files to bronze, release its lock; return the ledger row."""
    target = hn_items(Month.parse(thread["month"]).start.date(), thread["thread_id"])
    manifests = [thread["stories"], *comments]
    ledger = asdict(
        load(
            target,
            manifests,
            run_id=run.run_id,
            started_at=started_at,
            # Every comment that the thread lists: a load without one of them fails.
            expected_keys=[str(item_id) for item_id in (thread["thread_id"], *thread["comments"])],
        )
    )
    # After the commit: a failed load keeps the lock for its retry.
    month_lock().release(thread["month"], run)
    count_load(ledger)
    log.info("loaded %s", ledger)
    return ledger
