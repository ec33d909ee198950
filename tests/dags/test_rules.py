"""What holds for every DAG: it parses fast and light, and has an owner, tags, retries and docs."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from include.dag_rules import Tag
from include.dbt.project import marts
from include.settings import PROJECT_ROOT

DAG_FILES = sorted((PROJECT_ROOT / "dags").glob("*.py"))
PARSE_SECONDS = 1.0  # of the processor: what else the machine does is not counted
HEAVY = (
    "duckdb",
    "dbt",
    "pandas",
    "pyarrow",
    "requests",
    "flask",
    "sqlalchemy.dialects.postgresql",
)

_PARSE = """
import json, os, runpy, sys, time, warnings
warnings.simplefilter("ignore")
import airflow.sdk, cosmos  # what a warm process has
from airflow.sdk import DAG

def parse(file, mocked):
    before = set(sys.modules)
    if mocked:  # as `astro dev parse` does
        genuine = os.getenv
        os.getenv = lambda key, default=None: genuine(key) or default or f"MOCKED_{key.upper()}"
    started = time.process_time()
    runpy.run_path(file)
    seconds = time.process_time() - started
    found = {"seconds": seconds, "loaded": sorted(set(sys.modules) - before)}
    print(json.dumps([file, mocked, found]), flush=True)

for file in sys.argv[1:]:
    for mocked in (False, True):
        if not os.fork():
            parse(file, mocked)
            os._exit(0)
        os.wait()
"""


@pytest.fixture(scope="module")
def parsed() -> dict[tuple[str, bool], dict[str, Any]]:
    """Each DAG file as parsed by a process of its own that has Airflow and Cosmos imported.

    By the file's name and whether variables that are not set are mocked.
    """
    command = [sys.executable, "-c", _PARSE, *map(str, DAG_FILES)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT_ROOT, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert len(lines) == 2 * len(DAG_FILES), done.stderr[-2000:]
    return {(Path(file).stem, mocked): found for file, mocked, found in lines}


@pytest.fixture(scope="module")
def dags(airflow_database: Path) -> dict[str, Any]:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(PROJECT_ROOT / "dags"))
    assert bag.import_errors == {}
    return dict(bag.dags)


def test_there_are_dag_files() -> None:
    assert {"hacker_news", "analytics"} <= {file.stem for file in DAG_FILES}
    assert not [file for file in DAG_FILES if file.stem.startswith("dbt_")]


@pytest.mark.parametrize("name", [file.stem for file in DAG_FILES])
def test_dag_file_parses_fast_and_imports_nothing_heavy(
    name: str, parsed: dict[tuple[str, bool], dict[str, Any]]
) -> None:
    found = parsed[name, False]
    assert found["seconds"] < PARSE_SECONDS
    assert [module for module in found["loaded"] if module.startswith(HEAVY)] == []


def test_dag_files_parse_where_unset_variables_are_mocked(
    parsed: dict[tuple[str, bool], dict[str, Any]],
) -> None:
    assert {name for name, mocked in parsed if mocked} == {file.stem for file in DAG_FILES}


def test_each_file_declares_the_dag_of_its_name(dags: dict[str, Any]) -> None:
    assert {dag.dag_id for dag in dags.values()} >= {file.stem for file in DAG_FILES}


def test_each_dag_has_owner_tags_description_and_docs(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        assert dag.owner == "techpulse", dag.dag_id
        assert Tag.TECHPULSE in dag.tags, dag.dag_id
        assert set(dag.tags) <= set(Tag), dag.dag_id
        assert dag.description, dag.dag_id
        assert len(dag.doc_md or "") > 100, dag.dag_id
        assert dag.catchup is False, dag.dag_id
        assert dag.dag_display_name != dag.dag_id
        assert dag.owner_links["techpulse"].endswith("/techpulse/dashboard"), dag.dag_id


def test_each_task_says_what_it_does(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        for task in dag.tasks:
            where, docs = f"{dag.dag_id}.{task.task_id}", task.doc_md or ""
            assert len(docs.strip()) > 40, where
            assert "\n    " not in docs, f"{where}: Markdown shows what is indented as code"


def test_task_of_a_step_has_the_descriptions_that_dbt_has(dags: dict[str, Any]) -> None:
    docs = dags["analytics"].get_task("dbt.marts").doc_md
    assert "- `gold.monthly_salaries`: Yearly pay by currency." in docs
    assert "`dbt build --select tag:marts`" in docs


def test_each_field_of_a_form_has_a_section_a_title_and_a_description(
    dags: dict[str, Any],
) -> None:
    forms = {name: serialized(dag).params for name, dag in dags.items() if dag.params}
    assert set(forms) == {"hacker_news", "job_boards", "company_boards"}
    for dag_id, params in forms.items():
        for name in params:
            field = params.get_param(name)
            assert field.description, f"{dag_id}: {name}"
            assert {"title", "section"} <= set(field.schema), f"{dag_id}: {name}"


def test_each_asset_has_a_layer_a_grain_an_owner_and_a_page_that_describes_it(
    dags: dict[str, Any],
) -> None:
    assets = {a.name: a for dag in dags.values() for task in dag.tasks for a in task.outlets}
    assert len(assets) == 4 + len(marts())  # two of bronze, gold as a whole, serving; marts
    for name, asset in assets.items():
        assert asset.group in {"techpulse_bronze", "techpulse_gold", "techpulse_serving"}, name
        assert set(asset.extra) == {"grain", "owner", "docs"}, name
        assert all(asset.extra.values()), name
        file, _, anchor = asset.extra["docs"].partition("#")
        assert anchor in {"", *anchors(PROJECT_ROOT / file)}, name


def anchors(file: Path) -> set[str]:
    """Return the headings of a Markdown file as links name them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in headings}


def test_each_task_fails_at_once_on_a_terminal_error_and_retries_a_transient_one(
    dags: dict[str, Any],
) -> None:
    from airflow.sdk.definitions.retry_policy import RetryAction

    from include.errors import ConfigurationError, SourceUnavailableError

    for dag in dags.values():
        for task in dag.tasks:
            where = f"{dag.dag_id}.{task.task_id}"
            policy = task.retry_policy
            assert policy is not None, where
            transient = policy.evaluate(SourceUnavailableError("x"), 1, 3)
            terminal = policy.evaluate(ConfigurationError("x"), 1, 3)
            assert transient.action is RetryAction.RETRY, where
            assert terminal.action is RetryAction.FAIL, where


def test_each_task_and_each_run_has_an_end(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        assert dag.dagrun_timeout, dag.dag_id
        for task in dag.tasks:
            where = f"{dag.dag_id}.{task.task_id}"
            assert task.execution_timeout, where
            assert task.execution_timeout < dag.dagrun_timeout, where


def test_tasks_that_open_the_warehouse_may_take_longer_than_those_that_fetch(
    dags: dict[str, Any],
) -> None:
    from include.dag_rules import WAREHOUSE_POOL, WAREHOUSE_TIMEOUT

    for dag in dags.values():
        for task in dag.tasks:
            ours = task.execution_timeout == WAREHOUSE_TIMEOUT
            assert ours == (task.pool == WAREHOUSE_POOL), f"{dag.dag_id}.{task.task_id}"


def test_timeouts_leave_room_for_the_waits_that_the_settings_allow() -> None:
    from include.http.client import MAX_RETRY_AFTER_SECONDS
    from include.settings import Settings

    ours = Settings()
    assert ours.fetch_task_timeout_minutes * 60 > 5 * MAX_RETRY_AFTER_SECONDS
    assert ours.warehouse_task_timeout_minutes * 60 > 10 * ours.warehouse_lock_wait_seconds
    a_run = ours.analytics_max_wait_minutes + ours.warehouse_task_timeout_minutes
    assert ours.run_timeout_hours * 60 > 2 * a_run


def test_no_dag_ever_pauses_itself(dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("AIRFLOW__CORE__MAX_CONSECUTIVE_FAILED_DAG_RUNS_PER_DAG", "2")
    for dag in DagBag(str(PROJECT_ROOT / "dags")).dags.values():
        assert dag.max_consecutive_failed_dag_runs == 0, dag.dag_id
        assert serialized(dag).max_consecutive_failed_dag_runs == 0, dag.dag_id


def test_every_dag_tells_of_runs_that_fail_and_forgets_them_when_one_succeeds(
    dags: dict[str, Any],
) -> None:
    from include.alerts import notify_failed_run, reset_failed_runs

    for dag in dags.values():
        assert notify_failed_run in callbacks(dag.on_failure_callback), dag.dag_id
        assert reset_failed_runs in callbacks(dag.on_success_callback), dag.dag_id


def test_analytics_waits_for_every_dag_that_loads(dags: dict[str, Any]) -> None:
    from include.dag_rules import LOADING_DAGS

    assert {name for name, dag in dags.items() if Tag.INGEST in dag.tags} == set(LOADING_DAGS)


def test_every_load_is_followed_by_a_trigger_of_analytics(dags: dict[str, Any]) -> None:
    from include.dag_rules import RAW_HN_ITEMS, RAW_JOB_POSTINGS

    raw = {RAW_HN_ITEMS, RAW_JOB_POSTINGS}
    loads = [task for dag in dags.values() for task in dag.tasks if raw & set(task.outlets)]
    assert len(loads) > 4
    for load in loads:
        assert "trigger_analytics" in load.downstream_task_ids, load.task_id


def test_a_load_that_fails_fails_its_run_whatever_follows_it(dags: dict[str, Any]) -> None:
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import TaskInstance

    for dag_id in ("job_boards", "upkeep"):
        dag = serialized(dags[dag_id])
        instances = [TaskInstance(task, dag_version_id=None, run_id="r") for task in dag.tasks]
        decide = {ti.task_id for ti in DagRun()._tis_for_dagrun_state(dag=dag, tis=instances)}
        loads = {name for name in dag.task_ids if name.endswith("load") or "replay" in name}
        assert loads
        assert loads <= decide


def test_analytics_is_triggered_by_loads_alone_and_waits_without_a_slot(
    dags: dict[str, Any],
) -> None:
    analytics = dags["analytics"]
    assert analytics.schedule is None
    assert analytics.max_active_runs == 1
    wait = analytics.get_task("loads_have_settled")
    assert wait.mode == "reschedule"
    assert wait.pool == "default_pool"
    # it reads the warehouse only after the wait, and every model after that
    assert wait.downstream_task_ids == {"has_unpublished_loads"}
    assert wait.upstream_task_ids == set()


def test_saved_searches_follow_each_publish_and_do_not_wait_for_one_for_ever(
    dags: dict[str, Any],
) -> None:
    from include.dag_rules import SERVING

    dag = dags["saved_searches"]
    assert SERVING in dags["analytics"].get_task("publish").outlets
    assert list(dag.timetable.asset_condition.objects) == [SERVING]
    assert serialized(dag).timetable.timetable.summary == "0 7 * * *"
    assert dag.max_active_runs == 1  # a search is sent by one process


def test_retries_are_those_of_the_settings() -> None:
    from include.settings import Settings

    assert Settings.model_fields["task_retries"].default == 3


def test_tasks_that_write_the_warehouse_share_a_pool_of_one_slot(dags: dict[str, Any]) -> None:
    from include.dag_rules import WAREHOUSE_POOL

    writers = [task for task in dags["analytics"].tasks if task.task_id != "loads_have_settled"]
    writers.append(dags["hacker_news"].get_task("load"))
    assert {task.pool for task in writers} == {WAREHOUSE_POOL}


def test_every_pool_that_a_task_names_is_declared(dags: dict[str, Any]) -> None:
    import yaml

    declared = yaml.safe_load((PROJECT_ROOT / "airflow_settings.yaml").read_text())["airflow"]
    pools = {pool["pool_name"]: pool["pool_slot"] for pool in declared["pools"]}
    used = {task.pool for dag in dags.values() for task in dag.tasks} - {"default_pool"}
    assert used <= set(pools)
    assert pools["techpulse_warehouse"] == 1


def test_hacker_news_is_partitioned_by_month(dags: dict[str, Any]) -> None:
    from airflow.sdk import CronPartitionTimetable

    timetable = dags["hacker_news"].timetable
    assert isinstance(timetable, CronPartitionTimetable)
    assert {"find_thread", "split_comments", "fetch_comments", "load", "trigger_analytics"} == set(
        dags["hacker_news"].task_ids
    )
    assert f"{dags['hacker_news'].start_date:%Y-%m}" == "2011-04"


def test_monthly_schedule_reads_the_month_that_has_ended(dags: dict[str, Any]) -> None:
    import datetime as dt

    import pendulum

    timetable = serialized(dags["hacker_news"]).timetable
    first_of_november = pendulum.instance(dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    assert timetable._get_partition_info(first_of_november)[1] == "2026-10"


def test_daily_schedule_comes_after_a_new_thread_is_out(dags: dict[str, Any]) -> None:
    daily = dags["hacker_news_daily"]
    assert daily.schedule == "0 18 * * *"  # the thread is posted about 15:00 UTC
    assert set(daily.task_ids) == set(dags["hacker_news"].task_ids)
    assert "month" not in daily.params


def test_daily_dags_have_a_deadline_that_the_triggerer_can_call(
    airflow_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datetime as dt
    from importlib import import_module
    from inspect import iscoroutinefunction

    from airflow.dag_processing.dagbag import DagBag

    from include.settings import get_settings

    monkeypatch.delenv("TECHPULSE_DAILY_DEADLINE_MINUTES")
    get_settings.cache_clear()
    bag = DagBag(str(PROJECT_ROOT / "dags"))
    late = {name: dag.deadline for name, dag in bag.dags.items() if dag.deadline}
    assert {"hacker_news_daily", "job_boards"} <= set(late)
    for (alert,) in late.values():
        assert alert.interval == dt.timedelta(minutes=120)
        module, name = alert.callback.path.rsplit(".", 1)
        assert iscoroutinefunction(getattr(import_module(module), name))


def test_every_task_tells_of_its_failure(dags: dict[str, Any]) -> None:
    from include.alerts import notify_failure

    for dag in dags.values():
        for task in dag.tasks:
            told = callbacks(task.on_failure_callback)
            assert notify_failure in told, f"{dag.dag_id}.{task.task_id}"


def callbacks(called: Any) -> list[Any]:
    return list(called) if isinstance(called, list | tuple) else [called]


def serialized(dag: Any) -> Any:
    """Return the DAG as the scheduler knows it."""
    from airflow.serialization.serialized_objects import DagSerialization

    return DagSerialization.from_dict(DagSerialization.to_dict(dag))


def test_backfill_of_a_range_makes_one_run_a_month(dags: dict[str, Any]) -> None:
    import datetime as dt

    infos = serialized(dags["hacker_news"]).timetable.iter_partition_dagrun_infos(
        earliest=dt.datetime(2011, 4, 1, tzinfo=dt.UTC),
        latest=dt.datetime(2026, 10, 1, tzinfo=dt.UTC),
    )
    keys = [info.partition_key for info in infos]
    assert (len(keys), keys[0], keys[-1]) == (187, "2011-04", "2026-10")


def test_tasks_of_analytics_build_every_model_once(dags: dict[str, Any]) -> None:
    graph = json.loads((PROJECT_ROOT / "dbt" / "graph.json").read_text())
    built = [n for n in graph["nodes"].values() if n["resource_type"] in ("model", "seed")]
    tasks = [task for task in dags["analytics"].tasks if task.task_id.startswith("dbt.")]
    assert len(tasks) == 6
    assert {task.select for task in tasks} == {f"tag:{tag}" for n in built for tag in n["tags"]}
    # Without one Cosmos cannot keep what dbt has parsed: the task fails after its models are built.
    assert all(Path(task.manifest_filepath).is_file() for task in tasks)
    docs = "\n".join(task.doc_md for task in tasks)
    for node in built:
        assert docs.count(f"{node['config']['schema']}.{node['fqn'][-1]}`:") == 1
    # One after the other: all of them write the warehouse.
    for earlier, later in itertools.pairwise(tasks):
        assert later.upstream_task_ids == {earlier.task_id}


def test_only_the_dag_files_are_parsed_where_the_root_is_the_bundle(airflow_database: Path) -> None:
    from airflow.utils.file import list_py_file_paths

    assert sorted(map(Path, list_py_file_paths(str(PROJECT_ROOT)))) == DAG_FILES


def test_where_only_the_dags_folder_is_found_every_dag_says_what_to_do(tmp_path: Path) -> None:
    """As with a GitDagBundle of subdir dags, or a DAGS_FOLDER without PYTHONPATH."""
    code = """
import json, sys
from airflow.dag_processing.dagbag import BundleDagBag
bag = BundleDagBag(sys.argv[1], bundle_path=sys.argv[1], bundle_name="dags")
print(json.dumps(bag.import_errors))
"""
    folder = PROJECT_ROOT / "dags"
    home = {"PATH": os.defpath, "HOME": str(tmp_path), "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(folder)],
        env={**home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    errors = json.loads(done.stdout.splitlines()[-1])
    assert {Path(file).name for file in errors} == {file.name for file in DAG_FILES}
    for error in errors.values():
        assert f"Next step: make {PROJECT_ROOT} the bundle" in error
        assert f"PYTHONPATH={PROJECT_ROOT}" in error


def test_pool_that_is_missing_is_a_warning_of_its_dags(airflow_database: Path) -> None:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(PROJECT_ROOT / "dags"), known_pools={"default_pool"})
    warned = {warning.dag_id: warning.message for warning in bag.dag_warnings}
    assert set(warned) == set(bag.dags) - {"saved_searches"}  # it needs none
    assert all("techpulse_warehouse" in message for message in warned.values())
