"""Daily maintenance. Today's figures do not need it; running unattended for years does.

- `replay_hacker_news`, `replay_job_boards` and, with `TECHPULSE_HN_SEEKERS`, `replay_seekers` parse
  quarantined records again, once with each version of the parsing code; skipped where no record is
  left to try.
- `trigger_analytics` triggers `analytics` if a load is not published yet: a replay's, or one whose
  own trigger was lost.
- `prune` deletes staged files `TECHPULSE_STAGED_RETENTION_DAYS` after a load has committed them;
  it never deletes uncommitted ones.
- `back_up` copies warehouse and serving store, with a manifest, and keeps the newest
  `TECHPULSE_BACKUPS_KEPT` copies.
- `compact` rewrites the warehouse file when much of it is free space, or maintains the lake.
- `export` writes rows for analysts as Parquet and CSV to `TECHPULSE_EXPORT_TO`; skipped without it.

The tasks are independent: a failure of one does not stop the others. The warehouse pool runs those
that write the warehouse one by one, the backup before the compaction. docs/operations.md is the
cookbook.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import dag, task

from include.dag_rules import (
    DAG_ARGS,
    RAW_HN_ITEMS,
    RAW_HN_SEEKERS,
    RAW_JOB_POSTINGS,
    WAREHOUSE_POOL,
    WAREHOUSE_TIMEOUT,
    Tag,
    dedent_docs,
)
from include.settings import get_settings
from include.sources.boards import board_names
from include.sources.companies import system_names


def with_priority(order: int) -> dict[str, Any]:
    """Return the options of a task: of those that wait for the pool, the highest is first."""
    return {
        "execution_timeout": WAREHOUSE_TIMEOUT,
        "priority_weight": order,
        "weight_rule": "absolute",
    }


@dag(
    dag_id="upkeep",
    dag_display_name="Upkeep",
    description="Replay rejects, prune staged files, back up, compact, export",
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
        """Parse quarantined Hacker News records again and load those that now pass.

        Each record is tried once with each version of the parsing code; skipped where none is left.
        The asset event carries the months that were loaded.
        """
        return _replay(["hacker_news"], outlet_events[RAW_HN_ITEMS])

    @task(pool=WAREHOUSE_POOL, **with_priority(6), outlets=[RAW_HN_SEEKERS])
    def replay_seekers(outlet_events: Any = None) -> list[Any]:
        """Fetch quarantined comments of those who look for work again, and load what passes.

        Nothing of a quarantined one was kept. Each is tried once with each version of the code.
        """
        return _replay(["hacker_news_seekers"], outlet_events[RAW_HN_SEEKERS])

    @task(pool=WAREHOUSE_POOL, **with_priority(5), outlets=[RAW_JOB_POSTINGS])
    def replay_job_boards(outlet_events: Any = None) -> list[Any]:
        """Parse quarantined board records again and load those that now pass.

        Each record is tried once with each version of the parsing code; skipped where none is left.
        The asset event carries the days that were loaded.
        """
        return _replay((*board_names(), *system_names()), outlet_events[RAW_JOB_POSTINGS])

    @task(pool=WAREHOUSE_POOL, **with_priority(4))
    def trigger_analytics(dag_run: Any = None, ti: Any = None) -> None:
        """Trigger `analytics` where a load is not published yet; skipped where all are."""
        from airflow.sdk.exceptions import AirflowSkipException

        from include.pipeline.analytics import trigger_analytics
        from include.pipeline.publish import has_unpublished_loads

        if not has_unpublished_loads():
            raise AirflowSkipException("Every load is published.")
        trigger_analytics(ti, dag_run)

    @task(pool=WAREHOUSE_POOL, **with_priority(3))
    def prune() -> dict[str, Any]:
        """Delete staged files that a load has committed and whose retention has passed.

        A file that no load has committed is never deleted.
        """
        from include.pipeline.upkeep import prune as prune_staged

        return prune_staged(dt.datetime.now(dt.UTC))

    @task(pool=WAREHOUSE_POOL, **with_priority(2))
    def back_up() -> dict[str, Any]:
        """Copy warehouse and serving store, with a manifest to check the copies against.

        Deletes backups beyond `TECHPULSE_BACKUPS_KEPT`. To restore one:
        `python -m include.cli backup restore`.
        """
        from include.pipeline.upkeep import back_up as make_backup

        return make_backup(dt.datetime.now(dt.UTC))

    @task(pool=WAREHOUSE_POOL, **with_priority(1))
    def compact() -> dict[str, Any]:
        """Rewrite the warehouse file when much of it is free space; on a lake, maintain its files.

        The new file replaces the old one only after their contents compare equal.
        """
        from include.pipeline.upkeep import compact_warehouse

        return compact_warehouse()

    # Outside the pool: it reads the warehouse for seconds, and writes files for longer.
    @task
    def export() -> dict[str, Any]:
        """Export gold and the postings' facts, in place of the export before.

        Skipped unless `TECHPULSE_EXPORT_TO` names a folder or an object store. Sources whose terms
        forbid passing postings on are left out, except those of `TECHPULSE_EXPORT_SOURCES`.
        """
        from airflow.sdk.exceptions import AirflowSkipException

        from include.pipeline.upkeep import export_rows
        from include.settings import get_settings

        if not (to := get_settings().export_to):
            raise AirflowSkipException("TECHPULSE_EXPORT_TO names no target.")
        return export_rows(to, dt.datetime.now(dt.UTC))

    # A teardown does not decide the run's state: a failed replay does.
    replays = [replay_hacker_news(), replay_job_boards()]
    if get_settings().hn_seekers:
        replays.append(replay_seekers())
    replays >> trigger_analytics().as_teardown()
    prune()
    back_up()
    compact()
    export()


def _replay(sources: Any, event: Any) -> list[Any]:
    from airflow.sdk.exceptions import AirflowSkipException

    from include.pipeline.upkeep import replay_rejects

    ledgers = replay_rejects(sources, dt.datetime.now(dt.UTC))
    if not ledgers:
        raise AirflowSkipException("No reject came well.")
    event.add_partitions(sorted({ledger["partition"] for ledger in ledgers}))
    return ledgers


dedent_docs(upkeep())
