"""The project as a DAG bundle, from a folder and from Git: each task runs its bundle's include."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from include.settings import PROJECT_ROOT
from tests.repository import BRANCH, check_out, commit, snapshot

# A DAG beside the project's own, that says which include its parsing and its task have seen.
PROBE = """
import json, os
from airflow.sdk import dag, task
import include.dag_rules as seen_in_parsing

@dag(schedule=None)
def probe():
    @task
    def tell():
        import include.pipeline.hacker_news as seen_in_task
        from include.dbt.project import GRAPH_FILE
        with open(os.environ["PROBE_ANSWER"], "w") as file:
            json.dump([seen_in_parsing.__file__, seen_in_task.__file__, str(GRAPH_FILE)], file)
    tell()

probe()
"""


@dataclass(frozen=True)
class Home:
    """An AIRFLOW_HOME with a migrated database, and the project with a probe in a repository."""

    root: Path
    project: Path
    repository: Path

    def environment(self, bundle: dict[str, Any]) -> dict[str, str]:
        """No PYTHONPATH, and a working folder elsewhere: only the bundle brings include."""
        git = {"conn_type": "git", "host": str(self.repository)}
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.root),
            "AIRFLOW_HOME": str(self.root / "airflow"),
            "AIRFLOW_CONN_TECHPULSE_GIT": json.dumps(git),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(self.root / "no-plugins"),
            "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(self.root / "bundles"),
            "TECHPULSE_DATA_DIR": str(self.root / "data"),
            "PROBE_ANSWER": str(self.root / "answer.json"),
        }

    def airflow(self, bundle: dict[str, Any], *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *arguments],
            cwd=self.root,
            env=self.environment(bundle),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]

    def answer(self) -> list[str]:
        return list(json.loads((self.root / "answer.json").read_text()))

    def rows(self, sql: str) -> set[str]:
        with sqlite3.connect(self.root / "airflow" / "airflow.db") as database:
            return {row[0] for row in database.execute(sql)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, airflow_database: Path) -> Home:
    root = tmp_path_factory.mktemp("bundles")
    project, repository = root / "project", root / "techpulse.git"
    snapshot(repository)
    check_out(repository, project)
    (project / "dags" / "probe.py").write_text(PROBE)
    commit(repository, project)
    (root / "airflow").mkdir()
    shutil.copy(airflow_database, root / "airflow" / "airflow.db")
    return Home(root, project, repository)


def local_bundle(home: Home) -> dict[str, Any]:
    classpath = "airflow.dag_processing.bundles.local.LocalDagBundle"
    return {"name": "folder", "classpath": classpath, "kwargs": {"path": str(home.project)}}


def git_bundle(home: Home) -> dict[str, Any]:
    classpath = "airflow.providers.git.bundles.git.GitDagBundle"
    kwargs = {"git_conn_id": "techpulse_git", "tracking_ref": BRANCH}
    return {"name": "git", "classpath": classpath, "kwargs": kwargs}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [local_bundle, git_bundle])
def test_a_bundle_is_read_whole_and_its_tasks_run_its_own_include(home: Home, kind: Any) -> None:
    bundle = kind(home)
    home.airflow(bundle, "dags", "test", "probe")
    here = home.project if kind is local_bundle else home.root / "bundles" / "git"
    assert len(home.answer()) == 3
    for file in home.answer():
        assert Path(file).is_relative_to(here), file
        assert not Path(file).is_relative_to(PROJECT_ROOT)
        assert Path(file).is_file()
    # the same command has read every file of the bundle into the database
    wanted = {file.stem for file in (PROJECT_ROOT / "dags").glob("*.py")} | {"probe"}
    read = home.rows(f"select fileloc from dag where bundle_name = '{bundle['name']}'")
    assert home.rows("select filename from import_error") == set()
    assert wanted <= {Path(file).stem for file in read}
