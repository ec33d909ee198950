"""SIGKILL and SIGTERM to Airflow itself in the middle of a run, then the run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local import process_groups as sessions
from local.environment import airflow_environment

from .arena import Arena
from .contents import rows_of
from .report import note
from .steps import SECOND, TODAY, steps_of

_MONTH, _OTHER_MONTH = SECOND.months
_PATIENCE_SECONDS = 30


class Airflow:
    """An Airflow of its own, on the arena's folder and upstream."""

    def __init__(self, arena: Arena, home: Path) -> None:
        self.home, self.log = home, home / "dags_test.log"
        self.environment = airflow_environment(
            home=home,
            **arena.environment(SECOND),
            AIRFLOW__CORE__PLUGINS_FOLDER=str(home / "plugins"),
            TECHPULSE_TASK_RETRIES="0",
            # A run that was killed keeps its turn at the month for so long: Airflow's scheduler
            # would go on with that run, `dags test` begins another one.
            TECHPULSE_HN_LOCK_TTL_MINUTES="0.01",
        )
        self._run("db", "migrate")

    def _run(self, *arguments: str) -> None:
        process = self._start(*arguments)
        assert process.wait(500) == 0, self.words

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        self.log.write_text("")
        command = [sys.executable, "-m", "airflow", *arguments]
        return sessions.launch(command, self.log, self.home / "leaders", self.environment)

    @property
    def words(self) -> str:
        return self.log.read_text(errors="replace")[-4_000:]

    def run_dag(self, dag_id: str, **conf: str) -> None:
        """Run a DAG to its good end."""
        self._run("dags", "test", dag_id, "--conf", json.dumps(conf))
        told = self.log.read_text(errors="replace")
        assert "DagRun failed" not in told, self.words
        assert "is locked by the run" not in told

    def break_dag(self, dag_id: str, number: int, after: str, **conf: str) -> None:
        """Send a signal to all of a run's processes once it has said that."""
        process = self._start("dags", "test", dag_id, "--conf", json.dumps(conf))
        try:
            self._wait(process, after)
            for one in self._processes(process.pid):
                one.send_signal(number)
            process.wait(_PATIENCE_SECONDS)
        except (subprocess.TimeoutExpired, psutil.NoSuchProcess):
            pass  # `dags test` may take SIGTERM as a wish, and go on
        finally:
            sessions.kill(process.pid)
            process.wait()
        assert process.returncode != 0 or number == signal.SIGTERM, "it was done before"

    def _wait(self, process: subprocess.Popen[bytes], after: str) -> None:
        while after not in self.log.read_text(errors="replace"):
            assert process.poll() is None, self.words
            time.sleep(0.1)

    @staticmethod
    def _processes(leader: int) -> list[psutil.Process]:
        return [p for p in psutil.process_iter() if _session(p.pid) == leader]


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def test_airflow_killed_and_terminated_then_run_again_leaves_the_same_rows(
    arena: Arena, full: bool, tmp_path: Path
) -> None:
    if not full:
        pytest.skip("in the full suite only: each run of Airflow costs ten seconds before a task")
    months, (boards, *built) = steps_of(TODAY)[:2], steps_of(SECOND)[2:]
    arena.restore("first")
    for step in (*months, boards, *built):
        arena.finish(SECOND, step)
    arena.keep("undisturbed")
    arena.restore("first")
    airflow = Airflow(arena, tmp_path)
    airflow.run_dag("hacker_news", month=_OTHER_MONTH)
    # By what a run has said, not by its seconds: on a busy machine these vary too much.
    for said in ("superseding", "comments 1-", ": staged"):
        airflow.break_dag("hacker_news", signal.SIGKILL, said, month=_MONTH)
    airflow.run_dag("hacker_news", month=_MONTH)
    arena.finish(SECOND, boards)
    # The models of the DAG's second and of a later dbt task are being built.
    airflow.break_dag("analytics", signal.SIGTERM, "Running with dbt")
    airflow.break_dag("analytics", signal.SIGKILL, "gold.fct_postings")
    airflow.run_dag("analytics")
    for step in built:  # with the months that the undisturbed day has
        arena.finish(SECOND, step)
    assert arena.differences("undisturbed") == []
    expected, found = (rows_of(p) for p in (arena.root / "undisturbed", arena.data))
    note("Airflow: 4 times SIGKILL, once SIGTERM", kills=5, expected=expected, found=found)
