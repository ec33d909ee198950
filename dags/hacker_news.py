"""Hacker News "Who is hiring?": a month's thread from the API to bronze.

**`hacker_news`** is partitioned by month (`2016-03`), from 2011-04. Its schedule reads the month
that has just ended for the last time; `airflow backfill create`, or `make backfill`, reads any
others (docs/backfill.md). A manual run takes the month from the form, the newest whose thread is
out if it is left empty.

**`hacker_news_daily`** reads the newest month whose thread is out, every evening: the thread of a
month comes about 15:00 UTC of its first weekday, and new comments, replies, edits and deletions go
on all month. Until the new thread is out it is still last month's.

`find_thread` looks up the month's thread, `cut_in_chunks` splits its comments, `fetch_comments` is
mapped over the chunks and stages one file each, `load` commits all of them to
`bronze.raw_hn_items` with one row in `bronze.loads`. Reading a month again adds only what has
changed.

A future month, or one whose thread is not out yet, is skipped, and so is a month that another run
is reading; a month whose thread cannot be found fails with what was looked at.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import CronPartitionTimetable, Param, dag, task

from include.alerts import daily_deadline
from include.dag_rules import DEFAULT_ARGS, HACKERNEWS_POOL, RAW_HN_ITEMS, WAREHOUSE_POOL, Tag

SHARED: dict[str, Any] = {
    "catchup": False,
    "default_args": DEFAULT_ARGS,
    "tags": [Tag.TECHPULSE, Tag.INGEST],
    "doc_md": __doc__,
}


def read_a_month() -> None:
    """Find a month's thread, fetch its comments in chunks, load them."""

    @task(pool=HACKERNEWS_POOL)
    def find_thread(params: Any = None, dag_run: Any = None, ti: Any = None) -> dict[str, Any]:
        """Find the month's thread; skip one that is not out yet, or that another run reads."""
        from airflow.sdk.exceptions import AirflowSkipException

        from include.pipeline.hacker_news import month_to_read, stage_thread
        from include.pipeline.turns import MonthTaken, RunName, is_active
        from include.sources.hn_threads import NotOutYet

        month = month_to_read(dag_run.partition_key, params.get("month"))
        run, now = RunName(dag_run.dag_id, dag_run.run_id), dt.datetime.now(dt.UTC)
        try:
            return {**stage_thread(month, run, now, is_active(ti))}
        except (NotOutYet, MonthTaken) as reason:
            raise AirflowSkipException(str(reason)) from reason

    @task
    def cut_in_chunks(thread: Any) -> list[Any]:
        """Split the thread's comments into what one mapped task fetches."""
        from include.pipeline.hacker_news import chunks

        return list(chunks(thread["comments"]))

    @task(pool=HACKERNEWS_POOL, map_index_template="{{ task.op_kwargs['chunk']['name'] }}")
    def fetch_comments(chunk: Any, thread: Any, dag_run: Any = None) -> dict[str, Any]:
        """Fetch a chunk's comments with all replies below them into one staged file."""
        from include.pipeline.hacker_news import fetch_chunk
        from include.pipeline.turns import RunName

        run = RunName(dag_run.dag_id, dag_run.run_id)
        return {**fetch_chunk(chunk, thread["month"], run)}

    # A thread without comments makes an empty map, which is skipped: it is loaded all the same.
    @task(pool=WAREHOUSE_POOL, outlets=[RAW_HN_ITEMS], trigger_rule="none_failed_min_one_success")
    def load(
        thread: Any, comments: Any, dag_run: Any = None, outlet_events: Any = None
    ) -> dict[str, Any]:
        """Commit all staged files to bronze, with the ledger row, in one transaction."""
        from include.pipeline.hacker_news import load_month
        from include.pipeline.turns import RunName

        staged = comments[:] if comments else []
        run = RunName(dag_run.dag_id, dag_run.run_id)
        ledger = load_month(thread, staged, run, dag_run.start_date)
        outlet_events[RAW_HN_ITEMS].extra = ledger
        outlet_events[RAW_HN_ITEMS].add_partitions(thread["month"])
        return ledger

    thread = find_thread()
    load(thread, fetch_comments.partial(thread=thread).expand(chunk=cut_in_chunks(thread)))


@dag(
    dag_id="hacker_news",
    description='Hacker News "Who is hiring?" threads, a month at a time',
    # On the 1st, the partition before: the month that has ended.
    schedule=CronPartitionTimetable("0 0 1 * *", timezone="UTC", run_offset=-1, key_format="%Y-%m"),
    start_date=dt.datetime(2011, 4, 1, tzinfo=dt.UTC),
    max_active_runs=4,
    params={
        "month": Param(
            None,
            type=["null", "string"],
            pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
            title="Month",
            description="YYYY-MM, from 2011-04; empty for the run's partition or the newest month.",
        )
    },
    **SHARED,
)
def hacker_news() -> None:
    """Read the month of the run's partition."""
    read_a_month()


@dag(
    dag_id="hacker_news_daily",
    description='The newest Hacker News "Who is hiring?" thread, every day',
    schedule="0 18 * * *",
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    max_active_runs=1,
    deadline=daily_deadline(),
    **SHARED,
)
def hacker_news_daily() -> None:
    """Read the newest month whose thread is out."""
    read_a_month()


hacker_news()
hacker_news_daily()
