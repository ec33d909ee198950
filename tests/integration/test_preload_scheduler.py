"""A real scheduler: whether it has dbt when it forks its workers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import plugin_environment

pytestmark = pytest.mark.slow

_FORKED = "Worker starting up"
_PRELOADED = "dbt preloaded"


def words_of_a_scheduler(home: Path, serving_url: str, **settings: str) -> str:
    """What a scheduler says that looks once for what there is to do, and ends."""
    environment = plugin_environment(home, serving_url) | settings
    command = [sys.executable, "-m", "airflow", "scheduler", "--num-runs", "1", "--skip-serve-logs"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    return done.stdout + done.stderr


@pytest.mark.parametrize(("setting", "preloads"), [("true", True), ("false", False)])
def test_scheduler_preloads_dbt_before_it_forks_unless_disabled(
    migrated_home: Path, serving_url: str, setting: str, preloads: bool
) -> None:
    words = words_of_a_scheduler(
        migrated_home,
        serving_url,
        AIRFLOW__CORE__EXECUTOR="LocalExecutor",
        AIRFLOW__CORE__PARALLELISM="1",
        AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK="False",
        TECHPULSE_PRELOAD_DBT=setting,
    )
    assert _FORKED in words
    assert (_PRELOADED in words.partition(_FORKED)[0]) == preloads
    assert "could not be preloaded" not in words
