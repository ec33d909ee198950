from __future__ import annotations

from pathlib import Path

import pytest

from include.settings import PROJECT_ROOT
from local.environment import airflow_environment


def test_airflow_lives_in_the_project_and_listens_on_loopback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AIRFLOW_HOME", "AIRFLOW__API__HOST"):
        monkeypatch.delenv(name, raising=False)
    environment = airflow_environment(tmp_path)
    assert environment["AIRFLOW_HOME"] == str(PROJECT_ROOT / ".airflow")
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["TECHPULSE_DATA_DIR"] == str(tmp_path)
    assert environment["PYTHONPATH"].split(":")[0] == str(PROJECT_ROOT)


def test_what_the_caller_has_set_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "2")
    assert airflow_environment(tmp_path)["AIRFLOW__CORE__PARALLELISM"] == "2"


def test_log_servers_are_moved_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    import runpy
    import sys

    import uvicorn

    calls: list[dict[str, object]] = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: calls.append(options))
    monkeypatch.setattr(sys, "argv", ["airflow", "scheduler"])
    runpy.run_path(str(PROJECT_ROOT / "local" / "config" / "airflow_local_settings.py"))
    uvicorn.run("app", host="", port=8793)
    uvicorn.run("app", host="10.0.0.1", port=1)
    assert [call["host"] for call in calls] == ["127.0.0.1", "10.0.0.1"]
