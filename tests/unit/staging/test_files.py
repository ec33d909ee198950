from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from include.errors import DiskFullError, StagedFileError
from include.sources.record import Record
from include.staging import files as staging
from include.staging.files import (
    Manifest,
    checked_files,
    list_staged,
    remove_staged,
    stage,
    staged_name,
)

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


def test_file_that_is_renamed_while_it_is_listed_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stage([record(1)], tmp_path, **PLACE)
    folder = Path(kept["path"]).parent
    (folder / ".aside").touch()
    genuine = os.scandir

    def renamed_meanwhile(path: str) -> object:
        found = genuine(path)
        if str(path) == str(folder):
            entries = list(found)
            (folder / ".aside").unlink(missing_ok=True)
            return closing_list(entries)
        return found

    monkeypatch.setattr("os.scandir", renamed_meanwhile)
    assert [file.name for file in list_staged(tmp_path)] == [staged_name(kept["path"])]


class closing_list(list[object]):  # noqa: N801
    """Entries that were read before, as scandir gives them."""

    def __enter__(self) -> closing_list:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def test_folder_that_is_removed_while_it_is_listed_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stage([record(1)], tmp_path, **PLACE)
    gone = tmp_path / "hacker_news" / "2016-04"
    gone.mkdir()
    genuine = os.scandir

    def removed_meanwhile(path: str) -> object:
        if str(path) == str(gone):
            gone.rmdir()
        return genuine(path)

    monkeypatch.setattr("os.scandir", removed_meanwhile)
    assert [file.name for file in list_staged(tmp_path)] == [staged_name(kept["path"])]
    assert not gone.exists()


def test_links_that_lead_nowhere_or_round_and_folders_are_no_obstacle(tmp_path: Path) -> None:
    kept = stage([record(1)], tmp_path, **PLACE)
    folder = Path(kept["path"]).parent
    (folder / "dangling").symlink_to(tmp_path / "nothing")
    (folder / "round").symlink_to(folder / "round")
    (folder / "folder").mkdir()
    (tmp_path / "hacker_news" / "nowhere").symlink_to(tmp_path / "nothing")
    (tmp_path / "file").touch()
    names = [file.name for file in list_staged(tmp_path)]
    assert [name.rsplit("/", 1)[1].split("-")[0] for name in names] == ["c_1", "dangling", "round"]
    remove_staged(tmp_path, names)
    assert list(list_staged(tmp_path)) == []


def test_listing_and_removing_go_on_beside_a_busy_writer(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from include.sources.record import Record\n"
        "from include.staging.files import stage\n"
        "for n in range(400):\n"
        "    r = Record.fetched(str(n), {'id': n}, '{}')\n"
        "    place = {'source': 's', 'partition': 'p', 'run': f'r{n % 3}', 'name': str(n)}\n"
        "    stage([r], Path(sys.argv[1]), **place)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    seen, listings = set(), 0
    while writer.poll() is None:
        names = [file.name for file in list_staged(tmp_path)]
        whole = [name for name in names if not name.rsplit("/", 1)[1].startswith(".")]
        remove_staged(tmp_path, whole)
        seen |= set(whole)
        listings += 1
    assert writer.returncode == 0
    last = [file.name for file in list_staged(tmp_path)]
    assert len(seen | set(last)) == 400
    assert listings > 1


def test_folder_that_gets_a_file_while_it_is_removed_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = stage([record(1)], tmp_path, **PLACE)
    genuine = Path.rmdir

    def file_comes(path: Path) -> None:
        if path.name == "manual__2016_03":
            (path / "new").touch()
        genuine(path)

    monkeypatch.setattr(Path, "rmdir", file_comes)
    remove_staged(tmp_path, [staged_name(manifest["path"])])
    assert (Path(manifest["path"]).parent / "new").exists()


def test_folder_that_another_one_removed_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = stage([record(1)], tmp_path, **PLACE)
    genuine = Path.rmdir

    def twice(path: Path) -> None:
        genuine(path)
        genuine(path)

    monkeypatch.setattr(Path, "rmdir", twice)
    remove_staged(tmp_path, [staged_name(manifest["path"])])
    assert list(list_staged(tmp_path)) == []


def test_folder_that_upkeep_removes_before_its_first_file_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine, removed = staging.make_folder, []

    def made_and_removed(folder: Path) -> None:
        genuine(folder)
        if len(removed) < 3:
            folder.rmdir()
            removed.append(folder)

    monkeypatch.setattr(staging, "make_folder", made_and_removed)
    check_staged(stage([record(1)], tmp_path, **PLACE))
    assert len(removed) == 3
