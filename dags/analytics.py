"""Silver, gold and the serving store, built from the raw records.

Every load triggers this DAG, whatever its month or source; at most one run waits, and it serves all
loads. `loads_have_settled` waits, without a pool slot, until no loading DAG is running, so that a
backfill is followed by one build; `has_unpublished_loads` ends a run whose loads are already
published. A manual run skips both. dbt builds silver and gold with their tests, incrementally, in a
task a step: it classifies new postings, and all of them after a change of the rules.
`publish` then copies gold to the serving store in one transaction.

One process writes the warehouse at a time: all tasks that open it share the pool
`techpulse_warehouse`, which has one slot. A task whose pool does not exist stays `scheduled`
forever: see the DAG's warnings, and `python -m include.cli doctor`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import chain, dag, task

from include.dag_rules import (
    DAG_ARGS,
    GOLD,
    GOLD_DOCS,
    LOADING_DAGS,
    SERVING,
    WAREHOUSE_POOL,
    WAREHOUSE_TIMEOUT,
    Tag,
    asset,
    dedent_docs,
)
from include.dbt.project import marts
from include.dbt.tasks import dbt_steps
from include.settings import get_settings

POKE_SECONDS = 30  # each poke is a task process of about a second


@dag(
    dag_id="analytics",
    dag_display_name="Analytics",
    description="dbt models from bronze to gold, then the serving store",
    **DAG_ARGS,
    schedule=None,
    start_date=dt.datetime(2011, 4, 1, tzinfo=dt.UTC),
    max_active_runs=1,
    tags=[Tag.TECHPULSE, Tag.ANALYTICS],
    doc_md=__doc__,
)
def analytics() -> None:
    """Wait for running loads, build silver and gold, then publish."""

    @task.sensor(mode="reschedule", poke_interval=POKE_SECONDS)
    def loads_have_settled(dag_run: Any = None, ti: Any = None) -> bool:
        """Wait until no loading DAG has a queued or running run, or the maximum wait has passed.

        Reschedules between pokes, so it holds no slot. A manual run does not wait. The maximum is
        `TECHPULSE_ANALYTICS_MAX_WAIT_MINUTES`.
        """
        from include.pipeline.analytics import is_for_loads, loads_have_settled

        now = dt.datetime.now(dt.UTC)
        return not is_for_loads(dag_run) or loads_have_settled(
            ti, LOADING_DAGS, dag_run.start_date, now
        )

    @task.short_circuit(pool=WAREHOUSE_POOL, execution_timeout=WAREHOUSE_TIMEOUT)
    def has_unpublished_loads(dag_run: Any = None) -> bool:
        """Skip the rest of the run when every load is already published.

        From here on the run counts as started: a load that commits later triggers another. A manual
        run always continues. Bronze tables of an older version are migrated, for dbt to read.
        """
        from include.pipeline import publish
        from include.pipeline.analytics import begin, is_for_loads

        begin(dag_run.run_id)
        if is_for_loads(dag_run) and not publish.has_unpublished_loads():
            return False
        publish.migrate_warehouse()
        return True

    models = dbt_steps(get_settings(), pool=WAREHOUSE_POOL, execution_timeout=WAREHOUSE_TIMEOUT)

    # A task succeeds only if its models' tests pass: a DAG that waits for the asset never reads a
    # mart that failed them.
    for mart in marts().values():
        models[mart.step].outlets.append(
            asset(
                f"gold_{mart.name}",
                f"warehouse/gold/{mart.name}",
                layer="gold",
                grain=mart.grain,
                docs=GOLD_DOCS,
            )
        )

    @task(pool=WAREHOUSE_POOL, execution_timeout=WAREHOUSE_TIMEOUT, outlets=[GOLD, SERVING])
    def publish() -> dict[str, Any]:
        """Copy gold to the serving store (SQLite or PostgreSQL), which the web application reads.

        One transaction: readers see the old tables or the new ones. Only rows that differ are
        written; the return value counts inserted, updated, unchanged and deleted rows a table. A
        store of an older schema is migrated first.
        """
        from include.pipeline.publish import publish_gold

        return publish_gold()

    # One after the other: all write the warehouse.
    chain(loads_have_settled(), has_unpublished_loads(), *models.values(), publish())


dedent_docs(analytics())
