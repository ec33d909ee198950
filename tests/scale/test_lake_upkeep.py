"""Quarantine, retention, backup and compaction on a lake: what a file keeps, it keeps."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from include.maintenance.backup import check_backup, create_backup, restore
from include.maintenance.compaction import compact
from include.maintenance.copy import digests
from include.maintenance.retention import prune_staged
from include.serving.engine import writing_engine
from include.serving.schema import LOADS, migrate
from include.settings import Settings
from include.sources.record import Reason, Record
from include.staging.files import stage
from include.warehouse.connection import commit, open_warehouse
from include.warehouse.loads import hn_items, load
from include.warehouse.quarantine import Selection, State, dismiss, list_rejects, mark_attempted
from sample.services import Postgres

pytestmark = pytest.mark.slow

MARCH = hn_items(dt.date(2016, 3, 1), 100)
NOW = dt.datetime.now(dt.UTC)


def bring(settings: Settings, run: str, *records: Record) -> None:
    manifest = stage(
        records,
        settings.staging_dir,
        source="hacker_news",
        partition="2016-03",
        run=run,
        name="all",
    )
    load(MARCH, [manifest], run_id=run, started_at=NOW, settings=settings)


def good(key: int, **fields: Any) -> Record:
    payload = {"id": key, **fields}
    return Record.fetched(str(key), payload, json.dumps(payload))


def states(settings: Settings) -> dict[str, str]:
    with open_warehouse(settings) as connection:
        return {r.record_key: r.state for r in list_rejects(connection, Selection())}


def data_files(settings: Settings) -> int:
    return len(list(Path(settings.warehouse_data_path).rglob("*.parquet")))


def test_rejects_are_kept_closed_dismissed_and_noted(lake: Settings) -> None:
    refused = [Record.missing(str(key), Reason.HTTP_401, "refused") for key in (1, 2, 3)]
    bring(lake, "r1", *refused)
    with open_warehouse(lake) as connection:
        ids = {r.record_key: r.reject_id for r in list_rejects(connection, Selection())}
    commit(lambda c: dismiss(c, [ids["2"]], "gone"), conflict_key="bronze.rejects", settings=lake)
    commit(
        lambda c: mark_attempted(c, [ids["3"]], "v1", []),
        conflict_key="bronze.rejects",
        settings=lake,
    )
    bring(lake, "r2", good(1), *refused[1:])
    assert states(lake) == {"1": State.REPLAYED, "2": State.DISMISSED, "3": State.OPEN}
    with open_warehouse(lake) as connection:
        assert (
            len(list_rejects(connection, Selection(state=State.OPEN, not_attempted_by="v2"))) == 1
        )


def test_staged_files_of_its_loads_are_pruned(lake: Settings) -> None:
    bring(lake, "r1", good(1))
    later = NOW + dt.timedelta(days=lake.staged_retention_days + 1)
    assert prune_staged(lake, later).removed == 1


def test_backup_of_a_lake_is_a_warehouse_of_its_own(lake: Settings, tmp_path: Path) -> None:
    for number in range(3):
        bring(lake, f"r{number}", good(1, text=str(number)))
    backup = create_backup(lake, NOW)
    assert check_backup(Path(backup["path"]))["loads"] == 3
    restore(Path(backup["path"]), tmp_path / "restored")
    restored = Settings(data_dir=tmp_path / "restored")
    with open_warehouse(lake) as connection:
        wanted = digests(connection, "warehouse")
    with open_warehouse(restored) as connection:
        assert digests(connection, "warehouse") == wanted
    bring(restored, "r3", good(2))  # and it goes on, as a file


def test_compaction_joins_small_files_and_keeps_every_row(lake: Settings) -> None:
    for number in range(4):
        bring(lake, f"r{number}", good(number))
    with open_warehouse(lake) as connection:
        before = digests(connection, "warehouse")
    files = _files_of(lake, "raw_hn_items")
    compact(lake)
    assert files == 4
    assert _files_of(lake, "raw_hn_items") == 1
    with open_warehouse(lake) as connection:
        assert digests(connection, "warehouse") == before
    held = data_files(lake)  # what was merged waits for its retention: a reader may be at it
    assert held > 4
    bring(lake, "r4", good(4))


def _files_of(settings: Settings, table: str) -> int:
    with open_warehouse(settings) as connection:
        rows = connection.execute(
            "select file_count from ducklake_table_info('warehouse') where table_name = ?", [table]
        ).fetchall()
    return int(rows[0][0])


def test_what_a_snapshot_within_the_retention_shows_is_kept(lake: Settings) -> None:
    bring(lake, "r1", good(1, text="a"))
    with open_warehouse(lake) as connection:
        ((version,),) = connection.execute(
            "select max(snapshot_id) from ducklake_snapshots('warehouse')"
        ).fetchall()
    bring(lake, "r2", good(1, text="b"))
    compact(lake)
    with open_warehouse(lake) as connection:
        old = connection.execute(
            f"select count(*) from bronze.raw_hn_items at (version => {version})"
        ).fetchall()
    assert old == [(1,)]


def test_backup_of_a_serving_store_on_postgres_is_a_sqlite_file(
    postgres_server: Postgres, settings: Settings
) -> None:
    url = postgres_server.url(postgres_server.database("serving"))
    there = settings.model_copy(update={"serving_url": url})
    bring(there, "r1", good(1))
    assert create_backup(there, NOW)["serving"] is None  # nothing was published yet
    engine = writing_engine(url)
    row = {c.name: 0 if isinstance(c.type, sa.BigInteger) else "" for c in LOADS.columns}
    with engine.begin() as store:
        migrate(store)
        store.execute(sa.insert(LOADS), [{**row, "load_id": str(n)} for n in range(3)])
    engine.dispose()
    backup = check_backup(Path(create_backup(there, NOW)["path"]))
    assert backup["serving"] is not None
    assert backup["serving"]["tables"]["loads"] == {"rows": 3}
    assert (backup["loads"], backup["loads_unpublished"]) == (1, 1)
