"""Job boards: the postings that match a query, from every board to bronze, once a day.

The form has the query (location, role, level, days, max_results per source) and the sources; its
defaults come from the settings (`TECHPULSE_BOARD_*`). Each source is a branch: `plan` returns
chunks, `fetch` is mapped over them and stages one file each, `load` commits them to
`bronze.raw_job_postings` with one row in `bronze.loads`. A failed branch fails the run and does not
affect the others' data. `report` counts each source's records as inserted, updated, unchanged,
filtered or rejected; `trigger_analytics` triggers `analytics`, unless a run of it is pending
already.

**TheirStack** charges a credit per record: without a key it is skipped; `dry_run` shows the cost of
a run. Budgets of calls and credits apply across runs and retries (docs/sources.md).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import Param, dag, task, task_group

from include.alerts import daily_deadline
from include.dag_rules import (
    DAG_ARGS,
    RAW_JOB_POSTINGS,
    WAREHOUSE_POOL,
    WAREHOUSE_TIMEOUT,
    Tag,
    dedent_docs,
)
from include.settings import get_settings
from include.sources.boards import board_names

defaults = get_settings()
QUERY, RUN = "Query", "This run"  # sections of the trigger form

# Airflow takes a task's doc_md from its docstring, but not a mapped task's.
FETCH_DOCS = """Fetch a chunk's pages, filter them by the query, and stage one file.

Returns the file's path and counts, never payloads. Budgets of calls and credits apply across
retries.
"""


@dag(
    dag_id="job_boards",
    dag_display_name="Job boards",
    description="Job postings from the boards, once a day",
    schedule="0 5 * * *",
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    # No catchup: a board shows the jobs open today, not those open on a past date.
    **DAG_ARGS,
    max_active_runs=1,
    deadline=daily_deadline(),
    tags=[Tag.TECHPULSE, Tag.INGEST],
    params={
        "location": Param(
            defaults.board_location,
            type="string",
            minLength=1,
            title="Location",
            section=QUERY,
            description="A place (Dallas, TX), Remote, or Anywhere. Remote jobs match where they "
            "are open to that place.",
        ),
        "role": Param(
            defaults.board_role,
            type="string",
            enum=["any", "frontend", "backend", "fullstack"],
            values_display={"any": "Any", "frontend": "Frontend", "backend": "Backend"}
            | {"fullstack": "Full stack"},
            title="Role",
            section=QUERY,
            description="The kind of engineering job; Any includes all others.",
        ),
        "level": Param(
            defaults.board_level,
            type="string",
            enum=["any", "entry", "junior_mid"],
            values_display={"any": "Any", "entry": "Entry", "junior_mid": "Junior and mid"},
            title="Level",
            section=QUERY,
            description="The seniority; Any excludes none.",
        ),
        "days": Param(
            defaults.board_days,
            type="integer",
            minimum=1,
            title="Days",
            section=QUERY,
            description="Maximum age of a posting, in days.",
        ),
        "max_results": Param(
            defaults.board_max_results,
            type="integer",
            minimum=1,
            title="Max results",
            section=QUERY,
            description="Maximum number of postings from each source.",
        ),
        "sources": Param(
            list(board_names()),
            type="array",
            items={"type": "string", "enum": list(board_names())},
            examples=list(board_names()),
            title="Sources",
            section=RUN,
            description="The boards to read.",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            section=RUN,
            description="Fetch nothing: log what each source would be asked and the credits it "
            "would cost.",
        ),
    },
    doc_md=__doc__,
)
def job_boards() -> None:
    """Plan, fetch and load every source; report on all."""

    @task(pool=WAREHOUSE_POOL, execution_timeout=WAREHOUSE_TIMEOUT)
    def plan(source: str, params: Any = None, run_id: Any = None, ti: Any = None) -> dict[str, Any]:
        """Plan the source's requests from the query, its cursor and its budgets.

        Skips the source, with the reason, when it is not selected, has no key, its budget of calls
        or credits is spent, or the run is dry. Returns the chunks that `fetch` is mapped over.
        """
        from airflow.sdk.exceptions import AirflowSkipException

        from include.pipeline.job_boards import plan_source
        from include.sources.source import SourceSkipped

        try:
            return {**plan_source(source, params, run_id, dt.datetime.now(dt.UTC))}
        except SourceSkipped as reason:
            ti.xcom_push("skipped", str(reason))
            raise AirflowSkipException(f"{source}: {reason}") from reason

    @task
    def chunks(plan: Any) -> list[Any]:
        """Return the plan's chunks, one for each mapped `fetch` task."""
        return list(plan["chunks"])

    @task(map_index_template="{{ task.op_kwargs['chunk']['name'] }}", doc_md=FETCH_DOCS)
    def fetch(chunk: Any, plan: Any, params: Any = None, run_id: Any = None) -> dict[str, Any]:
        from include.pipeline.job_boards import fetch_chunk

        return {**fetch_chunk(plan, chunk, params, run_id)}

    # Airflow skips an empty map. A reading that finds nothing new still has to be loaded, so a
    # skipped upstream is allowed here.
    @task(
        pool=WAREHOUSE_POOL,
        execution_timeout=WAREHOUSE_TIMEOUT,
        outlets=[RAW_JOB_POSTINGS],
        trigger_rule="none_failed_min_one_success",
    )
    def load(
        plan: Any,
        fetched: Any,
        params: Any = None,
        run_id: Any = None,
        dag_run: Any = None,
        outlet_events: Any = None,
    ) -> dict[str, Any]:
        """Commit the staged files to `bronze.raw_job_postings` and one row to `bronze.loads`.

        One transaction, and idempotent: a payload that is already stored counts as unchanged. The
        asset event carries the day as its partition and the ledger row as its extra.
        """
        from include.pipeline.job_boards import load_source

        staged = fetched[:] if fetched else []
        summary = load_source(plan, staged, params, run_id, dag_run.start_date)
        outlet_events[RAW_JOB_POSTINGS].extra = summary["ledger"]
        outlet_events[RAW_JOB_POSTINGS].add_partitions(plan["day"])
        return {**summary}

    @task(trigger_rule="all_done")
    def report(ti: Any = None) -> dict[str, Any]:
        """Log what became of each source's records, or why the source was skipped.

        Counts records served, inserted, updated, unchanged, filtered and rejected. Runs after a
        failed branch, too.
        """
        import logging

        from include.pipeline.job_boards import report_lines

        summaries = {name: ti.xcom_pull(f"{name}.load") for name in board_names()}
        skipped = {name: ti.xcom_pull(f"{name}.plan", key="skipped") for name in board_names()}
        for line in report_lines(summaries, skipped):
            logging.getLogger("techpulse").info(line)
        return {name: summary for name, summary in summaries.items() if summary}

    @task
    def trigger_analytics(dag_run: Any = None, ti: Any = None) -> None:
        """Trigger `analytics` once for all sources, unless one of its runs is waiting already."""
        from include.pipeline.analytics import trigger_analytics

        trigger_analytics(ti, dag_run)

    def branch(name: str) -> Any:
        @task_group(group_id=name)
        def source() -> Any:
            planned = plan(name)
            return load(planned, fetch.partial(plan=planned).expand(chunk=chunks(planned)))

        return source()

    # A teardown does not decide the run's state: a failed branch does.
    loads = [branch(name) for name in board_names()]
    loads >> report().as_teardown()
    loads >> trigger_analytics().as_teardown()


dedent_docs(job_boards())
