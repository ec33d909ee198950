"""Hacker News "Who is hiring?": a month's thread from the API to bronze.

**Partitions** are months (`2016-03`), from 2011-04. The schedule creates the running month's
partition on the 2nd of each month; `airflow backfill create` makes any others. A manual run takes
the month from the form, the running month if it is left empty.

`find_thread` looks up the month's thread, `cut_in_chunks` splits its comments, `fetch_comments` is
mapped over the chunks and stages one file each, `load` commits all of them to
`bronze.raw_hn_items` with one row in `bronze.loads`. Reading a month again adds only what has
changed.

A future month, or one whose thread is not out yet, is skipped; a month whose thread cannot be
found fails with what was looked at.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import CronPartitionTimetable, Param, dag, task

from include.dag_rules import DEFAULT_ARGS, HACKERNEWS_POOL, RAW_HN_ITEMS, WAREHOUSE_POOL, Tag


@dag(
    dag_id="hacker_news",
    description='Hacker News "Who is hiring?" threads, a month at a time',
    schedule=CronPartitionTimetable("0 0 2 * *", timezone="UTC", key_format="%Y-%m"),
    start_date=dt.datetime(2011, 4, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=2,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TECHPULSE, Tag.INGEST],
    params={
        "month": Param(
            None,
            type=["null", "string"],
            pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
            title="Month",
            description="YYYY-MM, from 2011-04; empty for the run's partition or this month.",
        )
    },
    doc_md=__doc__,
)
def hacker_news() -> None:
    """Find a month's thread, fetch its comments in chunks, load them."""

    @task(pool=HACKERNEWS_POOL)
    def find_thread(params: Any = None, run_id: Any = None, dag_run: Any = None) -> dict[str, Any]:
        """Find the month's thread; skip a month whose thread is not out yet."""
        from airflow.sdk.exceptions import AirflowSkipException

        from include.pipeline.hacker_news import month_to_read, stage_thread
        from include.sources.hn_threads import NotOutYet

        now = dt.datetime.now(dt.UTC)
        month = month_to_read(dag_run.partition_key, params["month"], now)
        try:
            return {**stage_thread(month, run_id, now)}
        except NotOutYet as reason:
            raise AirflowSkipException(str(reason)) from reason

    @task
    def cut_in_chunks(thread: Any) -> list[Any]:
        """Split the thread's comments into what one mapped task fetches."""
        from include.pipeline.hacker_news import chunks

        return list(chunks(thread["comments"]))

    @task(pool=HACKERNEWS_POOL, map_index_template="{{ task.op_kwargs['chunk']['name'] }}")
    def fetch_comments(chunk: Any, thread: Any, run_id: Any = None) -> dict[str, Any]:
        """Fetch a chunk's comments with all replies below them into one staged file."""
        from include.pipeline.hacker_news import fetch_chunk

        return {**fetch_chunk(chunk, thread["month"], run_id)}

    # A thread without comments makes an empty map, which is skipped: it is loaded all the same.
    @task(pool=WAREHOUSE_POOL, outlets=[RAW_HN_ITEMS], trigger_rule="none_failed_min_one_success")
    def load(
        thread: Any,
        comments: Any,
        run_id: Any = None,
        dag_run: Any = None,
        outlet_events: Any = None,
    ) -> dict[str, Any]:
        """Commit all staged files to bronze, with the ledger row, in one transaction."""
        from include.pipeline.hacker_news import load_month

        staged = comments[:] if comments else []
        ledger = load_month(thread, staged, run_id, dag_run.start_date)
        outlet_events[RAW_HN_ITEMS].extra = ledger
        outlet_events[RAW_HN_ITEMS].add_partitions(thread["month"])
        return ledger

    thread = find_thread()
    load(thread, fetch_comments.partial(thread=thread).expand(chunk=cut_in_chunks(thread)))


hacker_news()
