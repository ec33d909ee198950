"""Upkeep, once a day: nothing of it is needed for today's figures, all of it for years of them.

- `replay_hacker_news`, `replay_job_boards` read records in quarantine again, each once by every
  version of the code that reads records; skipped where none is left to try.
- `trigger_analytics` makes a run of `analytics` where a load is not published yet: one of the
  replays', or one whose own trigger was lost.
- `prune` removes staged files that a load has committed, after `TECHPULSE_STAGED_RETENTION_DAYS`;
  never those that no load has committed.
- `back_up` copies warehouse and serving store as of one moment, and keeps the newest
  `TECHPULSE_BACKUPS_KEPT`.
- `compact` writes the warehouse's file anew where much of it is free, or tends the lake.

The tasks do not depend on each other: one that fails leaves the others to do theirs. The
warehouse's pool lets them run one by one, backup before compaction. docs/operations.md is the
cookbook.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import dag, task

from include.dag_rules import (
    DAG_ARGS,
    RAW_HN_ITEMS,
    RAW_JOB_POSTINGS,
    WAREHOUSE_POOL,
    WAREHOUSE_TIMEOUT,
    Tag,
)
from include.sources.boards import board_names


def with_priority(order: int) -> dict[str, Any]:
    """Return the options of a task: of those that wait for the pool, the highest is first."""
    return {
        "execution_timeout": WAREHOUSE_TIMEOUT,
        "priority_weight": order,
        "weight_rule": "absolute",
    }


@dag(
    dag_id="upkeep",
    description="Replay rejects, prune staged files, back up, compact",
    schedule="30 2 * * *",
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    **DAG_ARGS,
    max_active_runs=1,
    tags=[Tag.TECHPULSE, Tag.UPKEEP],
    doc_md=__doc__,
)
def upkeep() -> None:
    """Declare the tasks; they are independent."""

    @task(pool=WAREHOUSE_POOL, **with_priority(6), outlets=[RAW_HN_ITEMS])
    def replay_hacker_news(outlet_events: Any = None) -> list[Any]:
        """Try what Hacker News records are in quarantine; emit the months that were loaded."""
        return _replay(["hacker_news"], outlet_events[RAW_HN_ITEMS])

    @task(pool=WAREHOUSE_POOL, **with_priority(5), outlets=[RAW_JOB_POSTINGS])
    def replay_job_boards(outlet_events: Any = None) -> list[Any]:
        """Try what records of boards are in quarantine; emit the days that were loaded."""
        return _replay(board_names(), outlet_events[RAW_JOB_POSTINGS])

    @task(pool=WAREHOUSE_POOL, **with_priority(4))
    def trigger_analytics(dag_run: Any = None, ti: Any = None) -> None:
        """Have analytics take in what is not published yet; skipped where all is."""
        from airflow.sdk.exceptions import AirflowSkipException

        from include.pipeline.analytics import trigger_analytics
        from include.pipeline.publish import has_unpublished_loads

        if not has_unpublished_loads():
            raise AirflowSkipException("Every load is published.")
        trigger_analytics(ti, dag_run)

    @task(pool=WAREHOUSE_POOL, **with_priority(3))
    def prune() -> dict[str, Any]:
        """Remove staged files that are loaded and old."""
        from include.pipeline.upkeep import prune as prune_staged

        return prune_staged(dt.datetime.now(dt.UTC))

    @task(pool=WAREHOUSE_POOL, **with_priority(2))
    def back_up() -> dict[str, Any]:
        """Back up both stores as of one moment."""
        from include.pipeline.upkeep import back_up as make_backup

        return make_backup(dt.datetime.now(dt.UTC))

    @task(pool=WAREHOUSE_POOL, **with_priority(1))
    def compact() -> dict[str, Any]:
        """Give back the room that the warehouse does not use."""
        from include.pipeline.upkeep import compact_warehouse

        return compact_warehouse()

    # A teardown does not decide the run's state: a failed replay does.
    [replay_hacker_news(), replay_job_boards()] >> trigger_analytics().as_teardown()
    prune()
    back_up()
    compact()


def _replay(sources: Any, event: Any) -> list[Any]:
    from airflow.sdk.exceptions import AirflowSkipException

    from include.pipeline.upkeep import replay_rejects

    ledgers = replay_rejects(sources, dt.datetime.now(dt.UTC))
    if not ledgers:
        raise AirflowSkipException("No reject came well.")
    event.add_partitions(sorted({ledger["partition"] for ledger in ledgers}))
    return ledgers


upkeep()
