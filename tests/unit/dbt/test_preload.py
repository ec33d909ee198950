"""What a process that has preloaded dbt leaves behind, and what its forks have of it."""

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

_SCENARIO = Path(__file__).with_name("preload_scenario.py")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process of its own has seen: a test run has threads and modules of other tests."""
    done = subprocess.run(
        [sys.executable, str(_SCENARIO), str(tmp_path_factory.mktemp("warm"))],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "SLURM_CPUS_ON_NODE": "2"},
        timeout=200,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.parametrize(
    "kept",
    [
        "environment", "folder", "handlers", "log levels", "signals", "search path",
        "files open", "threads",
    ],
)  # fmt: skip
def test_preloading_leaves_the_process_as_it_was(found: dict[str, Any], kept: str) -> None:
    before, after = found["kept"][kept]
    assert after == before


def test_preloading_leaves_no_process_no_adapter_and_no_warehouse(found: dict[str, Any]) -> None:
    assert found["children"] == []
    assert found["adapters"] == []
    assert found["data"] == []


def test_fork_builds_a_model_in_under_half_the_time(found: dict[str, Any]) -> None:
    assert found["warm"]["success"]
    assert found["cold"]["success"]
    assert found["warm"]["processor_seconds"] < found["cold"]["processor_seconds"] / 2


def test_fork_builds_a_model_as_it_is_now(found: dict[str, Any]) -> None:
    assert found["changed"]["success"]
    assert "changed_since" not in found["warm"]["compiled"]
    assert "changed_since" in found["changed"]["compiled"]


def test_fork_has_threads_of_its_own_for_duckdb(found: dict[str, Any]) -> None:
    assert found["counted"] == 1_000_000


def test_project_that_cannot_be_parsed_is_an_error_that_leaves_nothing(
    found: dict[str, Any],
) -> None:
    assert "dbt cannot parse the project" in found["refused"]["words"]
    assert "nowhere" in found["refused"]["words"]
    assert found["refused"]["kept"]
    assert found["refused"]["children"] == []
