from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from include.settings import PROJECT_ROOT
from local.airflow_process import AirflowProcess
from local.steps import StepFailedError, Steps

# Commands of another program, in the same kind of process.
SERVE = """
import os, sys
from local.airflow_process import serve

def command(arguments):
    print("process", os.getpid(), *arguments, flush=True)
    if arguments[0] == "die": os._exit(9)
    if arguments[0] == "raise": raise ValueError("that is no command")
    if arguments[0] == "exit": sys.exit("said at the end")
    if arguments[0] == "code": sys.exit(int(arguments[1]))

serve(sys.stdin, command)
"""


@pytest.fixture
def process() -> AirflowProcess:
    process = AirflowProcess({**os.environ, "PYTHONPATH": str(PROJECT_ROOT)})
    process.command = (sys.executable, "-c", SERVE)
    return process


def test_commands_run_in_one_process_each_with_its_own_output(process: AirflowProcess) -> None:
    first, second = process.run(["dags", "test"]), process.run(["db"])
    assert first[0] == second[0] == 0
    assert first[1].split()[2:] == ["dags", "test"]
    assert second[1].split()[:2] == first[1].split()[:2]


def test_exit_codes_and_exceptions_are_the_commands_own(process: AirflowProcess) -> None:
    assert process.run(["code", "3"])[0] == 3
    assert process.run(["code", "0"])[0] == 0
    code, output = process.run(["raise"])
    assert code == 1
    assert "ValueError: that is no command" in output
    code, output = process.run(["exit"])
    assert code == 1
    assert "said at the end" in output


def test_a_process_that_died_fails_its_command_and_the_next_one_has_a_new_process(
    process: AirflowProcess,
) -> None:
    code, output = process.run(["die"])
    assert code == 9
    assert process.run(["next"])[1].split()[1] != output.split()[1]


def test_a_failed_dag_run_fails_its_step_though_airflow_exits_with_0(
    process: AirflowProcess, tmp_path: Path
) -> None:
    steps = Steps(tmp_path / "x.log", {})
    steps.airflow_process = process
    with pytest.raises(StepFailedError):
        steps.airflow("a run", "DagRun failed")
    assert "DagRun failed" in steps.log.read_text()


def test_nothing_of_it_is_left_when_this_process_ends() -> None:
    command = (sys.executable, "-c", SERVE)
    code = f"""
import os
from local.airflow_process import AirflowProcess

process = AirflowProcess(dict(os.environ))
process.command = {command!r}
print(process.run(["x"])[1])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not psutil.pid_exists(int(done.stdout.split()[1]))
