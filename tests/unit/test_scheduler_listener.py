"""When the plugin preloads dbt: in a scheduler that forks tasks, nowhere else."""

from __future__ import annotations

import importlib.util
import logging
import multiprocessing
import sys
from types import ModuleType

import pytest
from airflow.executors.executor_loader import ExecutorLoader
from airflow.executors.executor_utils import ExecutorName

import include.dbt.preload
from include.errors import ConfigurationError
from include.settings import PROJECT_ROOT, Settings

LOCAL = "airflow.executors.local_executor.LocalExecutor"
CELERY = "airflow.providers.celery.executors.celery_executor.CeleryExecutor"


class Job:
    """Is called as Airflow's is: a scheduler, a DAG processor or a triggerer that starts."""


class TaskRunnerMarker:
    """What Airflow tells of in a task, which is a fork of the scheduler and has its arguments."""


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The plugin in a scheduler with the LocalExecutor."""
    file = PROJECT_ROOT / "plugins" / "techpulse_plugin.py"
    spec = importlib.util.spec_from_file_location("plugin_under_test", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", ["airflow", "scheduler", "--skip-serve-logs"])
    monkeypatch.setattr(multiprocessing, "get_start_method", lambda: "fork")
    executors_are(monkeypatch, LOCAL)
    return module


@pytest.fixture
def preloaded(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that dbt was to be preloaded with, once for each time."""
    found: list[Settings] = []
    monkeypatch.setattr(include.dbt.preload, "preload_dbt", found.append)
    return found


def executors_are(monkeypatch: pytest.MonkeyPatch, *paths: str) -> None:
    names = [ExecutorName(module_path=path) for path in paths]
    monkeypatch.setattr(ExecutorLoader, "get_executor_names", lambda: names)


def start(plugin: ModuleType, component: object) -> None:
    (listener,) = plugin.TechPulsePlugin.listeners
    listener.on_starting(component)


def test_scheduler_that_forks_tasks_preloads_dbt_once(
    plugin: ModuleType, preloaded: list[Settings]
) -> None:
    start(plugin, Job())
    assert len(preloaded) == 1


def test_scheduler_with_one_executor_that_forks_preloads_dbt(
    plugin: ModuleType, preloaded: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    executors_are(monkeypatch, CELERY, LOCAL)
    start(plugin, Job())
    assert len(preloaded) == 1


def test_task_preloads_nothing(plugin: ModuleType, preloaded: list[Settings]) -> None:
    start(plugin, TaskRunnerMarker())
    assert preloaded == []


@pytest.mark.parametrize("command", ["dag-processor", "triggerer", "api-server", "celery"])
def test_other_processes_preload_nothing(
    plugin: ModuleType, preloaded: list[Settings], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["airflow", command])
    start(plugin, Job())
    assert preloaded == []


def test_scheduler_whose_tasks_run_elsewhere_preloads_nothing(
    plugin: ModuleType, preloaded: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    executors_are(monkeypatch, CELERY)
    start(plugin, Job())
    assert preloaded == []


def test_scheduler_that_spawns_its_workers_preloads_nothing(
    plugin: ModuleType, preloaded: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multiprocessing, "get_start_method", lambda: "spawn")
    start(plugin, Job())
    assert preloaded == []


def test_setting_switches_it_off(
    plugin: ModuleType, preloaded: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TECHPULSE_PRELOAD_DBT", "false")
    start(plugin, Job())
    assert preloaded == []


def test_failure_is_logged_and_the_scheduler_goes_on(
    plugin: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Settings) -> None:
        raise ConfigurationError("dbt cannot parse the project: no such macro")

    monkeypatch.setattr(include.dbt.preload, "preload_dbt", fail)
    with caplog.at_level(logging.WARNING, logger=plugin.log.name):
        start(plugin, Job())
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "no such macro" in caplog.text


def test_tasks_do_not_inherit_our_own_modules(
    plugin: ModuleType, preloaded: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "include.settings")
    start(plugin, Job())
    assert len(preloaded) == 1
    assert "include.settings" not in sys.modules
