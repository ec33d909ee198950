"""Silver, gold and the serving store: what the raw records say.

Loads trigger it, whatever month or source they were of; one run that waits does for all of them.
`loads_have_settled` waits, without a slot, for runs of every loading DAG that are under way, so
that a backfill is followed by one build; `has_unpublished_loads` ends a run whose loads an earlier
run has published. A run by hand does neither. dbt builds each model with its tests as one task,
incrementally: it reads and classifies what is new since the last run, and everything again when the
rules have changed. `publish` then copies gold to the serving store in one transaction.

One process writes the warehouse at a time: all tasks that open it share the pool
`techpulse_warehouse`, which has one slot. A task whose pool does not exist stays `scheduled`
without an end: see the DAG's warnings, and `python -m include.cli doctor`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import Asset, dag, task

from include.dag_rules import (
    DAG_ARGS,
    GOLD,
    LOADING_DAGS,
    SERVING,
    WAREHOUSE_POOL,
    WAREHOUSE_TIMEOUT,
    Tag,
)
from include.dbt.project import marts
from include.dbt.tasks import dbt_models
from include.settings import get_settings

LOOK_SECONDS = 30  # each look is a task's process of about a second


@dag(
    dag_id="analytics",
    description="dbt models from bronze to gold, then the serving store",
    **DAG_ARGS,
    schedule=None,
    start_date=dt.datetime(2011, 4, 1, tzinfo=dt.UTC),
    max_active_runs=1,
    tags=[Tag.TECHPULSE, Tag.ANALYTICS],
    doc_md=__doc__,
)
def analytics() -> None:
    """Wait for loads under way, build silver and gold, then publish."""

    @task.sensor(mode="reschedule", poke_interval=LOOK_SECONDS)
    def loads_have_settled(dag_run: Any = None, ti: Any = None) -> bool:
        """Wait while loads are under way, for the longest wait at most."""
        from include.pipeline.analytics import is_for_loads, loads_have_settled

        now = dt.datetime.now(dt.UTC)
        return not is_for_loads(dag_run) or loads_have_settled(
            ti, LOADING_DAGS, dag_run.start_date, now
        )

    @task.short_circuit(pool=WAREHOUSE_POOL, execution_timeout=WAREHOUSE_TIMEOUT)
    def has_unpublished_loads(dag_run: Any = None) -> bool:
        """End a run that follows loads already taken in; a later load triggers another."""
        from include.pipeline import publish
        from include.pipeline.analytics import begin, is_for_loads

        begin(dag_run.run_id)
        return not is_for_loads(dag_run) or publish.has_unpublished_loads()

    models = dbt_models(get_settings(), pool=WAREHOUSE_POOL, execution_timeout=WAREHOUSE_TIMEOUT)

    # The task has tested the model by the time it succeeds: who waits for a mart gets a good one.
    for model, name in marts().items():
        uri = f"x-techpulse://warehouse/gold/{name}"
        models.tasks_map[model].outlets.append(Asset(f"techpulse_gold_{name}", uri=uri))

    @task(pool=WAREHOUSE_POOL, execution_timeout=WAREHOUSE_TIMEOUT, outlets=[GOLD, SERVING])
    def publish() -> dict[str, Any]:
        """Bring gold to the serving store, in one transaction."""
        from include.pipeline.publish import publish_gold

        return publish_gold()

    loads_have_settled() >> has_unpublished_loads() >> models >> publish()


analytics()
