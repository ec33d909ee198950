from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from include.errors import ConfigurationError, WarehouseLockedError
from include.settings import Settings
from include.warehouse.connection import commit, open_warehouse
from include.warehouse.schema import (
    FIRST_VERSION,
    MIGRATIONS,
    SCHEMA_VERSION,
    migrate,
    version_of,
)
from include.warehouse.transactions import is_conflict

CONFLICT = "TransactionContext Error: Failed to commit: Transaction conflict - somebody was first"


def columns(connection: duckdb.DuckDBPyConnection) -> list[Any]:
    return connection.execute(
        "select table_name, column_name, data_type from information_schema.columns "
        "where table_schema = 'bronze' order by all"
    ).fetchall()


def test_new_warehouse_has_the_newest_version(settings: Settings) -> None:
    with open_warehouse(settings) as connection:
        assert version_of(connection) == SCHEMA_VERSION


def test_warehouse_that_is_up_to_date_is_not_written_when_opened(settings: Settings) -> None:
    with open_warehouse(settings):
        pass
    before = Path(settings.warehouse_path).read_bytes()
    with open_warehouse(settings) as connection:
        assert connection.execute("from bronze.schema_versions").fetchall()
    assert Path(settings.warehouse_path).read_bytes() == before


def test_migration_works_on_new_warehouses_and_old_ones_and_keeps_their_rows(
    settings: Settings,
) -> None:
    added = {
        **MIGRATIONS,
        SCHEMA_VERSION + 1: "alter table bronze.loads add column added varchar default 'x'",
        SCHEMA_VERSION + 2: "alter table bronze.loads rename column added to renamed",
    }
    with open_warehouse(settings) as old, duckdb.connect() as new:
        old.execute("insert into bronze.cursors values (uuid(), now(), 's', 'q', '{}')")
        migrate(old, added)
        migrate(new, added)
        assert columns(old) == columns(new)
        assert ("loads", "renamed", "VARCHAR") in columns(new)
        assert version_of(old) == SCHEMA_VERSION + 2
        assert old.execute("select count(*) from bronze.cursors").fetchone() == (1,)


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("delete from bronze.schema_versions", "no schema version"),
        ("drop table bronze.schema_versions", "no schema version"),
        *(
            (f"update bronze.schema_versions set version = {version}", f"schema version {version}")
            for version in range(1, FIRST_VERSION)
        ),
    ],
)
def test_warehouse_of_an_unreleased_version_is_refused_and_not_changed(
    settings: Settings, made: str, found: str, read_only: bool
) -> None:
    with open_warehouse(settings) as connection:
        connection.execute("drop table bronze.cursors")  # which its code did not know
        connection.execute(made)
    before = Path(settings.warehouse_path).read_bytes()
    with (
        pytest.raises(
            ConfigurationError, match=f"has {found}: .* before TechPulse 1.0.0.*CHANGELOG"
        ),
        open_warehouse(settings, read_only=read_only),
    ):
        pass
    assert Path(settings.warehouse_path).read_bytes() == before


@pytest.mark.parametrize("read_only", [True, False])
def test_warehouse_of_a_newer_version_is_refused_with_both_versions_named(
    settings: Settings, read_only: bool
) -> None:
    with open_warehouse(settings) as connection:
        connection.execute("insert into bronze.schema_versions values (99, now())")
    with (
        pytest.raises(ConfigurationError, match=f"version 99, this code knows {SCHEMA_VERSION}"),
        open_warehouse(settings, read_only=read_only),
    ):
        pass


def test_migration_that_fails_leaves_the_version_before_it() -> None:
    half = "create table bronze.half_done (a int); select no_such_column from bronze.loads"
    connection = duckdb.connect()
    with pytest.raises(duckdb.BinderException):
        migrate(connection, {**MIGRATIONS, SCHEMA_VERSION + 1: half})
    assert version_of(connection) == SCHEMA_VERSION
    assert "half_done" not in {table for table, *_ in columns(connection)}
    whole = "create table bronze.half_done (a int)"
    migrate(connection, {**MIGRATIONS, SCHEMA_VERSION + 1: whole})
    assert version_of(connection) == SCHEMA_VERSION + 1


def test_reader_is_not_stopped_by_a_warehouse_without_versions(settings: Settings) -> None:
    Path(settings.warehouse_path).parent.mkdir(parents=True)
    duckdb.connect(settings.warehouse_path).close()
    with open_warehouse(settings, read_only=True) as connection:
        assert version_of(connection) == 0


def test_commit_returns_what_the_work_returns(settings: Settings) -> None:
    def work(connection: duckdb.DuckDBPyConnection) -> int:
        connection.execute("create table main.t as select 7 as a")
        return 7

    assert commit(work, conflict_key="t", settings=settings) == 7
    with open_warehouse(settings, read_only=True) as connection:
        assert connection.execute("from main.t").fetchall() == [(7,)]


def test_commit_of_work_that_fails_leaves_nothing(settings: Settings) -> None:
    def work(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("create table main.t (a int)")
        raise KeyError("x")

    with pytest.raises(KeyError):
        commit(work, conflict_key="t", settings=settings)
    with open_warehouse(settings, read_only=True) as connection:
        assert not connection.execute("from duckdb_tables() where table_name = 't'").fetchall()


def test_commit_that_loses_is_run_again_whole(settings: Settings) -> None:
    tries = []

    def work(connection: duckdb.DuckDBPyConnection) -> int:
        connection.execute("create table main.t as select 1 as a")
        tries.append(1)
        if len(tries) < 3:
            raise duckdb.TransactionException(CONFLICT)
        return len(tries)

    assert commit(work, conflict_key="t", settings=settings) == 3


def test_commit_that_loses_all_the_time_names_the_fence(settings: Settings) -> None:
    def work(_: duckdb.DuckDBPyConnection) -> None:
        raise duckdb.TransactionException(CONFLICT)

    impatient = settings.model_copy(update={"warehouse_lock_wait_seconds": 0.0})
    with pytest.raises(WarehouseLockedError, match="month/2016-03"):
        commit(work, conflict_key="month/2016-03", settings=impatient)


def test_only_a_transaction_that_another_one_beat_is_a_conflict() -> None:
    assert is_conflict(duckdb.TransactionException(CONFLICT))
    assert is_conflict(duckdb.TransactionException("Exceeded the maximum retry count of 100"))
    assert not is_conflict(duckdb.TransactionException("no transaction is active"))
    assert not is_conflict(duckdb.IOException(CONFLICT))


def test_every_migration_is_portable() -> None:
    for sql in MIGRATIONS.values():
        for word in ("primary key", "unique", "check (", "references", "create sequence", "enum"):
            assert word not in sql.lower()
