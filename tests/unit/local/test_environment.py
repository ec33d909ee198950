from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from include.settings import PROJECT_ROOT, Settings
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


def test_how_airflow_works_is_the_callers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "2")
    monkeypatch.setenv("AIRFLOW_CONN_REMOTIVE_DEFAULT", "http://127.0.0.1:1")
    monkeypatch.setenv("TECHPULSE_HN_CONCURRENCY", "3")
    environment = airflow_environment(tmp_path)
    assert environment["AIRFLOW__CORE__PARALLELISM"] == "2"
    assert environment["AIRFLOW_CONN_REMOTIVE_DEFAULT"] == "http://127.0.0.1:1"
    assert environment["TECHPULSE_HN_CONCURRENCY"] == "3"


# What the shell of somebody who runs another Airflow may have set.
OTHER_AIRFLOW = {
    "AIRFLOW_HOME": "/elsewhere",
    "AIRFLOW_CONFIG": "/elsewhere/airflow.cfg",
    "AIRFLOW__CORE__DAGS_FOLDER": "/elsewhere/dags",
    "AIRFLOW__CORE__PLUGINS_FOLDER": "/elsewhere/plugins",
    "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
    "AIRFLOW__CORE__AUTH_MANAGER": "elsewhere.AuthManager",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": "http://elsewhere/execution/",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://elsewhere/airflow",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": "echo postgresql://elsewhere/airflow",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_SECRET": "elsewhere",
    "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": "[]",
    "AIRFLOW__SECRETS__BACKEND": "elsewhere.Backend",
    "AIRFLOW__API__BASE_URL": "http://elsewhere",
    "AIRFLOW__API__PORT": "1",
    "AIRFLOW__API_AUTH__JWT_SECRET": "elsewhere",
    "AIRFLOW__CELERY__BROKER_URL": "redis://elsewhere",
}


@pytest.mark.parametrize("isolated", [False, True])
def test_another_airflow_of_the_shell_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, isolated: bool
) -> None:
    for name in OTHER_AIRFLOW:
        monkeypatch.delenv(name, raising=False)
    alone = airflow_environment(tmp_path, isolated=isolated)
    for name, value in OTHER_AIRFLOW.items():
        monkeypatch.setenv(name, value)
    assert airflow_environment(tmp_path, isolated=isolated) == alone


def test_isolated_environment_takes_nothing_from_an_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With every setting there is set to something else, it runs as in an empty shell."""
    names = [f"TECHPULSE_{name.upper()}" for name in Settings.model_fields]
    names += ["THEIRSTACK_API_KEY", "DBT_PROFILES_DIR", "DBT_TARGET_PATH", "DBT_FULL_REFRESH"]
    names += ["TECHPULSE_DBT_TARGET", "TECHPULSE_DBT_WAREHOUSE", "OPENLINEAGE_URL"]
    names += ["AIRFLOW_CONN_HACKERNEWS_DEFAULT", "AIRFLOW_VAR_SEARCHES", "_AIRFLOW__AS_LIBRARY"]
    names += ["AIRFLOW__CORE__PARALLELISM", "AIRFLOW__CORE__LOAD_EXAMPLES"]
    names += ["AIRFLOW__LOGGING__REMOTE_LOGGING", "AIRFLOW__COSMOS__ENABLE_TELEMETRY"]
    for name in names:
        monkeypatch.delenv(name, raising=False)
    alone = airflow_environment(tmp_path, isolated=True)
    for name in names:
        monkeypatch.setenv(name, "something else")
    assert airflow_environment(tmp_path, isolated=True) == alone


def test_demos_data_lie_in_the_project_wherever_an_installations_do(tmp_path: Path) -> None:
    code = "from local import demo, environment; print(demo.DEMO_DATA_DIR, environment.DATA_DIR)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_ROOT,
        env={**os.environ, "TECHPULSE_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(PROJECT_ROOT / "data" / "demo"), str(tmp_path)]


@pytest.mark.parametrize("isolated", [False, True])
@pytest.mark.parametrize(
    ("upper", "lower"), [("", ""), ("corp.example", ""), ("", "a.example,b.example"), ("x", "y")]
)
def test_this_machine_is_asked_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, isolated: bool, upper: str, lower: str
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", upper)
    monkeypatch.setenv("no_proxy", lower)
    environment = airflow_environment(tmp_path, isolated=isolated)
    assert environment["HTTP_PROXY"] == "http://proxy.example:3128"  # for the real sources
    for name in ("NO_PROXY", "no_proxy"):
        hosts = environment[name].split(",")
        assert {"localhost", "127.0.0.1", "::1"} <= set(hosts)
        assert {host for host in (*upper.split(","), *lower.split(",")) if host} <= set(hosts)


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
