"""What is restored or moved is what the settings then open, whatever the stores are called."""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from include.cli.main import main
from include.errors import ConfigurationError, DiskFullError
from include.maintenance import backup as module
from include.maintenance.backup import check_backup, create_backup, restore, settings_to_open
from include.serving.engine import reading_engine, writing_engine
from include.serving.schema import LOADS, migrate
from include.settings import Settings, get_settings
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
PLACES = {
    "default": {},
    "other name": {"TECHPULSE_WAREHOUSE_URI": "{}/x/jobs.duckdb"},
    "dots": {"TECHPULSE_WAREHOUSE_URI": "{}/my.warehouse.duckdb"},
    "odd": {"TECHPULSE_WAREHOUSE_URI": "{}/1 é-x.db"},
    "other store": {"TECHPULSE_SERVING_URL": "sqlite:///{}/y/web.db"},
    "both": {
        "TECHPULSE_WAREHOUSE_URI": "{}/x/jobs.duckdb",
        "TECHPULSE_SERVING_URL": "sqlite:///{}/x/web.db",
    },
    "staging elsewhere": {"TECHPULSE_STAGING_URL": "file://{}/staged"},
    "backups elsewhere": {"TECHPULSE_BACKUP_DIR": "{}/disk"},
}  # fmt: skip


def bring(settings: Settings, run: str) -> None:
    manifest = stage(
        [Record.fetched(run, {"id": run}, json.dumps({"id": run}))], settings.staging_root,
        source="remotive", partition="day", run=run, name="all",
    )  # fmt: skip
    load(job_postings("remotive", "day"), [manifest], run_id=run, started_at=NOW, settings=settings)


def fill(settings: Settings) -> Settings:
    """Load twice, build a table with a view over a view, and publish both loads."""
    bring(settings, "r1")
    bring(settings, "r2")
    with open_warehouse(settings) as connection:
        name = '"' + settings.warehouse_catalog + '"'
        connection.execute(
            f"create schema gold; create table gold.t as select range n from range(9);"
            f"create view gold.few as from {name}.gold.t limit 3;"
            f"create view gold.a_few as from {name}.gold.few;"
        )
        loads = connection.execute("select load_id from bronze.loads").fetchall()
    engine = writing_engine(settings.serving_database_url)
    with engine.begin() as store:
        migrate(store)
        row = {c.name: 0 if isinstance(c.type, sa.BigInteger) else "" for c in LOADS.columns}
        store.execute(sa.insert(LOADS), [{**row, "load_id": str(load_id)} for (load_id,) in loads])
    engine.dispose()
    return settings


def opened(settings: Settings) -> tuple[int, int, int]:
    """Open both stores as the product does; return loads, rows of a view, published loads."""
    with open_warehouse(settings, read_only=True) as connection:
        query = "select (select count(*) from bronze.loads), (select count(*) from gold.a_few)"
        loads, rows = connection.execute(query).fetchall()[0]
    engine = reading_engine(settings.serving_database_url)
    try:
        with engine.begin() as store:
            return loads, rows, store.scalar(sa.select(sa.func.count()).select_from(LOADS)) or 0
    finally:
        engine.dispose()


@pytest.fixture(params=sorted(PLACES))
def placed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Stores with rows, under each kind of setting that says where they are."""
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path / "data"))
    for name, value in PLACES[request.param].items():
        monkeypatch.setenv(name, value.format(tmp_path))
    get_settings.cache_clear()
    return fill(get_settings())


def variables_in(output: str) -> dict[str, str]:
    lines = (line.strip().partition("=") for line in output.splitlines() if "  TECHPULSE_" in line)
    return {name: "".join(shlex.split(value)) for name, _, value in lines}


def test_printed_settings_open_what_was_restored(
    placed: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = opened(placed)
    assert was == (2, 3, 2)
    folder = create_backup(placed, NOW)["path"]
    bring(placed, "r3")  # later: not part of it
    to = str(tmp_path / "new folder")
    done = CliRunner().invoke(main, ["backup", "restore", folder, "--to", to])
    assert done.exit_code == 0, done.output
    printed = variables_in(done.output)
    assert printed == settings_to_open(Path(to), placed)
    for name, value in printed.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    assert opened(get_settings()) == was
    assert get_settings().state_dir == placed.state_dir
    assert get_settings().staging_root == placed.staging_root
    assert get_settings().backups_dir == placed.backups_dir


def test_restored_folder_is_a_data_folder_whatever_the_stores_were_called(
    placed: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(create_backup(placed, NOW)["path"])
    restore(folder, tmp_path / "new")
    for name in ("WAREHOUSE_URI", "SERVING_URL", "STAGING_URL"):
        monkeypatch.delenv(f"TECHPULSE_{name}", raising=False)
    assert opened(Settings(data_dir=tmp_path / "new")) == (2, 3, 2)


def test_restored_in_the_place_of_what_was_lost_nothing_is_to_be_set(
    settings: Settings, tmp_path: Path
) -> None:
    backup = create_backup(fill(settings), NOW)["path"]
    elsewhere = shutil.move(backup, tmp_path)
    shutil.rmtree(settings.data_dir)
    done = CliRunner().invoke(
        main, ["backup", "restore", elsewhere, "--to", str(settings.data_dir)]
    )
    assert "name these stores already" in done.output
    assert variables_in(done.output) == {}
    assert opened(settings) == (2, 3, 2)


def test_relative_folder_is_printed_as_one_that_every_process_finds(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = create_backup(fill(settings), NOW)["path"]
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["backup", "restore", backup, "--to", "new"])
    assert variables_in(done.output)["TECHPULSE_WAREHOUSE_URI"] == str(
        tmp_path / "new" / "warehouse.duckdb"
    )


def test_store_on_another_database_is_left_to_the_next_publish(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = create_backup(fill(settings), NOW)["path"]
    monkeypatch.setenv("TECHPULSE_SERVING_URL", "postgresql+psycopg://u:s3cret@db/x")
    get_settings.cache_clear()
    done = CliRunner().invoke(main, ["backup", "restore", backup, "--to", str(tmp_path / "new")])
    assert "run the DAG analytics" in done.output
    assert "s3cret" not in done.output


def test_backup_that_bears_its_warehouses_name_is_restored_with_its_views(
    settings: Settings, tmp_path: Path
) -> None:
    """As backups were made before: jobs.duckdb, whose views name the catalog jobs."""
    folder = Path(create_backup(fill(settings), NOW)["path"])
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    (old / "warehouse.duckdb").unlink()
    with duckdb.connect(str(old / "jobs.duckdb")) as connection:
        connection.execute(f"attach '{folder / 'warehouse.duckdb'}' as source (read_only)")
        connection.execute("copy from database source to jobs")
        for name, source in (("few", "t limit 3"), ("a_few", "few")):
            connection.execute(f"create or replace view gold.{name} as from jobs.gold.{source}")
    manifest = json.loads((old / "manifest.json").read_text())
    file = manifest["warehouse"]
    file["file"], file["sha256"] = "jobs.duckdb", module.digest_of(old / "jobs.duckdb")
    file["size_bytes"] = (old / "jobs.duckdb").stat().st_size
    del manifest["moments"]
    (old / "manifest.json").write_text(json.dumps(manifest))
    restore(old, tmp_path / "new")
    assert opened(Settings(data_dir=tmp_path / "new")) == (2, 3, 2)


def test_restore_that_fails_half_way_can_be_repeated(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(create_backup(fill(settings), NOW)["path"])
    genuine, copied = shutil.copyfileobj, []

    def full(*args: Any) -> None:
        copied.append(args)
        if len(copied) == 2:
            raise OSError(28, "No space left on device")
        genuine(*args)

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(DiskFullError):
        restore(folder, tmp_path / "new")
    assert not [path for path in tmp_path.iterdir() if "new" in path.name]
    restore(folder, tmp_path / "new")
    assert opened(Settings(data_dir=tmp_path / "new")) == (2, 3, 2)


def test_restore_that_was_killed_can_be_repeated(settings: Settings, tmp_path: Path) -> None:
    folder = create_backup(fill(settings), NOW)["path"]
    program = (
        "import os, sys; from pathlib import Path\n"
        "from include.maintenance import backup\n"
        "backup.check_warehouse = lambda *_: os.kill(os.getpid(), 9)\n"
        "backup.restore(Path(sys.argv[1]), Path(sys.argv[2]))\n"
    )
    to = tmp_path / "new"
    done = subprocess.run([sys.executable, "-c", program, folder, str(to)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not to.exists()
    restore(Path(folder), to)
    assert opened(Settings(data_dir=to)) == (2, 3, 2)
    assert [path.name for path in tmp_path.iterdir() if "new" in path.name] == ["new"]


def test_empty_folder_takes_a_restore_and_one_with_anything_does_not(
    settings: Settings, tmp_path: Path
) -> None:
    folder = Path(create_backup(fill(settings), NOW)["path"])
    (tmp_path / "empty").mkdir()
    restore(folder, tmp_path / "empty")
    (tmp_path / "used" / "state").mkdir(parents=True)
    (tmp_path / "file").touch()
    for name, told in (
        ("used", "state already"),
        ("file", "a file"),
        ("empty", "warehouse.duckdb"),
    ):
        with pytest.raises(ConfigurationError, match=f"{told}.*nothing was restored"):
            restore(folder, tmp_path / name)
    assert list((tmp_path / "used").iterdir()) == [tmp_path / "used" / "state"]


def test_mount_is_refused_before_anything_is_copied(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(create_backup(fill(settings), NOW)["path"])
    (tmp_path / "disk").mkdir()
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "disk")
    with pytest.raises(ConfigurationError, match=r"is a mount.*such as one in it"):
        restore(folder, tmp_path / "disk")


@pytest.mark.parametrize("umask", [0o022, 0])
def test_backups_and_what_is_restored_are_their_owners_alone(
    settings: Settings, tmp_path: Path, umask: int
) -> None:
    fill(settings)
    before = os.umask(umask)
    try:
        folder = Path(create_backup(settings, NOW)["path"])
        restore(folder, tmp_path / "new")
    finally:
        os.umask(before)
    for root in (settings.backups_dir, tmp_path / "new"):
        for path in (root, *root.rglob("*")):
            wanted = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path


@pytest.mark.parametrize("name", ["jobs.duckdb", "my.warehouse.duckdb", "é-1 2.db"])
def test_moved_warehouse_is_opened_by_the_printed_settings_with_its_views(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fill(settings)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["warehouse", "move", "--to", name])
    assert done.exit_code == 0, done.output
    printed = variables_in(done.output)
    for variable, value in printed.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.chdir("/")
    get_settings.cache_clear()
    assert opened(get_settings()) == (2, 3, 2)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    back = CliRunner().invoke(main, ["warehouse", "move", "--to", str(tmp_path / "back" / "w.db")])
    assert back.exit_code == 0, back.output
    monkeypatch.setenv("TECHPULSE_WAREHOUSE_URI", str(tmp_path / "back" / "w.db"))
    get_settings.cache_clear()
    assert opened(get_settings()) == (2, 3, 2)


def test_warehouse_is_not_moved_onto_itself_by_another_spelling(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(settings)
    monkeypatch.chdir(settings.data_dir)
    for spelling in ("warehouse.duckdb", "./../data/warehouse.duckdb"):
        done = CliRunner().invoke(main, ["warehouse", "move", "--to", spelling])
        assert done.exit_code == 1
        assert "the warehouse itself" in done.output


def test_warehouse_that_is_not_there_is_not_moved_as_an_empty_one(
    settings: Settings, tmp_path: Path
) -> None:
    done = CliRunner().invoke(main, ["warehouse", "move", "--to", str(tmp_path / "w.duckdb")])
    assert done.exit_code == 1
    assert "no warehouse to move" in done.output
    assert list(tmp_path.iterdir()) == []


def test_warehouse_is_not_moved_to_a_name_that_sql_would_mistake(settings: Settings) -> None:
    fill(settings)
    done = CliRunner().invoke(main, ["warehouse", "move", "--to", "/nowhere/main.duckdb"])
    assert done.exit_code == 1
    assert "such as warehouse.duckdb" in done.output


def test_backup_of_a_file_is_of_one_moment_and_says_so(settings: Settings) -> None:
    backup = check_backup(Path(create_backup(fill(settings), NOW)["path"]))
    assert backup["moments"] == {
        "warehouse": "2026-11-22T06:00:00+00:00",
        "warehouse_snapshot": None,
        "serving": None,
        "are_one": True,
    }


def test_two_restores_into_one_folder_leave_each_other_alone(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, to = Path(create_backup(fill(settings), NOW)["path"]), tmp_path / "new"
    genuine, begun = shutil.copyfileobj, []

    def second_is_quicker(*args: Any) -> None:
        begun.append(args)
        if len(begun) == 1:
            restore(folder, to)
        genuine(*args)

    monkeypatch.setattr(shutil, "copyfileobj", second_is_quicker)
    with pytest.raises(ConfigurationError, match="new"):
        restore(folder, to)
    assert opened(Settings(data_dir=to)) == (2, 3, 2)
    assert [path.name for path in tmp_path.iterdir() if "new" in path.name] == ["new"]
