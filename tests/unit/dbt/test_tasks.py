"""Cosmos in a plain Airflow: no usage metrics, and a cache that belongs to this installation."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from include.dbt import tasks as dbt_tasks
from include.dbt.tasks import cache_folder, end_after
from include.settings import PROJECT_ROOT

# As a task's process does: first the plugins, with Cosmos' own, then the DAG file.
_LIKE_A_TASK = """
import warnings
warnings.simplefilter("ignore")
from airflow.plugins_manager import ensure_plugins_loaded
ensure_plugins_loaded()
import sys
assert "cosmos.settings" in sys.modules
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1] + "/dags/analytics.py")
assert not bag.import_errors, bag.import_errors
from airflow.serialization.serialized_objects import DagSerialization
from cosmos.listeners.dag_run_listener import total_cosmos_tasks
from cosmos.telemetry import should_emit
dag = bag.dags["analytics"]
serialized = DagSerialization.from_dict(DagSerialization.to_dict(dag))
assert "__cosmos_telemetry_metadata__" not in dag.params or should_emit()
print("emits in tasks" if should_emit() else "quiet in tasks")
print("emits in the scheduler" if total_cosmos_tasks(serialized) else "quiet in the scheduler")
"""


def like_a_task(home: Path, project: Path = PROJECT_ROOT, **environment: str) -> str:
    """Parse the DAG file in an Airflow of its own, without our environment; what was said."""
    temporary = home / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", _LIKE_A_TASK, str(project)],
        env={
            "PATH": os.defpath,
            "HOME": str(home),
            "AIRFLOW_HOME": str(home / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "PYTHONPATH": str(project),
            "TMPDIR": str(temporary),
            **environment,
        },
        cwd=home,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


def test_no_process_of_a_plain_airflow_sends_usage_metrics(tmp_path: Path) -> None:
    said = like_a_task(tmp_path)
    assert "quiet in tasks" in said
    assert "quiet in the scheduler" in said
    assert list((tmp_path / "tmp").glob("cosmos*")) == []  # nor leaves a folder there


def test_who_wants_the_metrics_sent_can_say_so(tmp_path: Path) -> None:
    said = like_a_task(tmp_path, AIRFLOW__COSMOS__ENABLE_TELEMETRY="True")
    assert "emits in tasks" in said


def test_dag_is_parsed_where_another_user_has_cosmos_folder(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "cosmos").touch()  # nothing can be made below it, not even by root
    like_a_task(tmp_path)


def _wait_like_dbt(seconds: float, waits: float) -> None:
    """Wait for a query that never ends, as dbt does: whatever error is raised meanwhile."""
    query = threading.Thread(target=threading.Event().wait)
    query.start()
    with end_after(seconds):
        while query.is_alive():
            try:
                query.join(waits)
                break
            except BaseException:
                pass
    os._exit(0)


@pytest.mark.parametrize(("seconds", "waits", "code"), [(0.2, 100, -signal.SIGKILL), (90, 0.2, 0)])
def test_dbt_that_waits_for_its_query_is_ended_and_no_other(
    seconds: float, waits: float, code: int
) -> None:
    process = multiprocessing.get_context("fork").Process(
        target=_wait_like_dbt, args=(seconds, waits)
    )
    process.start()
    process.join(80)
    assert process.exitcode == code


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An AIRFLOW_HOME and a temporary folder of this test alone."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(dbt_tasks, "AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path


def test_cache_is_in_airflow_home_and_is_made(home: Path) -> None:
    folder = cache_folder()
    assert folder
    assert folder.is_relative_to(home / "airflow" / "cosmos")
    assert (folder / "target").is_dir()


def test_two_checkouts_under_one_airflow_do_not_share_it(home: Path) -> None:
    one, other = cache_folder(home / "a" / "dbt"), cache_folder(home / "b" / "dbt")
    assert one != other
    assert cache_folder(home / "a" / "dbt") == one


def test_cache_is_where_airflows_setting_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__COSMOS__CACHE_DIR", str(home / "elsewhere"))
    folder = cache_folder()
    assert folder
    assert folder.parent == home / "elsewhere"


def test_home_that_cannot_be_written_makes_it_a_folder_of_this_user_alone(home: Path) -> None:
    (home / "airflow").touch()
    folder = cache_folder()
    assert folder
    own = home / "tmp" / f"techpulse-dbt-{os.geteuid()}"
    assert folder.parent == own
    assert own.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_another_user_has_laid_out_is_not_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "airflow").touch()
    assert cache_folder()
    uid = os.geteuid() + 1
    own = home / "tmp" / f"techpulse-dbt-{uid}"
    own.mkdir()  # as somebody else, who knew its name
    monkeypatch.setattr("os.geteuid", lambda: uid)
    assert cache_folder() is None


@pytest.mark.parametrize("trap", ["link", "open to all"])
def test_a_link_or_an_open_folder_is_not_used(home: Path, trap: str) -> None:
    (home / "airflow").touch()
    own = home / "tmp" / f"techpulse-dbt-{os.geteuid()}"
    if trap == "link":
        (home / "theirs").mkdir(mode=0o700)
        own.symlink_to(home / "theirs")
    else:
        own.mkdir()
        own.chmod(0o777)
    assert cache_folder() is None
