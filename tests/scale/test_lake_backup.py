"""A lake is backed up as of one moment while others load and publish, and is restored."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from include.cli.main import main
from include.maintenance import backup as module
from include.maintenance.backup import check_backup, create_backup, settings_to_open
from include.maintenance.move import move_warehouse
from include.serving.engine import writing_engine
from include.serving.schema import LOADS, migrate, write_meta
from include.settings import Settings, get_settings
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load

pytestmark = pytest.mark.slow

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)


def bring(settings: Settings, run: str) -> str:
    manifest = stage(
        [Record.fetched(run, {"id": run}, json.dumps({"id": run}))], settings.staging_root,
        source="remotive", partition="day", run=run, name="all",
    )  # fmt: skip
    target = job_postings("remotive", "day")
    ledger = load(target, [manifest], run_id=run, started_at=NOW, settings=settings)
    return str(ledger.load_id)


def publish(settings: Settings, *loads: str) -> None:
    engine = writing_engine(settings.serving_database_url)
    with engine.begin() as store:
        migrate(store)
        row = {c.name: 0 if isinstance(c.type, sa.BigInteger) else "" for c in LOADS.columns}
        store.execute(sa.insert(LOADS), [{**row, "load_id": load_id} for load_id in loads])
        write_meta(store, {"published_at": NOW.isoformat()})
    engine.dispose()


def load_and_publish_before(
    name: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Have somebody load and publish in the moment before the backup calls this function."""
    genuine: Callable[..., Any] = getattr(module, name)
    late: list[str] = []

    def somebody_is_first(*args: Any, **options: Any) -> Any:
        late.append(bring(settings, f"late {len(late)}"))
        publish(settings, late[-1])
        return genuine(*args, **options)

    monkeypatch.setattr(module, name, somebody_is_first)
    return late


@pytest.mark.parametrize(
    ("moment", "loads", "unpublished", "are_one"),
    [
        ("_copy_serving", 2, 0, False),  # before the serving store's copy: both have it
        ("copy_catalog", 1, 0, True),  # after the snapshot was taken: neither has it
        ("digests", 1, 0, True),  # after the warehouse was copied
        ("_attached", 2, 1, False),  # between the two: only the warehouse has it
    ],
)
def test_load_that_commits_meanwhile_is_in_the_manifest_as_it_is_in_the_copy(
    lake: Settings,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    loads: int,
    unpublished: int,
    are_one: bool,
) -> None:
    publish(lake, bring(lake, "r1"))
    late = load_and_publish_before(moment, lake, monkeypatch)
    backup = create_backup(lake, NOW)
    assert late
    assert (backup["loads"], backup["loads_unpublished"]) == (loads, unpublished)
    assert backup["moments"]["are_one"] is are_one
    assert backup["moments"]["warehouse_snapshot"]
    assert backup["moments"]["serving"] == NOW.isoformat()
    checked = check_backup(Path(backup["path"]))
    assert checked == backup
    assert checked["warehouse"]["tables"]["bronze.loads"]["rows"] == loads
    assert checked["serving"]
    assert checked["serving"]["tables"]["loads"]["rows"] == loads - unpublished


def test_backup_of_a_lake_is_restored_to_files_and_moved_to_another_lake(
    lake: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(lake, bring(lake, "r1"))
    with open_warehouse(lake) as connection:
        connection.execute(
            "create schema gold; create table gold.t as select range n from range(9)"
        )
        connection.execute("create view gold.few as from warehouse.gold.t limit 3")
        connection.execute("create view gold.a_few as from warehouse.gold.few")
    for name in ("uri", "data_path", "meta_schema"):
        value = getattr(lake, f"warehouse_{name}")
        monkeypatch.setenv(f"TECHPULSE_WAREHOUSE_{name.upper()}", value)
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(lake.data_dir))
    get_settings.cache_clear()
    backup, to = create_backup(lake, NOW)["path"], tmp_path / "new"
    done = CliRunner().invoke(main, ["backup", "restore", backup, "--to", str(to)])
    assert done.exit_code == 0, done.output
    assert "warehouse move --to 'ducklake:" in done.output
    for name, value in settings_to_open(to, lake).items():
        assert f"{name}={value}" in done.output
        monkeypatch.setenv(name, value)
    restored = Settings()
    assert counts(restored) == (1, 3)
    monkeypatch.setenv("TECHPULSE_WAREHOUSE_DATA_PATH", str(tmp_path / "lake 2"))
    monkeypatch.setenv("TECHPULSE_WAREHOUSE_META_SCHEMA", "second")
    server_uri = lake.warehouse_uri
    make_schema(server_uri, "second")
    second = Settings(warehouse_uri=server_uri)
    assert set(move_warehouse(restored, second).views) == {"gold.few", "gold.a_few"}
    assert counts(second) == (1, 3)
    third = Settings(data_dir=tmp_path / "third", warehouse_uri=str(tmp_path / "my.jobs.duckdb"))
    move_warehouse(second, third)
    assert counts(third) == (1, 3)


def counts(settings: Settings) -> tuple[int, int]:
    with open_warehouse(settings, read_only=True) as connection:
        query = "select (select count(*) from bronze.loads), (select count(*) from gold.a_few)"
        loads, rows = connection.execute(query).fetchall()[0]
    return loads, rows


def make_schema(uri: str, name: str) -> None:
    import psycopg

    place = uri.removeprefix("ducklake:postgres:")
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute(f"create schema {name}")


def test_lake_on_a_folder_is_its_owners_alone(lake: Settings) -> None:
    bring(lake, "r1")
    assert Path(lake.warehouse_data_path).stat().st_mode & 0o777 == 0o700


def test_file_of_another_name_goes_to_a_lake_with_its_views(lake: Settings, tmp_path: Path) -> None:
    file = Settings(data_dir=tmp_path / "f", warehouse_uri=str(tmp_path / "my.jobs.duckdb"))
    bring(file, "r1")
    with open_warehouse(file) as connection:
        connection.execute(
            "create schema gold; create table gold.t as select range n from range(9)"
        )
        connection.execute("create view gold.few as from my.gold.t limit 3")
        connection.execute("create view gold.a_few as from my.gold.few")
    move_warehouse(file, lake)
    assert counts(lake) == (1, 3)
