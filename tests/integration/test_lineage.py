"""OpenLineage, where its provider is installed: events of a load and of dbt, by file transport.

In a process of its own, which alone has the provider on its path: installed beside the others, it
would double the time that every test parses DAGs in.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from include.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow

PROVIDER = Path(sys.prefix) / "openlineage"  # by `make install`
# Of analytics one model with its tests: the rest of it is tested in test_path.py.
_RUN = """
import json, os
from pathlib import Path
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
from sample.server import serve
from sample.world import World

folder = Path("dags").resolve()
DagBundlesManager().sync_bundles_to_db()
bag = BundleDagBag(str(folder), bundle_path=folder, bundle_name="dags-folder")
sync_bag_to_db(bag, "dags-folder", None)
world = World(seed=3, first_month="2026-05", last_month="2026-05", comments=12, false_starts={})
with serve(world) as base:
    connection = {"conn_type": "http", "host": f"{base}/v0"}
    os.environ["AIRFLOW_CONN_HACKERNEWS_DEFAULT"] = json.dumps(connection)
    assert bag.dags["hacker_news"].test(run_conf={"month": "2026-05"}).state == "success"
step = bag.dags["analytics"].partial_subset("dbt.sources", include_upstream=False)
assert step.test().state == "success"
"""


@pytest.fixture(scope="module")
def events(
    airflow_database: None, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """The COMPLETE event of each job."""
    folder = tmp_path_factory.mktemp("lineage")
    file = folder / "events.jsonl"
    environment = os.environ | {
        "PYTHONPATH": f"{PROJECT_ROOT}{os.pathsep}{PROVIDER}",
        "TECHPULSE_DATA_DIR": str(folder / "data"),
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "techpulse",
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(
            {"type": "file", "log_file_path": str(file), "append": True}
        ),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _RUN],
        env=environment,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    found = [json.loads(line) for line in file.read_text().splitlines()]
    return {one["job"]["name"]: one for one in found if one["eventType"] == "COMPLETE"}


def datasets(event: dict[str, Any], kind: str) -> set[str]:
    return {f"{one['namespace']}/{one['name']}" for one in event[kind]}


def test_load_is_a_job_of_its_run(events: dict[str, dict[str, Any]]) -> None:
    load = events["hacker_news.load"]
    assert load["job"]["namespace"] == "techpulse"
    assert load["run"]["facets"]["parent"]["job"]["name"] == "hacker_news"
    assert load["run"]["facets"]["airflow"]["task"]["task_id"] == "load"


def test_step_reads_bronze_and_writes_its_tables(events: dict[str, dict[str, Any]]) -> None:
    job = events["analytics.dbt.sources"]
    outputs = {one["name"]: one for one in job["outputs"]}
    assert {"warehouse.staging.stg_loads", "warehouse.staging.stg_hn__items"} <= set(outputs)
    loads = outputs["warehouse.staging.stg_loads"]
    assert loads["namespace"].startswith("duckdb://")
    assert loads["namespace"].endswith("/warehouse.duckdb")
    assert f"{loads['namespace']}/warehouse.bronze.loads" in datasets(job, "inputs")
    columns = {c["name"] for c in loads["facets"]["schema"]["fields"]}
    assert {"load_id", "committed_at"} <= columns
