"""Hacker News "Who is hiring?": a month's thread from the API to bronze.

**`hacker_news`** is partitioned by month (`2016-03`), from 2011-04. Its schedule reads the month
that has just ended for the last time; `airflow backfill create` or `make backfill` reads other
months (docs/backfill.md). A manual run takes the month from the form, else from a logical date in a
past month (`airflow dags test hacker_news 2016-04-01`), else the newest published thread.

**`hacker_news_daily`** reads the newest published thread every evening. A month's thread is
published about 15:00 UTC on its first weekday; comments, replies, edits and deletions continue all
month. Until the new thread is published, it reads last month's.

`find_thread` looks up the month's thread, `split_comments` splits its comments, `fetch_comments` is
mapped over the chunks and stages one file each, `load` commits all of them to
`bronze.raw_hn_items` with one row in `bronze.loads`. Reading a month again adds only changes.
`trigger_analytics` triggers `analytics`, unless a run of it is pending already.

With `TECHPULSE_HN_SEEKERS=true`, `hacker_news` also reads the sister threads "Who wants to be
hired?" and "Freelancer? Seeking freelancer?" of a month that is over: `stage_seekers`, mapped over
both, takes out author and contacts and stages one file each, `load_seekers` commits it to
`bronze.raw_hn_seekers`. The param `threads` chooses among the three; a month without such a thread
is skipped.

A month whose thread is not published yet is skipped, and so is a month that another run is reading;
a month whose thread cannot be found fails and names the posts examined.

A task whose pool does not exist stays `scheduled` forever: see the DAG's warnings, and
`python -m include.cli doctor`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import CronPartitionTimetable, Param, dag, task

from include.alerts import daily_deadline
from include.dag_rules import (
    DAG_ARGS,
    HACKERNEWS_POOL,
    RAW_HN_ITEMS,
    RAW_HN_SEEKERS,
    WAREHOUSE_POOL,
    WAREHOUSE_TIMEOUT,
    Tag,
    dedent_docs,
)
from include.settings import get_settings

HIRING, SEEKERS = "hiring", ("wants", "freelancer")
THREADS = [HIRING, *SEEKERS] if get_settings().hn_seekers else [HIRING]

SHARED: dict[str, Any] = {
    **DAG_ARGS,
    "tags": [Tag.TECHPULSE, Tag.INGEST],
    "doc_md": __doc__,
}


# Airflow takes a task's doc_md from its docstring, but not a mapped task's.
FETCH_DOCS = """Fetch a chunk's comments, with all replies below them, into one staged file.

Returns the file's path and counts, never payloads. Renews the month's lock.
"""


STAGE_DOCS = """Find a month's sister thread and stage its comments without author and contacts.

Returns the file's path and counts, never payloads. Skipped if the run does not want the thread, the
month is not over, or another run reads it.
"""
LOAD_DOCS = "Commit a sister thread to `bronze.raw_hn_seekers` and a row to `bronze.loads`."


def ingest_month(*, newest: bool = False, seekers: bool = False) -> None:
    """Find a month's thread, fetch its comments in chunks, load them.

    The month is the run's own, or with ``newest`` that of the newest published thread. With
    ``seekers``, the sister threads of that month as well.
    """

    @task(pool=HACKERNEWS_POOL)
    def find_thread(params: Any = None, dag_run: Any = None, ti: Any = None) -> dict[str, Any]:
        """Find the month's thread, lock the month, and stage the thread itself.

        Skips a month whose thread is not published yet, and one that another run has locked.
        Returns the thread's id, its month and the ids of its comments.
        """
        from airflow.sdk.exceptions import AirflowSkipException

        from include.pipeline.hacker_news import month_to_read, stage_thread
        from include.sources.hacker_news.threads import ThreadNotPublished
        from include.state.lock import MonthLocked, RunName, is_active

        if HIRING not in params.get("threads", THREADS):
            raise AirflowSkipException(f"This run does not read the threads {HIRING!r}.")
        run, now = RunName(dag_run.dag_id, dag_run.run_id), dt.datetime.now(dt.UTC)
        dated = None if dag_run.run_type == "scheduled" else dag_run.logical_date
        month = (
            None
            if newest
            else month_to_read(dag_run.partition_key, params.get("month"), dated, now)
        )
        try:
            return {**stage_thread(month, run, now, is_active(ti))}
        except (ThreadNotPublished, MonthLocked) as reason:
            raise AirflowSkipException(str(reason)) from reason

    @task
    def split_comments(thread: Any) -> list[Any]:
        """Split the comment ids into chunks, one for each mapped `fetch_comments` task."""
        from include.pipeline.hacker_news import chunks

        return list(chunks(thread["comments"]))

    @task(
        pool=HACKERNEWS_POOL,
        map_index_template="{{ task.op_kwargs['chunk']['name'] }}",
        doc_md=FETCH_DOCS,
    )
    def fetch_comments(chunk: Any, thread: Any, dag_run: Any = None) -> dict[str, Any]:
        from include.pipeline.hacker_news import fetch_chunk
        from include.state.lock import RunName

        run = RunName(dag_run.dag_id, dag_run.run_id)
        return {**fetch_chunk(chunk, thread["month"], run)}

    # Airflow skips an empty map. A thread without comments still has to be loaded, so a skipped
    # upstream is allowed here.
    @task(
        pool=WAREHOUSE_POOL,
        execution_timeout=WAREHOUSE_TIMEOUT,
        outlets=[RAW_HN_ITEMS],
        trigger_rule="none_failed_min_one_success",
    )
    def load(
        thread: Any, comments: Any, dag_run: Any = None, outlet_events: Any = None
    ) -> dict[str, Any]:
        """Commit the run's staged files to `bronze.raw_hn_items` and one row to `bronze.loads`.

        One transaction, and idempotent: a payload that is already stored counts as unchanged. The
        asset event carries the month as its partition and the ledger row as its extra.
        """
        from include.pipeline.hacker_news import load_month
        from include.state.lock import RunName

        staged = comments[:] if comments else []
        run = RunName(dag_run.dag_id, dag_run.run_id)
        ledger = load_month(thread, staged, run, dag_run.start_date)
        outlet_events[RAW_HN_ITEMS].extra = ledger
        outlet_events[RAW_HN_ITEMS].add_partitions(thread["month"])
        return ledger

    @task(
        pool=HACKERNEWS_POOL,
        map_index_template="{{ task.op_kwargs['kind'] }}",
        doc_md=STAGE_DOCS,
    )
    def stage_seekers(
        kind: str, params: Any = None, dag_run: Any = None, ti: Any = None
    ) -> dict[str, Any]:
        from airflow.sdk.exceptions import AirflowSkipException

        from include.errors import ThreadNotFoundError
        from include.pipeline.hacker_news import month_to_read
        from include.pipeline.seekers import stage_seekers
        from include.sources.hacker_news.threads import ThreadNotPublished
        from include.state.lock import MonthLocked, RunName, is_active

        run, now = RunName(dag_run.dag_id, dag_run.run_id), dt.datetime.now(dt.UTC)
        dated = None if dag_run.run_type == "scheduled" else dag_run.logical_date
        month = month_to_read(dag_run.partition_key, params.get("month"), dated, now)
        try:
            return {**stage_seekers(kind, params["threads"], month, run, now, is_active(ti))}
        # Unlike "Who is hiring?", the sister threads have missed months.
        except (ThreadNotPublished, MonthLocked, ThreadNotFoundError) as reason:
            raise AirflowSkipException(str(reason)) from reason

    @task(
        pool=WAREHOUSE_POOL,
        execution_timeout=WAREHOUSE_TIMEOUT,
        outlets=[RAW_HN_SEEKERS],
        # A month may have one of the two threads alone.
        trigger_rule="none_failed_min_one_success",
        map_index_template="{{ task.op_kwargs['staged']['kind'] }}",
        doc_md=LOAD_DOCS,
    )
    def load_seekers(staged: Any, dag_run: Any = None, outlet_events: Any = None) -> dict[str, Any]:
        from include.pipeline.seekers import load_seekers
        from include.state.lock import RunName

        ledger = load_seekers(staged, RunName(dag_run.dag_id, dag_run.run_id), dag_run.start_date)
        outlet_events[RAW_HN_SEEKERS].extra = ledger
        outlet_events[RAW_HN_SEEKERS].add_partitions(ledger["partition"])
        return ledger

    @task
    def trigger_analytics(dag_run: Any = None, ti: Any = None) -> None:
        """Trigger `analytics`, unless a run of it is pending already: several loads share one."""
        from include.pipeline.analytics import trigger_analytics

        trigger_analytics(ti, dag_run)

    thread = find_thread()
    comments = fetch_comments.partial(thread=thread).expand(chunk=split_comments(thread))
    load(thread, comments) >> trigger_analytics()
    if seekers:
        # A trigger of its own: neither side waits for the other, and the failure of one fails the
        # run. Both triggers create one run of analytics.
        trigger = trigger_analytics.override(task_id="trigger_analytics_for_seekers")
        load_seekers.expand(staged=stage_seekers.expand(kind=SEEKERS)) >> trigger()


@dag(
    dag_id="hacker_news",
    dag_display_name="Hacker News by month",
    description='Hacker News "Who is hiring?" threads, a month at a time',
    # On the 1st, the previous partition: the month that has just ended.
    schedule=CronPartitionTimetable("0 0 1 * *", timezone="UTC", run_offset=-1, key_format="%Y-%m"),
    start_date=dt.datetime(2011, 4, 1, tzinfo=dt.UTC),
    max_active_runs=4,
    params={
        "month": Param(
            None,
            type=["null", "string"],
            pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
            title="Month",
            section="What to read",
            description="YYYY-MM, from 2011-04. Empty: the run's partition, else the month of its "
            "logical date if that is past, else the newest published thread.",
        ),
        "threads": Param(
            THREADS,
            type="array",
            items={"type": "string", "enum": THREADS},
            minItems=1,
            uniqueItems=True,
            title="Threads",
            section="What to read",
            description="hiring; with TECHPULSE_HN_SEEKERS also wants and freelancer, the threads "
            "of those who look for work, of a month that is over (empty month: the last one).",
        ),
    },
    **SHARED,
)
def hacker_news() -> None:
    """Read the month of the run's partition."""
    ingest_month(seekers=get_settings().hn_seekers)


@dag(
    dag_id="hacker_news_daily",
    dag_display_name="Hacker News daily",
    description='The newest Hacker News "Who is hiring?" thread, every day',
    schedule="0 18 * * *",
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    max_active_runs=1,
    deadline=daily_deadline(),
    **SHARED,
)
def hacker_news_daily() -> None:
    """Read the newest published thread, even when an old run is cleared."""
    ingest_month(newest=True)


dedent_docs(hacker_news())
dedent_docs(hacker_news_daily())
