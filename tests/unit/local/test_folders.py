from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from include.errors import ConfigurationError
from include.settings import PROJECT_ROOT
from local import __main__ as command
from local.folders import contents, delete_data, delete_folder, may_delete

OURS = {"backups", "demo", "serving.sqlite", "serving.sqlite-wal", "staging", "state",
        "warehouse.duckdb", "warehouse.duckdb.wal", ".warehouse.duckdb.compact-1"}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that somebody keeps other things in as well."""
    data = tmp_path / "data"
    for name in ("staging", "state", "backups", "demo"):
        (data / name).mkdir(parents=True)
        (data / name / "file").write_text("x")
    for name in OURS - {"staging", "state", "backups", "demo"}:
        (data / name).write_text("x")
    (data / "thesis.txt").write_text("ten years of work")
    (data / "photos").mkdir()
    (data / "photos" / "cat.jpg").write_text("meow")
    return data


def yes(folder: Path) -> str:
    return str(folder)


def nobody(folder: Path) -> str:
    raise AssertionError("nobody is asked")


def test_only_what_techpulse_has_made_is_deleted(folder: Path) -> None:
    assert {path.name for path in contents(folder)} == OURS
    left = delete_data(folder)
    assert {path.name for path in left} == {"thesis.txt", "photos"}
    assert (folder / "thesis.txt").read_text() == "ten years of work"
    assert (folder / "photos" / "cat.jpg").exists()


def test_folder_of_nothing_else_goes_too(folder: Path) -> None:
    (folder / "thesis.txt").unlink()
    (folder / "photos" / "cat.jpg").unlink()
    (folder / "photos").rmdir()
    assert delete_data(folder) == []
    assert not folder.exists()
    assert delete_data(folder) == []  # and again


@pytest.mark.parametrize("name", ["staging", "warehouse.duckdb", "backups"])
def test_what_a_link_points_to_is_left(folder: Path, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("x")
    (folder / name).rename(tmp_path / "moved")
    (folder / name).symlink_to(elsewhere)
    delete_data(folder)
    assert (elsewhere / "kept").exists()
    assert not (folder / name).is_symlink()


def test_linked_data_folder_is_emptied_and_its_link_stays(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    delete_data(link)
    assert link.is_symlink()
    assert {path.name for path in folder.iterdir()} == {"thesis.txt", "photos"}
    delete_folder(link)
    assert not link.is_symlink()
    assert (folder / "thesis.txt").exists()


def test_folder_outside_the_project_wants_its_path(folder: Path) -> None:
    assert may_delete(folder, yes)
    assert not may_delete(folder, lambda _: "")
    assert not may_delete(folder, lambda _: "y")
    assert not may_delete(folder, lambda path: str(path.parent))


def test_folder_of_the_project_does_not(tmp_path: Path) -> None:
    assert may_delete(PROJECT_ROOT / "data", nobody)
    assert may_delete(PROJECT_ROOT / "data" / "demo", nobody)
    inside_by_name = PROJECT_ROOT / "data" / ".." / ".." / "elsewhere"
    assert not may_delete(inside_by_name, lambda _: "")


@pytest.mark.parametrize(
    "folder",
    [
        Path("/"), Path.home(), Path.home().parent, PROJECT_ROOT, PROJECT_ROOT.parent,
        PROJECT_ROOT / "data" / "..", PROJECT_ROOT / "include", PROJECT_ROOT / "dbt" / "target",
    ],
)  # fmt: skip
def test_folder_that_holds_more_is_refused_even_typed(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"contains (more|the project)"):
        may_delete(folder, yes)


@pytest.fixture
def cleaned(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """``make clean`` on this folder; what was ended is listed."""
    ended: list[str] = []
    monkeypatch.setattr(command, "DATA_DIR", folder)
    monkeypatch.setattr(command, "AIRFLOW_HOME", tmp_path / ".airflow")
    monkeypatch.setattr(command, "stop", lambda: ended.append("airflow"))
    (tmp_path / ".airflow").mkdir()
    return ended


@pytest.mark.parametrize("options", [[], ["--yes"]])
def test_clean_that_nobody_confirms_deletes_and_ends_nothing(
    cleaned: list[str], folder: Path, tmp_path: Path, options: list[str]
) -> None:
    result = CliRunner().invoke(command.main, ["clean", *options], input="y\ny\n")
    assert isinstance(result.exception, ConfigurationError)
    assert "type the path" in str(result.exception)
    assert {path.name for path in contents(folder)} == OURS
    assert (tmp_path / ".airflow").exists()
    assert cleaned == []


def test_clean_whose_path_is_typed_names_what_it_leaves(
    cleaned: list[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_retype", str)
    result = CliRunner().invoke(command.main, ["clean"], input="y\n")
    assert result.exception is None, result.output
    assert f"Kept, because TechPulse did not create it: {folder / 'thesis.txt'}" in result.output
    assert contents(folder) == []
    assert not (tmp_path / ".airflow").exists()
    assert cleaned == ["airflow"]


def test_everything_that_make_starts_writes_for_its_owner_alone(tmp_path: Path) -> None:
    """The administrator's password among them, which Airflow writes by itself."""
    stand_in = tmp_path / "airflow"
    stand_in.mkdir()
    (stand_in / "__init__.py").touch()
    (stand_in / "__main__.py").write_text("import os; print(f'{os.umask(0):o}')")
    done = subprocess.run(
        [sys.executable, "-m", "local", "airflow", "version"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        umask=0o022,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "77"
