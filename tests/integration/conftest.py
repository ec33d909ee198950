"""A real Airflow with the plugin, in a process of its own: an Airflow cannot be set up twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from include.serving.publish import publish
from include.settings import PROJECT_ROOT
from local.environment import airflow_environment
from sample.gold.postings import GoldSize, fill_gold


@pytest.fixture(scope="module")
def dags(airflow_database: None) -> dict[str, Any]:
    """The bundle's DAGs by id, known to the tests' Airflow."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()
    folder = PROJECT_ROOT / "dags"
    bag = BundleDagBag(str(folder), bundle_path=folder, bundle_name="dags-folder")
    sync_bag_to_db(bag, "dags-folder", None)
    return dict(bag.dags)


@pytest.fixture(scope="session")
def serving_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A published store of a few hundred postings."""
    url = f"sqlite:///{tmp_path_factory.mktemp('serving') / 'serving.sqlite'}"
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(postings=400))
        publish(warehouse, url)
    return url


def plugin_environment(home: Path, serving_url: str) -> dict[str, str]:
    """The environment of an Airflow of its own that has the plugin and no DAGs."""
    return airflow_environment(
        home / "data",
        home=home,
        AIRFLOW__CORE__DAGS_FOLDER=str(home / "dags"),
        AIRFLOW__API_AUTH__JWT_SECRET="only for tests, long enough to sign with",
        TECHPULSE_SERVING_URL=serving_url,
    )


def run_airflow(arguments: list[str], environment: Mapping[str, str]) -> None:
    """Run the airflow command to its end; fail with its words."""
    command = [sys.executable, "-m", "airflow", *arguments]
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory: pytest.TempPathFactory, serving_url: str) -> Path:
    """An AIRFLOW_HOME whose database is migrated, for the simple auth manager."""
    home = tmp_path_factory.mktemp("airflow")
    (home / "dags").mkdir()
    run_airflow(["db", "migrate"], plugin_environment(home, serving_url))
    return home
