"""Staged files and exports in a real object store, through an Airflow connection."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import pytest

from include.errors import StagedFileError
from include.maintenance.export.files import stored
from include.maintenance.export.manifest import Manifest as ExportManifest
from include.maintenance.export.manifest import export_id, verify
from include.maintenance.export.targets import target_of
from include.settings import Settings
from include.sources.record import Record
from include.staging import objects as staging_objects
from include.staging.files import Manifest, checked_files, list_staged, remove_staged, stage
from include.warehouse.bronze import hn_items
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import load
from sample.services import ObjectStore

WHERE = {"source": "hacker_news", "partition": "2016-03", "run": "r1", "name": "c"}


@pytest.fixture(scope="module")
def _store(s3_server: ObjectStore) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_LAKE_STORE", s3_server.connection())
        yield


@pytest.fixture
def root(_store: None, s3_server: ObjectStore) -> str:
    """A staging root of this test alone."""
    return f"s3://lake_store@{s3_server.bucket}/{uuid4().hex}"


def check_staged(*manifests: Manifest) -> None:
    with checked_files(manifests):
        pass


def record(key: int, text: str = "é 😀") -> Record:
    payload = {"id": key, "type": "comment", "text": text}
    return Record.fetched(str(key), payload, json.dumps(payload))


def test_file_is_there_under_the_name_of_its_content(root: str) -> None:
    manifest = stage([record(1), record(2)], root, **WHERE)
    again = stage([record(2), record(1)], root, **WHERE)
    assert again == manifest
    (found,) = list_staged(root)
    assert manifest["path"] == f"{root}/{found.name}"
    assert found.size_bytes == manifest["size_bytes"]
    assert abs(dt.datetime.now(dt.UTC) - found.modified_at) < dt.timedelta(minutes=1)
    check_staged(manifest)


def test_manifest_names_the_connection_and_no_secret(root: str, s3_server: ObjectStore) -> None:
    text = json.dumps(stage([record(1)], root, **WHERE))
    assert "lake_store@" in text
    assert s3_server.secret not in text
    assert s3_server.key not in text


def test_load_reads_what_was_checked(root: str, settings: Settings) -> None:
    manifest = stage([record(1), record(2)], root, **WHERE)
    target = hn_items(dt.date(2016, 3, 1), 100)
    now = dt.datetime.now(dt.UTC)
    ledger = load(target, [manifest], run_id="r1", started_at=now, settings=settings)
    assert (ledger.expected, ledger.inserted) == (2, 2)
    with open_warehouse(settings) as connection:
        texts = connection.execute("select payload ->> 'text' from bronze.raw_hn_items").fetchall()
        files = connection.execute("select unnest(files) from bronze.loads").fetchall()
    assert texts == [("é 😀",), ("é 😀",)]
    assert files == [(file.name,) for file in list_staged(root)]


def test_damaged_or_absent_object_stops_the_load(root: str) -> None:
    manifest = stage([record(1)], root, **WHERE)
    staging_objects.put(manifest["path"], gzip.compress(b"{}"))
    with pytest.raises(StagedFileError, match="damaged"):
        check_staged(manifest)
    (file,) = list_staged(root)
    remove_staged(root, [file.name])
    with pytest.raises(StagedFileError, match="cannot be read"):
        check_staged(manifest)


def test_removing_takes_what_is_named_and_no_more(root: str) -> None:
    for name in ("a", "b"):
        stage([record(1, name)], root, **{**WHERE, "name": name})
    gone, kept = list_staged(root)
    remove_staged(root, [gone.name, "hacker_news/2016-03/r1/never-was"])
    assert list(list_staged(root)) == [kept]


def written(folder: Path, text: str) -> ExportManifest:
    """Write the files of a small export; return its manifest."""
    (folder / "csv").mkdir(parents=True)
    (folder / "csv" / "t.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    (folder / "README.md").write_text(text)
    files = [stored(folder, "csv/t.csv.gz", "t", 1), stored(folder, "README.md")]
    return ExportManifest(
        format=1, export=export_id(files), as_of="", sources={}, left_out={}, tables={},
        files=[asdict(file) for file in files],
    )  # fmt: skip


def test_export_is_replaced_as_a_whole_and_leftovers_go_a_day_later(
    root: str, tmp_path: Path
) -> None:
    now, target = dt.datetime.now(dt.UTC), target_of(root)
    first = written(tmp_path / "first", "one")
    assert target.current() is None
    target.publish(tmp_path / "first", first, now)
    assert target.current() == first
    assert target.is_whole(first)
    with target.fetched(first) as folder:
        verify(first, folder)
    # A killed export: some of its files, and no manifest that names them.
    staging_objects.put(f"{root}/{'a' * 16}/README.md", b"unfinished")
    assert target.current() == first
    second = written(tmp_path / "second", "two")
    target.publish(tmp_path / "second", second, now)
    assert target.current() == second
    there = {name.split("/")[0] for name, *_ in staging_objects.find(root)}
    assert there == {"manifest.json", second["export"], "a" * 16}
    target.publish(tmp_path / "first", first, now + dt.timedelta(hours=25))
    there = {name.split("/")[0] for name, *_ in staging_objects.find(root)}
    assert there == {"manifest.json", first["export"]}
    staging_objects.remove(f"{root}/{first['export']}", ["README.md"])
    assert not target.is_whole(first)
