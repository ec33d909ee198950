from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from include.errors import DiskFullError, StagedFileError
from include.sources.record import Record
from include.storage.staging import Manifest, checked_files, list_staged, remove_staged, stage

PLACE = {"source": "hacker_news", "partition": "2016-03", "run": "manual__2016:03", "name": "c 1"}


def check_staged(*manifests: Manifest) -> None:
    with checked_files(manifests):
        pass


def record(number: int) -> Record:
    payload = {"id": number, "text": "é"}
    return Record.fetched(str(number), payload, json.dumps(payload))


def test_staged_file_holds_one_line_a_record(tmp_path: Path) -> None:
    manifest = stage([record(2), record(1)], tmp_path, **PLACE)
    with gzip.open(manifest["path"], "rt") as lines:
        rows = [json.loads(line) for line in lines]
    assert [row["key"] for row in rows] == ["1", "2"]
    assert json.loads(rows[0]["payload"]) == {"id": 1, "text": "é"}
    assert manifest["counts"] == {"fetched": 2}


def test_same_records_in_any_order_are_the_same_file(tmp_path: Path) -> None:
    first = stage([record(1), record(2)], tmp_path, **PLACE)
    second = stage([record(2), record(1)], tmp_path, **PLACE)
    assert first == second
    assert len(list(tmp_path.rglob("*.gz"))) == 1


def test_other_content_is_another_file_and_the_first_stays(tmp_path: Path) -> None:
    first = stage([record(1)], tmp_path, **PLACE)
    second = stage([record(2)], tmp_path, **PLACE)
    assert first["path"] != second["path"]
    check_staged(first)
    check_staged(second)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/b",
        "..",
        ".",
        "",
        "x\x00y",
        "ü/😀",
        "\ud800",
        "a" * 9_000,
    ],
)
def test_no_name_leaves_the_staging_folder(tmp_path: Path, name: str) -> None:
    root = tmp_path / "staging"
    manifest = stage([record(1)], root, source=name, partition=name, run=name, name=name)
    assert Path(manifest["path"]).resolve().is_relative_to(root.resolve())


def test_two_long_names_that_begin_alike_stay_two(tmp_path: Path) -> None:
    runs = {"a" * 300 + "1", "a" * 300 + "2"}
    places = [{**PLACE, "run": run} for run in runs]
    assert len({stage([record(1)], tmp_path, **place)["path"] for place in places}) == 2


def test_damaged_file_is_named(tmp_path: Path) -> None:
    manifest = stage([record(1)], tmp_path, **PLACE)
    Path(manifest["path"]).write_bytes(b"rubbish")
    with pytest.raises(StagedFileError, match=r"damaged .*c_1-"):
        check_staged(manifest)


def test_lost_file_is_named(tmp_path: Path) -> None:
    manifest = stage([record(1)], tmp_path, **PLACE)
    Path(manifest["path"]).unlink()
    with pytest.raises(StagedFileError, match="cannot be read"):
        check_staged(manifest)


def test_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFullError, match=r"c_1-.*Next step: free some space in /"):
        stage([record(1)], tmp_path, **PLACE)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_url_of_a_folder_is_that_folder_and_needs_no_airflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "airflow.sdk", None)
    root = (tmp_path / "with space").as_uri()
    manifest = stage([record(1)], root, **PLACE)
    check_staged(manifest)
    (file,) = list_staged(root)
    assert manifest["path"] == str(tmp_path / "with space" / file.name)
    remove_staged(root, [file.name])
    assert list(list_staged(root)) == []
