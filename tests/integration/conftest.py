"""A real Airflow with the plugin, in a process of its own: an Airflow cannot be set up twice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from include.serving.publish import publish
from include.settings import PROJECT_ROOT
from local.environment import airflow_environment
from sample.gold.postings import GoldSize, fill_gold


@pytest.fixture(scope="module")
def dags(airflow_database: Path) -> dict[str, Any]:
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


def home_of(folder: Path, airflow_database: Path) -> Path:
    """Make the folder an AIRFLOW_HOME whose database is migrated."""
    (folder / "dags").mkdir(parents=True)
    shutil.copy(airflow_database, folder / "airflow.db")
    return folder


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory: pytest.TempPathFactory, airflow_database: Path) -> Path:
    """An AIRFLOW_HOME whose database is migrated, for the simple auth manager."""
    return home_of(tmp_path_factory.mktemp("homes") / "airflow", airflow_database)
