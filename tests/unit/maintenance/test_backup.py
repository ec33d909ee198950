from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from include.doctor.stores import backups
from include.errors import BackupError, ConfigurationError, DiskFullError
from include.maintenance import backup as module
from include.maintenance.backup import (
    check_backup,
    create_backup,
    list_backups,
    prune_backups,
    restore,
)
from include.maintenance.copy import digests
from include.serving.engine import writing_engine
from include.serving.schema import LOADS, migrate
from include.settings import Settings
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)


def bring(settings: Settings, run: str) -> None:
    manifest = stage(
        [Record.fetched(run, {"id": run}, json.dumps({"id": run}))], settings.staging_dir,
        source="remotive", partition="2026-11-22", run=run, name="all",
    )  # fmt: skip
    target = job_postings("remotive", "2026-11-22")
    load(target, [manifest], run_id=run, started_at=NOW, settings=settings)


@pytest.fixture
def filled(settings: Settings) -> Settings:
    """A warehouse with loads and a view, published, and one load that came after."""
    bring(settings, "r1")
    with open_warehouse(settings) as connection:
        connection.execute(
            "create schema gold; create table gold.t as select range n from range(9)"
        )
        connection.execute("create view gold.few as from warehouse.gold.t limit 3")
        ((load_id,),) = connection.execute("select load_id from bronze.loads").fetchall()
    publish(settings, str(load_id))
    bring(settings, "r2")
    return settings


def publish(settings: Settings, load_id: str) -> None:
    """Make a serving store that knows of one load."""
    engine = writing_engine(settings.serving_database_url)
    with engine.begin() as store:
        migrate(store)
        row = {c.name: 0 if isinstance(c.type, sa.BigInteger) else "" for c in LOADS.columns}
        store.execute(sa.insert(LOADS), [{**row, "load_id": load_id}])
    engine.dispose()


def contents(path: Path) -> object:
    with duckdb.connect(str(path), read_only=True) as connection:
        return digests(connection, path.stem)


def rows_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as store:
        return list(store.iterdump())


def test_restored_data_folder_is_what_was_backed_up(filled: Settings, tmp_path: Path) -> None:
    was = contents(Path(filled.warehouse_path)), rows_of(filled.data_dir / "serving.sqlite")
    backup = create_backup(filled, NOW)
    assert (backup["loads"], backup["loads_unpublished"]) == (2, 1)
    bring(filled, "r3")  # later: not part of it

    restored = Settings(data_dir=tmp_path / "restored")
    restore(Path(backup["path"]), restored.data_dir)

    is_now = contents(Path(restored.warehouse_path)), rows_of(restored.data_dir / "serving.sqlite")
    assert is_now == was
    with open_warehouse(restored) as connection:
        assert connection.execute("select count(*) from gold.few").fetchall() == [(3,)]
    bring(restored, "r3")  # and it goes on


def test_backup_before_anything_was_published_has_no_serving_store(settings: Settings) -> None:
    bring(settings, "r1")
    backup = create_backup(settings, NOW)
    assert backup["serving"] is None
    assert check_backup(Path(backup["path"]))["loads_unpublished"] == 1
    assert not (settings.data_dir / "serving.sqlite").exists()


def test_store_is_read_and_written_while_it_is_backed_up(filled: Settings) -> None:
    with closing(sqlite3.connect(filled.data_dir / "serving.sqlite")) as writer:
        writer.execute("begin immediate")
        writer.execute("delete from loads")
        backup = create_backup(filled, NOW)
        writer.rollback()
    assert backup["serving"] is not None
    assert backup["serving"]["tables"]["loads"]["rows"] == 1


@pytest.mark.parametrize("name", ["warehouse.duckdb", "serving.sqlite"])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_damaged_backup_is_told_and_not_restored(
    filled: Settings, tmp_path: Path, name: str, damage: str
) -> None:
    folder = Path(create_backup(filled, NOW)["path"])
    file = folder / name
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    elif damage == "cut":
        file.write_bytes(content[:-1])
    else:
        file.write_bytes(content[:5_000] + b"x" + content[5_001:])
    for attempt in (lambda: check_backup(folder), lambda: restore(folder, tmp_path / "to")):
        with pytest.raises(BackupError, match=f"{name}.*Next step"):
            attempt()
    assert not (tmp_path / "to").exists()


def test_backup_of_a_warehouse_that_does_not_add_up_is_told(filled: Settings) -> None:
    with open_warehouse(filled) as connection:
        connection.execute("update bronze.loads set inserted = inserted + 1 where run_id = 'r1'")
    folder = Path(create_backup(filled, NOW)["path"])
    with pytest.raises(BackupError, match="do not add up"):
        check_backup(folder)


def test_manifest_that_is_none_or_leads_elsewhere_is_refused(filled: Settings) -> None:
    folder = Path(create_backup(filled, NOW)["path"])
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["warehouse"]["file"] = "../../warehouse.duckdb"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupError, match=r"\.\./"):
        check_backup(folder)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(BackupError, match="manifest cannot be read"):
        check_backup(folder)
    assert list_backups(filled) == []


def test_folder_with_data_is_not_overwritten(filled: Settings) -> None:
    folder = Path(create_backup(filled, NOW)["path"])
    before = Path(filled.warehouse_path).read_bytes()
    with pytest.raises(ConfigurationError, match=r"warehouse\.duckdb, serving\.sqlite already"):
        restore(folder, filled.data_dir)
    assert Path(filled.warehouse_path).read_bytes() == before


def test_newest_backups_are_kept_and_leftovers_go(filled: Settings) -> None:
    few = filled.model_copy(update={"backups_kept": 2})
    made = [create_backup(few, NOW + dt.timedelta(days=day))["path"] for day in range(4)]
    left = few.backups_dir / ".unfinished-x"
    left.mkdir()
    later = dt.datetime.now(dt.UTC)
    assert len(prune_backups(few, later)) == 2
    assert left.exists()  # it may be going on
    assert prune_backups(few, later + dt.timedelta(days=2)) == [left.name]
    assert [backup["path"] for backup in list_backups(few)] == made[:1:-1]


def test_backup_with_the_most_loads_outlives_those_of_a_warehouse_that_is_the_wrong_one(
    filled: Settings, tmp_path: Path
) -> None:
    good = create_backup(filled, NOW)["path"]
    wrong = filled.model_copy(
        update={"warehouse_uri": str(tmp_path / "empty.duckdb"), "backups_kept": 2}
    )
    for day in range(1, 5):
        create_backup(wrong, NOW + dt.timedelta(days=day))
        prune_backups(wrong, NOW)
    found = list_backups(wrong)
    assert [backup["loads"] for backup in found] == [0, 0, 2]
    assert found[-1]["path"] == good
    told = {finding.check: finding.message for finding in backups(wrong)}
    assert told["backup loads"] == "the newest backup has 0 loads, an older one 2"


def test_backup_that_fails_leaves_nothing(
    filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "copy_store", full)
    with pytest.raises(DiskFullError, match="No space"):
        create_backup(filled, NOW)
    assert list(filled.backups_dir.iterdir()) == []


def test_backup_that_was_killed_is_none(filled: Settings) -> None:
    program = (
        "import os, datetime as dt\n"
        "from include.maintenance import backup\n"
        "from include.settings import get_settings\n"
        "backup.copy_store = lambda *_: os.kill(os.getpid(), 9)\n"
        "backup.create_backup(get_settings(), dt.datetime.now(dt.UTC))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        env={"TECHPULSE_DATA_DIR": str(filled.data_dir)},
    )
    assert done.returncode == -9
    assert list_backups(filled) == []
    check_backup(Path(create_backup(filled, NOW)["path"]))


def test_contents_of_another_duckdb_version_are_proved_by_the_files_sums(filled: Settings) -> None:
    folder = Path(create_backup(filled, NOW)["path"])
    manifest = json.loads((folder / "manifest.json").read_text())
    for table in manifest["warehouse"]["tables"].values():
        table["content"] = "as another version hashes"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupError, match="not as they were"):
        check_backup(folder)
    (folder / "manifest.json").write_text(json.dumps({**manifest, "duckdb_version": "9.9.9"}))
    check_backup(folder)
    shutil.rmtree(folder)
