"""Silver, gold and the serving store: what the raw records say.

Follows every load of bronze, whatever month or source it was of. It waits for runs of `hacker_news`
that are under way, so that a backfill is followed by one build; a run whose loads an earlier run
has taken in already ends at once. dbt builds each model with its tests as one task,
incrementally: what is new since the last run is read and classified, and everything again when
the rules have changed. `publish` then brings gold to the serving store in one transaction.

One process writes the warehouse at a time: all tasks share the pool `techpulse_warehouse`, which
has one slot.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import Asset, FixedKeyMapper, PartitionedAssetTimetable, dag, task
from cosmos import DbtTaskGroup, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import InvocationMode, LoadMode, TestBehavior, TestIndirectSelection

from include.dag_rules import (
    DEFAULT_ARGS,
    GOLD,
    RAW_HN_ITEMS,
    RAW_JOB_POSTINGS,
    SERVING,
    WAREHOUSE_POOL,
    Tag,
)
from include.dbt_project import DBT_DIR, GRAPH_FILE, dbt_environment, marts
from include.settings import get_settings


@dag(
    dag_id="analytics",
    description="dbt models from bronze to gold, then the serving store",
    # Whatever partition was loaded, the warehouse as a whole is brought up to date.
    schedule=PartitionedAssetTimetable(
        assets=RAW_HN_ITEMS | RAW_JOB_POSTINGS,
        default_partition_mapper=FixedKeyMapper("warehouse"),
    ),
    start_date=dt.datetime(2011, 4, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TECHPULSE, Tag.ANALYTICS],
    doc_md=__doc__,
)
def analytics() -> None:
    """Build silver and gold, then publish."""

    @task.short_circuit(pool=WAREHOUSE_POOL)
    def has_news(dag_run: Any = None, ti: Any = None) -> bool:
        """Wait for loads under way; end a run that follows loads already taken in."""
        from airflow.sdk.exceptions import AirflowRescheduleException

        from include.pipeline import publish
        from include.pipeline.settle import look_again_at

        if dag_run.run_type != "asset_triggered":  # by hand it is run for a reason
            return True
        if later := look_again_at(ti, dag_run.start_date, dt.datetime.now(dt.UTC)):
            raise AirflowRescheduleException(later)  # type: ignore[no-untyped-call]
        return publish.has_news()

    environment = dbt_environment(get_settings())
    project = ProjectConfig(
        dbt_project_path=DBT_DIR,
        manifest_path=GRAPH_FILE,
        install_dbt_deps=False,
        env_vars=environment,
    )
    # A path, not what Cosmos makes of it: that would import every provider's file systems, S3 and
    # requests among them, while DAGs are parsed.
    project.manifest_path = GRAPH_FILE

    models = DbtTaskGroup(
        group_id="dbt",
        project_config=project,
        profile_config=ProfileConfig(
            profile_name="techpulse",
            target_name=environment["TECHPULSE_DBT_TARGET"],
            profiles_yml_filepath=DBT_DIR / "profiles.yml",
        ),
        # dbt in the task's own process: three times as fast as a subprocess for each model
        execution_config=ExecutionConfig(
            invocation_mode=InvocationMode.DBT_RUNNER,
            # a test of two models runs with the later one, not before that exists
            test_indirect_selection=TestIndirectSelection.BUILDABLE,
        ),
        render_config=RenderConfig(
            load_method=LoadMode.DBT_MANIFEST,
            test_behavior=TestBehavior.BUILD,
            emit_datasets=False,
        ),
        operator_args={"pool": WAREHOUSE_POOL},
    )

    # The task has tested the model by the time it succeeds: who waits for a mart gets a good one.
    for model, name in marts().items():
        uri = f"x-techpulse://warehouse/gold/{name}"
        models.tasks_map[model].outlets.append(Asset(f"techpulse_gold_{name}", uri=uri))

    @task(pool=WAREHOUSE_POOL, outlets=[GOLD, SERVING])
    def publish() -> dict[str, Any]:
        """Bring gold to the serving store, in one transaction."""
        from include.pipeline.publish import publish_gold

        return publish_gold()

    has_news() >> models >> publish()


analytics()
