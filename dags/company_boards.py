"""Companies' own boards on applicant tracking systems, read daily.

`plan` adds the boards that postings link to (and those of the operator's file) to the directory,
and cuts the boards that are due into chunks. `read` is mapped over the chunks: it asks each board
once, politely over all processes, and stages one file. `load` is mapped over the systems: it
commits the staged files to `bronze.raw_job_postings`, the readings of the boards to
`bronze.board_readings`, their states to `bronze.company_boards`, with one row in `bronze.loads`.

One board's failure is that board's. A system that fails for most of its boards, or too many records
of which cannot be read, fails its `load`, after it has loaded what came. Boards, states and what
each shows: `python -m include.cli boards`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import Param, dag, task

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

SELECTION, RUN = "Boards", "This run"  # sections of the trigger form
SYSTEMS = sorted(set(get_settings().company_systems))

# Airflow takes a task's doc_md from its docstring, but not a mapped task's.
READ_DOCS = """Read a chunk's boards and stage one file.

Returns the file's path, counts, and what came of each board; never payloads.
"""
LOAD_DOCS = """Commit one system's staged files, its boards' readings and states.

One transaction with one row in `bronze.loads`, and idempotent. Fails after the commit if most
boards failed, or too many records cannot be read.
"""


@dag(
    dag_id="company_boards",
    dag_display_name="Companies' boards",
    description="Jobs from the companies' own boards, once a day",
    schedule="0 6 * * *",
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    # No catchup: a board shows the jobs open today, not those open on a past date.
    **DAG_ARGS,
    max_active_runs=1,
    deadline=daily_deadline(),
    tags=[Tag.TECHPULSE, Tag.INGEST],
    params={
        "systems": Param(
            SYSTEMS,
            type="array",
            items={"type": "string", "enum": SYSTEMS},
            examples=SYSTEMS,
            title="Systems",
            section=SELECTION,
            description="The applicant tracking systems to read.",
        ),
        "boards": Param(
            [],
            type="array",
            items={"type": "string"},
            title="Boards",
            section=SELECTION,
            description="Only these boards of the directory (acme, or greenhouse://acme), even if "
            "they were read today. Empty: all that are due.",
        ),
        "limit": Param(
            0,
            type="integer",
            minimum=0,
            title="Limit",
            section=SELECTION,
            description="Maximum number of boards; 0: no limit.",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            section=RUN,
            description="Fetch nothing: log which boards would be read.",
        ),
    },
    doc_md=__doc__,
)
def company_boards() -> None:
    """Plan, read in chunks, load by system, report."""

    @task(pool=WAREHOUSE_POOL, execution_timeout=WAREHOUSE_TIMEOUT)
    def plan(params: Any = None) -> dict[str, Any]:
        """Add linked boards to the directory; return the chunks of the boards that are due."""
        from include.pipeline.board_plan import plan_boards

        return {**plan_boards(params, dt.datetime.now(dt.UTC))}

    @task
    def chunks(plan: Any) -> list[Any]:
        """Return the plan's chunks, one for each mapped `read` task."""
        return list(plan["chunks"])

    @task(map_index_template="{{ task.op_kwargs['chunk']['name'] }}", doc_md=READ_DOCS)
    def read(chunk: Any, plan: Any, run_id: Any = None) -> dict[str, Any]:
        from include.pipeline.company_boards import read_chunk

        return {**read_chunk(plan, chunk, run_id)}

    # all_done: a chunk that failed must not keep the others from their load.
    @task(
        pool=WAREHOUSE_POOL,
        execution_timeout=WAREHOUSE_TIMEOUT,
        outlets=[RAW_JOB_POSTINGS],
        map_index_template="{{ task.op_kwargs['system'] }}",
        doc_md=LOAD_DOCS,
        trigger_rule="all_done",
    )
    def load(
        system: str,
        plan: Any,
        read: Any,
        run_id: Any = None,
        dag_run: Any = None,
        outlet_events: Any = None,
    ) -> dict[str, Any]:
        from airflow.sdk.exceptions import AirflowSkipException

        from include.errors import ConfigurationError
        from include.pipeline.company_boards import load_system, require_answers

        if plan is None:
            raise ConfigurationError("There is no plan", next_step="see the task plan of this run.")
        if not any(chunk["system"] == system for chunk in plan["chunks"]):
            raise AirflowSkipException(f"{system}: no board is due.")
        chunks = [chunk for chunk in (read[:] if read else []) if chunk]
        summary = load_system(system, plan, chunks, run_id, dag_run.start_date)
        outlet_events[RAW_JOB_POSTINGS].extra = summary["ledger"]
        outlet_events[RAW_JOB_POSTINGS].add_partitions(plan["day"])
        require_answers(summary)
        return {**summary}

    @task(trigger_rule="all_done")
    def report(loaded: Any) -> None:
        """Log each system's boards by outcome and its records by what became of them."""
        import logging

        from include.pipeline.company_boards import report_lines

        for line in report_lines([summary for summary in (loaded[:] if loaded else []) if summary]):
            logging.getLogger("techpulse").info(line)

    @task
    def trigger_analytics(dag_run: Any = None, ti: Any = None) -> None:
        """Trigger `analytics` once for all systems, unless one of its runs is waiting already."""
        from include.pipeline.analytics import trigger_analytics

        trigger_analytics(ti, dag_run)

    planned = plan()
    loaded = load.partial(
        plan=planned, read=read.partial(plan=planned).expand(chunk=chunks(planned))
    )
    # A teardown does not decide the run's state: a failed load does.
    loads = loaded.expand(system=SYSTEMS)
    report(loads).as_teardown()
    loads >> trigger_analytics().as_teardown()


dedent_docs(company_boards())
