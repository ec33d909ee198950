"""The lake keeps what the file keeps: one after the other where it matters, at once elsewhere."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bench.history import load_items
from include.errors import ConfigurationError, StoreUnavailableError
from include.maintenance.compaction import compact
from include.settings import Settings
from include.warehouse import lake as lakes
from include.warehouse.bronze import hn_items
from include.warehouse.connection import commit, open_warehouse
from include.warehouse.schema import MIGRATIONS
from include.warehouse.transactions import is_conflict

MARCH, APRIL = hn_items(dt.date(2016, 3, 1), 100), hn_items(dt.date(2016, 4, 1), 200)


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def raised(
    connection: duckdb.DuckDBPyConnection, conflict_key: str, then: str
) -> duckdb.DuckDBPyConnection:
    connection.begin()
    lakes.force_conflict(connection, conflict_key)
    connection.execute(then)
    return connection


def both(settings: Settings, fences: Sequence[str]) -> list[bool]:
    """Two open transactions that add the same new key; whether each of them committed."""
    insert = "insert into main.t select 1 where not exists (from main.t where key = 1)"
    with open_warehouse(settings) as one, open_warehouse(settings) as other:
        one.execute("create or replace table main.t (key integer)")
        pair = [raised(connection, conflict_key, insert) for connection, conflict_key in zip(
            (one, other), fences, strict=True)]  # fmt: skip
        return [committed(connection) for connection in pair]


def committed(connection: duckdb.DuckDBPyConnection) -> bool:
    try:
        connection.commit()
    except duckdb.Error as error:
        if not is_conflict(error):
            raise
        return False
    return True


@pytest.mark.parametrize("first_time", [True, False], ids=["new fence", "known fence"])
def test_of_two_transactions_under_one_fence_one_commits(lake: Settings, first_time: bool) -> None:
    if not first_time:
        commit(lambda _: None, conflict_key=MARCH.conflict_key, settings=lake)
    assert both(lake, [MARCH.conflict_key, MARCH.conflict_key]) == [True, False]
    assert rows(lake, "select count(*) from main.t") == [(1,)]


def test_transactions_under_two_fences_both_commit(lake: Settings) -> None:
    for conflict_key in (MARCH.conflict_key, APRIL.conflict_key):
        commit(lambda _: None, conflict_key=conflict_key, settings=lake)
    assert both(lake, [MARCH.conflict_key, APRIL.conflict_key]) == [True, True]


def test_loser_is_run_again_on_what_the_winner_has_committed(lake: Settings) -> None:
    seen = []

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        if not seen:  # another process is first, between this one's begin and its commit
            commit(add, conflict_key="t", settings=lake)
        seen.append(add(connection))

    def add(connection: duckdb.DuckDBPyConnection) -> int:
        connection.execute("create table if not exists main.t (key integer)")
        connection.execute("insert into main.t select count(*) from main.t")
        return len(connection.execute("from main.t").fetchall())

    commit(work, conflict_key="t", settings=lake)
    assert seen == [1, 2]
    assert rows(lake, "from main.t order by all") == [(0,), (1,)]


def processes(*work: Callable[[], object]) -> None:
    """Run each in a process of its own, at once; all must succeed."""
    context = multiprocessing.get_context("fork")
    started = [context.Process(target=_loudly, args=(each,)) for each in work]
    for process in started:
        process.start()
    for process in started:
        process.join(120)
    assert [process.exitcode for process in started] == [0] * len(work)


def _loudly(work: Callable[[], object]) -> None:
    try:
        work()
    except BaseException:
        traceback.print_exc()
        raise


def month_of(number: int, *, items: int = 40) -> list[tuple[int, dict[str, Any] | None]]:
    first = number * 1_000
    return [(key, {"id": key, "type": "comment", "parent": first}) for key in range(
        first + 1, first + 1 + items)]  # fmt: skip


@pytest.mark.slow
def test_loads_of_different_months_at_once_lose_nothing(lake: Settings) -> None:
    months = [f"2016-{number:02}" for number in range(1, 13)]

    def worker(share: Sequence[int]) -> None:
        for number in share:
            load_items(months[number], number, month_of(number), lake)

    processes(*(lambda share=range(start, 12, 4): worker(share) for start in range(4)))
    assert rows(lake, "select count(*), count(distinct item_id) from bronze.raw_hn_items") == [
        (480, 480)
    ]
    assert rows(lake, "select count(*), sum(inserted) from bronze.loads") == [(12, 480)]


def test_one_month_loaded_by_many_at_once_has_no_row_twice(lake: Settings) -> None:
    processes(*([lambda: load_items("2016-03", 7, month_of(7), lake)] * 3))
    assert rows(lake, "select count(*), count(distinct item_id) from bronze.raw_hn_items") == [
        (40, 40)
    ]
    loads = rows(lake, "select inserted, unchanged from bronze.loads order by committed_at")
    assert loads == [(40, 0), (0, 40), (0, 40)]


def test_lake_that_many_open_for_the_first_time_is_made_once(lake: Settings) -> None:
    def open_it() -> None:
        with open_warehouse(lake):
            pass

    processes(*([open_it] * 4))
    versions = rows(lake, "select version from bronze.schema_versions order by all")
    assert versions == [(version,) for version in MIGRATIONS]


@pytest.mark.slow
def test_times_rise_within_a_month_in_the_order_of_commits(lake: Settings) -> None:
    def edit(number: int) -> None:
        item = {"id": 1, "type": "comment", "text": f"edit {number}"}
        load_items("2016-03", 7, [(1, item)], lake)

    processes(*(lambda number=number: edit(number) for number in range(4)))
    ((newest,),) = rows(lake, "select max(snapshot_id) from ducklake_snapshots('warehouse')")
    added = f"ducklake_table_insertions('warehouse', 'bronze', 'raw_hn_items', 0, {newest})"
    versions = rows(
        lake,
        "select l.committed_at = r.ingested_at, r.ingested_at "
        f"from {added} as r inner join bronze.loads as l using (load_id) order by r.snapshot_id",
    )
    assert len(versions) == 4
    assert all(same for same, _ in versions)
    times = [time for _, time in versions]
    assert times == sorted(set(times))


def test_rows_are_never_kept_in_the_catalog(lake: Settings) -> None:
    load_items("2016-03", 7, month_of(7, items=1), lake)
    assert rows(
        lake, "select value from ducklake_options('warehouse') "
        "where option_name = 'data_inlining_row_limit'"
    ) == [("0",)]  # fmt: skip
    assert list(Path(lake.warehouse_data_path).rglob("*.parquet"))


def test_lake_attached_while_another_one_makes_it_keeps_no_rows_in_the_catalog(
    lake: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have attached it before the lake's own option was set."""
    with monkeypatch.context() as patch:
        patch.setattr(lakes, "_keep_rows_out_of_the_catalog", lambda *_: None)
        late = lakes.connect(lake)
    with open_warehouse(lake), late:
        late.execute("create table main.late (key integer)")
        late.execute("insert into main.late values (1)")
    in_catalog = "__ducklake_metadata_warehouse.public.ducklake_inlined_data_tables"
    assert rows(lake, f"select count(*) from {in_catalog}") == [(0,)]
    assert len(list(Path(lake.warehouse_data_path).rglob("late/*.parquet"))) == 1


def test_password_in_the_uri_is_refused_and_not_repeated(lake: Settings) -> None:
    told = lake.model_copy(update={"warehouse_uri": f"{lake.warehouse_uri} password=hunter2"})
    with pytest.raises(ConfigurationError, match="PGPASSWORD") as caught, open_warehouse(told):
        pass
    assert "hunter2" not in str(caught.value)


def test_wrong_password_is_told_without_it(lake: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    with pytest.raises(StoreUnavailableError, match="PGPASSWORD") as caught, open_warehouse(lake):
        pass
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_lake_without_a_place_for_its_data_names_the_setting(lake: Settings) -> None:
    nowhere = lake.model_copy(update={"warehouse_data_path": ""})
    with pytest.raises(ConfigurationError, match="DATA_PATH"), open_warehouse(nowhere):
        pass


def test_extension_that_is_not_there_is_not_downloaded(lake: Settings, tmp_path: Path) -> None:
    elsewhere = lake.model_copy(update={"duckdb_extension_dir": str(tmp_path / "none")})
    with pytest.raises(ConfigurationError, match="requirements-cluster"), open_warehouse(elsewhere):
        pass


@pytest.mark.slow
def test_tending_the_lake_joins_files_and_removes_what_killed_writers_left(lake: Settings) -> None:
    for number in range(3):
        load_items(f"2016-0{number + 1}", number, month_of(number, items=5), lake)
    before = rows(lake, "from bronze.raw_hn_items order by all")
    folder = Path(lake.warehouse_data_path) / "bronze" / "raw_hn_items"
    orphan = folder / "ducklake-of-a-killed-writer.parquet"
    orphan.write_bytes(next(folder.rglob("*.parquet")).read_bytes())
    compact(lake.model_copy(update={"lake_snapshot_retention_days": 0}))
    assert rows(lake, "from bronze.raw_hn_items order by all") == before
    assert not orphan.exists()
    assert len(list(folder.rglob("*.parquet"))) == 1
