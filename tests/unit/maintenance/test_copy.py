from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from include.errors import ConfigurationError, WarehouseCopyError
from include.maintenance import copy as transfer
from include.maintenance.copy import Copied, TableDigest, copy_catalog, digests
from include.warehouse.transactions import transaction
from include.warehouse.views import renamed_views


def copy_tables(connection: duckdb.DuckDBPyConnection) -> Copied:
    with transaction(connection):
        return copy_catalog(connection, "here", "there")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "here.duckdb")) as connection:
        connection.execute(
            """
            create schema bronze; create schema silver;
            create table bronze.items (
                load_id uuid not null, seen timestamptz, payload json, names varchar[],
                "odd ""name" struct(a int)[]
            );
            insert into bronze.items values
                (uuid(), now(), '{"a": 1}', ['x', null], [{'a': 1}]),
                (uuid(), null, null, null, null);
            insert into bronze.items select * from bronze.items;
            create table bronze.empty (i bigint not null);
            create table silver.built as select range as n from range(10);
            create view silver.few as select * from here.silver.built where n < 3;
            create view silver.fewer as select * from here.silver.few where n < 2;
            """
        )
        connection.execute(f"attach '{tmp_path / 'there.duckdb'}' as there")
        yield connection


def test_all_tables_arrive_with_their_rows_types_and_not_null(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    copied = copy_tables(connection)
    assert copied.rows == {"bronze.empty": 0, "bronze.items": 4, "silver.built": 10}
    assert digests(connection, "here") == digests(connection, "there")
    shapes = [
        connection.execute(
            "select schema_name, table_name, column_name, data_type, is_nullable "
            "from duckdb_columns() where database_name = ? and not internal "
            "and table_name not like 'few%' order by all",
            [catalog],
        ).fetchall()
        for catalog in ("here", "there")
    ]
    assert shapes[0] == shapes[1]
    assert (
        connection.execute("from there.bronze.items except from here.bronze.items").fetchall() == []
    )


def test_copy_may_be_repeated(connection: duckdb.DuckDBPyConnection) -> None:
    first = copy_tables(connection)
    connection.execute("create schema there.more; create table there.more.nothing (i int)")
    assert copy_tables(connection) == first


def test_target_with_other_rows_is_not_touched(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema there.bronze; create table there.bronze.items as select 1 a")
    with pytest.raises(ConfigurationError, match=r"other rows.*bronze\.items"):
        copy_tables(connection)
    assert list(digests(connection, "there")) == ["bronze.items"]


def test_copy_that_differs_is_rolled_back(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = transfer.digests

    def disturbed(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, TableDigest]:
        if catalog == "there" and genuine(connection, catalog):
            connection.execute("update there.silver.built set n = 77 where n = 7")
        return genuine(connection, catalog)

    monkeypatch.setattr(transfer, "digests", disturbed)
    with pytest.raises(WarehouseCopyError, match=r"silver\.built"):
        copy_tables(connection)
    assert digests(connection, "there") == {}


def test_views_come_along_and_name_the_catalog_that_they_are_in(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert copy_tables(connection).views == ["silver.few", "silver.fewer"]
    assert copy_tables(connection).views == ["silver.few", "silver.fewer"]
    connection.execute("detach there")
    with duckdb.connect(str(tmp_path / "there.duckdb")) as moved:
        assert moved.execute("select count(*) from silver.fewer").fetchall() == [(2,)]


def test_view_is_made_after_those_that_it_reads_whatever_they_are_called(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("create view silver.a_last as select * from here.silver.fewer")
    assert "silver.a_last" in copy_tables(connection).views
    assert connection.execute("select count(*) from there.silver.a_last").fetchall() == [(2,)]


def test_view_that_reads_what_is_not_there_fails_the_copy(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("create table silver.lost as select 1 a; create view silver.v as from lost")
    connection.execute("drop table silver.lost")
    with pytest.raises(duckdb.CatalogException, match="lost"):
        copy_tables(connection)
    assert digests(connection, "there") == {}


@pytest.mark.parametrize(
    ("view", "renamed"),
    [
        ("AS SELECT * FROM jobs.gold.t;", 'AS SELECT * FROM "w".gold.t;'),
        ('AS SELECT * FROM "Jobs"."gold"."t"', 'AS SELECT * FROM "w"."gold"."t"'),
        ("AS SELECT 'jobs.gold.t', \"jobs.gold.t\"", "AS SELECT 'jobs.gold.t', \"jobs.gold.t\""),
        ("AS SELECT 'it''s jobs.gold.t'", "AS SELECT 'it''s jobs.gold.t'"),
        ("AS SELECT jobs.city.x FROM jobs", "AS SELECT jobs.city.x FROM jobs"),
        ("AS SELECT my_jobs.gold.t", "AS SELECT my_jobs.gold.t"),
    ],
)
def test_only_the_catalogs_name_is_renamed(view: str, renamed: str) -> None:
    assert renamed_views({"gold.v": view}, "jobs", "w", ["gold"]) == {"gold.v": renamed}


def test_catalog_of_an_odd_name_is_renamed() -> None:
    found = renamed_views({"g.v": 'AS FROM "a ""b""-1".gold.t'}, 'a "b"-1', "w", ["gold"])
    assert found == {"g.v": 'AS FROM "w".gold.t'}


def test_digest_ignores_order_and_notices_one_value(connection: duckdb.DuckDBPyConnection) -> None:
    before = digests(connection, "here")["silver.built"]
    connection.execute(
        "create or replace table silver.built as select 9 - range as n from range(10)"
    )
    assert digests(connection, "here")["silver.built"] == before
    connection.execute("update silver.built set n = 42 where n = 3")
    assert digests(connection, "here")["silver.built"] != before
