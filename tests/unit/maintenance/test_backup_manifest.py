"""A manifest of any shape is a BackupError, and no obstacle to the other backups."""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from include.cli.main import main
from include.doctor.stores import backups
from include.errors import BackupError
from include.maintenance.backup import (
    Backup,
    check_backup,
    create_backup,
    find_backups,
    list_backups,
    prune_backups,
    restore,
)
from include.settings import Settings
from include.warehouse.connection import open_warehouse

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
VALUES: list[Any] = [
    None,
    5,
    -1,
    True,
    1.5,
    "",
    "x\0y",
    "..",
    "a/b",
    [],
    [1],
    {},
    {"a": [{}]},
    "\ud800",
]


@pytest.fixture
def made(settings: Settings) -> Backup:
    with open_warehouse(settings):
        pass
    return create_backup(settings, NOW)


def paths(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return where each value of a manifest is."""
    if not isinstance(value, dict):
        return [path]
    return [path, *(found for key, below in value.items() for found in paths(below, (*path, key)))]


def changed(manifest: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    return {**manifest, path[0]: changed(manifest[path[0]], path[1:], value)}


def without(manifest: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    if len(path) == 1:
        return {key: value for key, value in manifest.items() if key != path[0]}
    return {**manifest, path[0]: without(manifest[path[0]], path[1:])}


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_manifest_with_any_value_anywhere_is_read_or_refused(made: Backup, every: int) -> None:
    file = Path(made["path"]) / "manifest.json"
    manifest = json.loads(file.read_text())
    accepted: set[str] = set()
    for number, path in enumerate(paths(manifest)):
        for value in VALUES[number % every :: every]:
            file.write_text(json.dumps(changed(manifest, path, value)))
            with suppress(BackupError):
                check_backup(file.parent)
                accepted.add(path[0])
    # What no file depends on may have any value of its kind.
    assert accepted <= {"duckdb_version", "serving", "loads", "loads_unpublished", "moments"}


def test_manifest_that_lacks_anything_is_read_or_refused(made: Backup) -> None:
    file = Path(made["path"]) / "manifest.json"
    manifest = json.loads(file.read_text())
    for path in paths(manifest)[1:]:
        file.write_text(json.dumps(without(manifest, path)))
        if path[0] == "moments" and len(path) == 1:
            check_backup(file.parent)
        elif path[:3] != ("warehouse", "tables", "gold"):
            with pytest.raises(BackupError, match="Next step"):
                check_backup(file.parent)


NO_MANIFESTS = {
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "cut": b"{",
    "empty": b"",
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "a number": b"5",
    "null": b"null",
    "many digits": b'{"format": ' + b"9" * 5_000 + b"}",
    "a format as text": b'{"format": "1"}',
    "not a number": b'{"format": NaN}',
}


@pytest.mark.parametrize("name", NO_MANIFESTS)
def test_damaged_manifest_stops_neither_listing_nor_making_nor_pruning_backups(
    settings: Settings,
    made: Backup,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    damaged = settings.backups_dir / "20261121T060000Z-bad"
    shutil.copytree(made["path"], damaged)
    (damaged / "manifest.json").write_bytes(NO_MANIFESTS[name])
    for attempt in (
        lambda: check_backup(damaged),
        lambda: restore(damaged, settings.data_dir / "x"),
    ):
        with pytest.raises(BackupError, match=r"20261121T060000Z-bad.*Next step"):
            attempt()
    second = create_backup(settings, NOW + dt.timedelta(days=1))
    with caplog.at_level(logging.WARNING):
        assert [found["path"] for found in list_backups(settings)] == [second["path"], made["path"]]
    assert "20261121T060000Z-bad" in caplog.text
    assert "1 of 3 backups cannot be read" in caplog.text
    one = settings.model_copy(update={"backups_kept": 1})
    assert prune_backups(one, NOW) == [Path(made["path"]).name]
    assert damaged.is_dir()
    told = CliRunner().invoke(main, ["backup", "list"])
    assert told.exit_code == 0
    assert "20261121T060000Z-bad" in told.output
    assert "1 of 2 cannot be read" in told.output
    findings = {finding.check: finding.message for finding in backups(settings)}
    assert findings["backups"].startswith("1 of 2 cannot be read: 20261121T060000Z-bad")


def test_folder_without_a_manifest_is_named_and_a_file_is_not(settings: Settings) -> None:
    (settings.backups_dir / "mine").mkdir(parents=True)
    (settings.backups_dir / "notes.txt").touch()
    (settings.backups_dir / ".hidden").mkdir()
    found, damaged = find_backups(settings)
    assert found == []
    assert [Path(str(error.record)).name for error in damaged] == ["mine"]


def test_backup_of_a_later_format_says_so(made: Backup) -> None:
    file = Path(made["path"]) / "manifest.json"
    file.write_text(json.dumps({"format": 2}))
    with pytest.raises(BackupError, match="format 2, this code knows 1"):
        check_backup(file.parent)


def test_link_in_the_place_of_a_backup_is_removed_and_its_target_stays(
    settings: Settings, made: Backup, tmp_path: Path
) -> None:
    moved = Path(shutil.move(made["path"], tmp_path / "other disk"))
    Path(made["path"]).symlink_to(moved)
    newest = create_backup(settings, NOW + dt.timedelta(days=1))
    one = settings.model_copy(update={"backups_kept": 1})
    assert prune_backups(one, NOW) == [Path(made["path"]).name]
    assert not Path(made["path"]).is_symlink()
    check_backup(moved)
    assert prune_backups(one, NOW) == []
    check_backup(Path(newest["path"]))


def test_links_that_lead_nowhere_are_no_obstacle(settings: Settings, made: Backup) -> None:
    (settings.backups_dir / "20261101T060000Z-gone").symlink_to(settings.data_dir / "nothing")
    (settings.backups_dir / ".unfinished-gone").symlink_to(settings.data_dir / "nothing")
    assert prune_backups(settings, dt.datetime.now(dt.UTC) + dt.timedelta(days=2)) == [
        ".unfinished-gone"
    ]
    assert len(list_backups(settings)) == 1


def test_backup_that_another_process_removes_is_no_error(
    settings: Settings, made: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_backup(settings, NOW + dt.timedelta(days=1))
    genuine = shutil.rmtree

    def gone(path: Path) -> None:
        genuine(path)
        genuine(path)

    monkeypatch.setattr(shutil, "rmtree", gone)
    assert prune_backups(settings.model_copy(update={"backups_kept": 1}), NOW) == []
    assert len(list_backups(settings)) == 1
