"""Killed between any two statements, a model's table is the old or the new one: file and lake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from include.settings import Settings
from sample.services import Postgres
from tests.dbt.small_project import SmallProject

from .killed import KINDS, kill_before_each_statement, write_models

# What CI has the time for: our own strategy, and a model that writes by two connections.
_SHORT = {("file", "by_month"), ("file", "of_python")}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    is_full = metafunc.config.getoption("--chaos", "short") == "full"
    cases = [(home, kind) for home in ("file", "lake") for kind in KINDS]
    chosen = [case for case in cases if is_full or case in _SHORT]
    metafunc.parametrize(("project", "kind"), chosen, indirect=["project"], scope="module")


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def project(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch_module: pytest.MonkeyPatch,
) -> SmallProject:
    """The models in a warehouse of their own: a file, or a lake on a real PostgreSQL."""
    folder: Path = tmp_path_factory.mktemp("killed")
    settings = Settings(data_dir=folder / "data")
    if request.param == "lake":
        server: Postgres = request.getfixturevalue("postgres_server")
        monkeypatch_module.setenv("PGPASSWORD", server.password)
        settings = Settings(
            data_dir=folder / "data",
            warehouse_uri=server.lake_uri(server.database("lake")),
            warehouse_data_path=str(folder / "lake"),
        )
    project = SmallProject(folder / "project", settings)
    write_models(project)
    return project


def test_killed_before_any_statement_a_model_is_old_or_new(
    project: SmallProject, kind: str, full: bool
) -> None:
    assert kill_before_each_statement(project, kind, reads=full) > 5
