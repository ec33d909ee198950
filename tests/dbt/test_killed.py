"""Killed between any two statements, a model's table is the old or the new one: on the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.settings import Settings

from .killed import KINDS, kill_before_each_statement, write_models
from .small_project import SmallProject


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    folder: Path = tmp_path_factory.mktemp("killed")
    project = SmallProject(folder / "project", Settings(data_dir=folder / "data"))
    write_models(project)
    return project


@pytest.mark.timeout(900)  # some twenty builds, on a machine that may be busy
@pytest.mark.parametrize("kind", KINDS)
def test_killed_before_any_statement_a_model_is_old_or_new(
    kind: str, project: SmallProject
) -> None:
    assert kill_before_each_statement(project, kind) > 5
