"""A folder of exports: readers find a whole one at any time."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from include.maintenance.export.files import stored
from include.maintenance.export.manifest import FORMAT, Manifest, export_id, verify
from include.maintenance.export.targets import Target, target_of

NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def written(folder: Path) -> Manifest:
    (folder / "README.md").write_text("rows")
    file = stored(folder, "README.md")
    entry = {"path": file.path, "bytes": file.bytes, "sha256": file.sha256}
    return Manifest(
        format=FORMAT,
        export=export_id([file]),
        as_of="2026-11-26",
        sources=[],
        left_out=[],
        tables={},
        files=[entry],
    )


def export(target: Target) -> Manifest:
    with target.workplace() as folder:
        manifest = written(folder)
        target.publish(folder, manifest, NOW)
    return manifest


def test_export_that_another_has_just_written_is_not_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = target_of(str(tmp_path))
    first = export(target)
    place = (tmp_path / first["export"]).stat().st_ino
    second = export(target_of(str(tmp_path)))
    assert second == first
    assert (tmp_path / first["export"]).stat().st_ino == place
    verify(first, tmp_path / first["export"])


def test_damaged_export_is_replaced_by_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = target_of(str(tmp_path))
    final = tmp_path / export(target)["export"]
    (final / "README.md").write_text("damaged")
    deleted: list[bool] = []
    genuine = shutil.rmtree

    def rmtree(path: Path, **options: Any) -> None:
        deleted.append(final.exists())
        genuine(path, **options)

    monkeypatch.setattr(shutil, "rmtree", rmtree)
    verify(export(target), final)
    assert all(deleted), "nothing was deleted while its replacement was not in place"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [final.name, "latest", "manifest.json"]
    )
