"""Publishing: counts that add up, nothing lost, nothing half done."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from include.errors import ConfigurationError, ServingError
from include.serving import merge, schema
from include.serving import publish as serving
from include.serving.engine import reading_engine, writing_engine
from include.serving.migrations import MIGRATIONS
from include.serving.publish import TableCounts, publish
from include.settings import PROJECT_ROOT

from .conftest import SIZE


@pytest.fixture
def url(new_store_url: Callable[[], str]) -> str:
    return new_store_url()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'folder' / 'serving.sqlite'}"


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    engine = reading_engine(url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]
    finally:
        engine.dispose()


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    tables = [t.name for t in schema.metadata.sorted_tables if t.name != "store_meta"]
    return {name: sorted(rows(url, f"select * from {name}"), key=repr) for name in tables}


def test_first_publish_inserts_every_row(warehouse: duckdb.DuckDBPyConnection, url: str) -> None:
    counts = publish(warehouse, url)
    for name, relation in (
        ("postings", "gold.fct_postings"),
        ("posting_skills", "gold.fct_posting_skills"),
        ("posting_history", "gold.posting_history"),
        ("monthly_trends", "gold.monthly_trends"),
        ("skill_pairs", "gold.skill_pairs"),
        ("weekly_open_jobs", "gold.weekly_open_jobs"),
        ("job_survival", "gold.job_survival"),
        ("days_open", "gold.days_open"),
        ("loads", "bronze.loads"),
    ):
        expected = warehouse.sql(f"select count(*) from {relation}").fetchone()
        assert expected is not None
        assert counts[name] == TableCounts(inserted=expected[0])
        assert rows(url, f"select count(*) from {name}") == [expected]


def test_publishing_again_changes_nothing(warehouse: duckdb.DuckDBPyConnection, url: str) -> None:
    first = publish(warehouse, url)
    before = everything(url)
    version = rows(url, "select value from store_meta where key = 'content_version'")
    second = publish(warehouse, url)
    assert all(not table.changed for table in second.values())
    assert {n: t.read for n, t in second.items()} == {n: t.read for n, t in first.items()}
    assert everything(url) == before
    assert rows(url, "select value from store_meta where key = 'content_version'") == version


def test_changed_new_and_vanished_postings_are_told_apart(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    warehouse.execute("""
        create temp table three as select posting_id from gold.fct_postings
        order by posting_id limit 3;
        update gold.fct_postings set title = 'Edited' where posting_id in (
            select posting_id from three limit 2);
        insert into gold.fct_postings by name select * replace (
            repeat('0', 32) as posting_id, 'https://new.example' as url) from gold.fct_postings
            where title = 'Edited' limit 1;
        delete from gold.fct_postings where posting_id = (select max(posting_id) from three);
    """)
    counts = publish(warehouse, store_url)["postings"]
    assert (counts.inserted, counts.updated, counts.removed) == (1, 2, 1)
    assert counts.read == SIZE.postings
    assert rows(store_url, "select count(*) from postings where title = 'Edited'") == [(3,)]


def test_skill_count_that_changes_is_an_update(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    warehouse.execute("update gold.fct_posting_skills set count = 7 where skill = 'python'")
    counts = publish(warehouse, store_url)["posting_skills"]
    changed = rows(store_url, "select count(*) from posting_skills where count = 7")
    assert [(counts.updated,)] == changed
    assert counts.updated > 0
    assert counts.inserted == counts.removed == 0


def test_a_changed_and_a_vanished_day_of_a_curve_are_published(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    warehouse.execute("""
        insert into gold.job_survival
        select 'role', 'cook', n, 100 - n, 4, 1 - n / 100, null, null from range(1, 12) as days (n)
    """)
    publish(warehouse, store_url)
    warehouse.execute("""
        update gold.job_survival set closed = 9 where value = 'cook' and days = 10;
        delete from gold.job_survival where value = 'cook' and days = 2;
    """)
    counts = publish(warehouse, store_url)["job_survival"]
    assert (counts.inserted, counts.updated, counts.removed) == (0, 1, 1)
    days = rows(store_url, "select days, closed from job_survival where value = 'cook'")
    assert dict(days) == {day: 9 if day == 10 else 4 for day in range(1, 12) if day != 2}


def test_counts_are_logged(
    warehouse: duckdb.DuckDBPyConnection, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger=serving.__name__):
        publish(warehouse, sqlite_url)
    wanted = "published postings: 120 read = 120 inserted + 0 updated + 0 unchanged; 0 removed"
    assert wanted in caplog.messages


def test_absent_optional_table_is_published_empty_and_named(
    warehouse: duckdb.DuckDBPyConnection, store_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    tables = ("monthly_market_mix", "monthly_salaries", "skill_pairs", "monthly_trends")
    filled = {table: rows(store_url, f"select count(*) from {table}") for table in tables}
    for table in tables:
        warehouse.execute(f"drop table gold.{table}")
    counts = publish(warehouse, store_url)
    for table in tables:
        assert [(counts[table].removed,)] == filled[table] != [(0,)]
        assert counts[table] == TableCounts(removed=counts[table].removed)
        assert rows(store_url, f"select count(*) from {table}") == [(0,)]
        assert any(f"gold.{table} is not in the warehouse" in said for said in caplog.messages)


@pytest.mark.parametrize("table", ["fct_postings", "fct_posting_skills", "dim_technologies"])
def test_absent_required_table_is_refused(
    warehouse: duckdb.DuckDBPyConnection, store_url: str, table: str
) -> None:
    before = everything(store_url)
    warehouse.execute(f"drop table gold.{table}")
    with pytest.raises(ServingError, match=f"gold.{table}"):
        publish(warehouse, store_url)
    assert everything(store_url) == before


def test_missing_column_is_named(warehouse: duckdb.DuckDBPyConnection, url: str) -> None:
    warehouse.execute("alter table gold.fct_postings drop column country")
    with pytest.raises(ServingError, match="lacks the column country"):
        publish(warehouse, url)


def test_key_given_twice_is_refused(warehouse: duckdb.DuckDBPyConnection, url: str) -> None:
    warehouse.execute("insert into gold.fct_postings select * from gold.fct_postings limit 1")
    with pytest.raises(ServingError, match="key more than once"):
        publish(warehouse, url)


def test_empty_warehouse_does_not_empty_the_store(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    before = everything(store_url)
    warehouse.execute("delete from gold.fct_postings")
    with pytest.raises(ServingError, match="nothing was published"):
        publish(warehouse, store_url)
    assert everything(store_url) == before


def test_crash_in_the_middle_changes_nothing(
    warehouse: duckdb.DuckDBPyConnection, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(store_url)
    warehouse.execute("update gold.fct_postings set title = 'Edited'")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serving, "_stamp", crash)
    with pytest.raises(KeyboardInterrupt):
        publish(warehouse, store_url)
    assert everything(store_url) == before


def test_crash_of_the_first_publish_leaves_no_half_store(
    warehouse: duckdb.DuckDBPyConnection, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(merge.Merge, "_insert", crash)
        with pytest.raises(KeyboardInterrupt):
            publish(warehouse, url)
    engine = writing_engine(url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
    assert publish(warehouse, url)["postings"].inserted == SIZE.postings


_KILLED = """
import sys, time, duckdb
from include.serving import publish as serving
serving._stamp = lambda *_: (print("all but committed", flush=True), time.sleep(60))
serving.publish(duckdb.connect(sys.argv[1], read_only=True), sys.argv[2])
"""


def test_publish_that_is_killed_changes_nothing(
    filled: Path, tmp_path: Path, store_url: str
) -> None:
    path, url = str(shutil.copy(filled, tmp_path)), store_url
    with duckdb.connect(path) as warehouse:
        warehouse.execute("update gold.fct_postings set title = 'Edited'")
    before = everything(url)
    command = [sys.executable, "-c", _KILLED, path, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT_ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"all but committed\n"
        process.kill()
    assert everything(url) == before
    with duckdb.connect(path) as warehouse:
        assert publish(warehouse, url)["postings"].updated == SIZE.postings


def test_reader_sees_one_version_while_another_is_published(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    edited = "select count(*) from postings where title = 'Edited'"
    engine = reading_engine(store_url)
    with engine.connect() as reader:
        assert reader.exec_driver_sql(edited).scalar() == 0
        warehouse.execute("update gold.fct_postings set title = 'Edited'")
        publish(warehouse, store_url)
        assert reader.exec_driver_sql(edited).scalar() == 0
    with engine.connect() as reader:
        assert reader.exec_driver_sql(edited).scalar() == SIZE.postings
    engine.dispose()


def test_reader_cannot_write(warehouse: duckdb.DuckDBPyConnection, store_url: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"read-?only"):
        rows(store_url, "delete from postings")


def test_publish_leaves_nothing_in_the_warehouse(
    warehouse: duckdb.DuckDBPyConnection, sqlite_url: str
) -> None:
    before = warehouse.sql("select * from duckdb_tables()").fetchall()
    publish(warehouse, sqlite_url)
    assert warehouse.sql("select * from duckdb_tables()").fetchall() == before


def test_warehouse_may_be_open_read_only(filled: Path, sqlite_url: str) -> None:
    with duckdb.connect(str(filled), read_only=True) as connection:
        assert publish(connection, sqlite_url)["postings"].inserted == SIZE.postings


def test_values_are_published_as_they_are(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    hostile = "=1+1 <script>alert('x')</script> \" ; drop table postings; 東京 \U0001f600"
    warehouse.execute(
        "update gold.fct_postings set title = $1, location = $1, description_raw = $1", [hostile]
    )
    publish(warehouse, store_url)
    found = rows(store_url, "select distinct title, location, description_raw from postings")
    assert found == [(hostile, hostile, hostile)]


DAYS = [
    ("2025-06-17 23:30:00+00", "2025-06-01", "2025-06-17"),
    ("2025-07-02 00:10:00+00", "2025-06-01", "2025-06-30"),
    ("2025-05-31 20:00:00+00", "2025-06-01", "2025-06-01"),
    (None, "2025-06-01", "2025-06-01"),
    ("2025-06-17 23:30:00+00", None, "2025-06-17"),
    (None, None, "2025-08-09"),
]


def test_posting_counts_for_its_day_within_its_month(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    ids = warehouse.sql("select posting_id from gold.fct_postings order by 1 limit 6").fetchall()
    for (posting_id,), (date_posted, month, _) in zip(ids, DAYS, strict=True):
        warehouse.execute(
            "update gold.fct_postings set date_posted = $1::timestamptz, month = $2::date, "
            "retrieved_at = timestamptz '2025-08-09 01:00:00+00' where posting_id = $3",
            [date_posted, month, posting_id],
        )
    publish(warehouse, store_url)
    found = dict(rows(store_url, "select id, posted_day from postings"))
    assert [found[posting_id] for (posting_id,) in ids] == [day for *_, day in DAYS]


def test_timestamps_are_iso_text_in_utc_whatever_the_session_says(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    warehouse.execute("set timezone = 'America/New_York'")
    warehouse.execute("update gold.fct_postings set date_posted = '2025-06-17 23:30:00+00'")
    publish(warehouse, store_url)
    found = rows(store_url, "select distinct date_posted from postings")
    assert found == [("2025-06-17T23:30:00Z",)]
    warehouse.execute("set timezone = 'Asia/Tokyo'")
    assert not publish(warehouse, store_url)["postings"].changed


def test_older_store_is_migrated_within_the_publish(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    engine = writing_engine(store_url)
    newest = schema.SCHEMA_VERSION
    newer = dict(schema.MIGRATIONS) | {
        newest + 1: lambda store: store.exec_driver_sql("create table added (a int)") and None
    }
    with engine.begin() as connection:
        assert schema.migrate(connection, newer) == newest
    found = rows(store_url, "select value from store_meta where key = 'schema_version'")
    assert found == [(str(newest + 1),)]
    assert rows(store_url, "select count(*) from added") == [(0,)]
    assert rows(store_url, "select count(*) from postings") == [(SIZE.postings,)]
    engine.dispose()


def test_store_of_a_newer_version_is_refused(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    engine = writing_engine(store_url)
    with engine.begin() as connection:
        schema.write_meta(connection, {"schema_version": "99"})
    engine.dispose()
    with pytest.raises(ServingError, match="schema version 99"):
        publish(warehouse, store_url)


def test_url_that_is_none_is_a_configuration_error(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(ConfigurationError, match="not a SQLAlchemy URL"):
        publish(warehouse, "no url at all")


def test_store_is_in_wal_mode(warehouse: duckdb.DuckDBPyConnection, sqlite_url: str) -> None:
    publish(warehouse, sqlite_url)
    assert rows(sqlite_url, "pragma journal_mode") == [("wal",)]


def test_text_with_a_nul_is_published(warehouse: duckdb.DuckDBPyConnection, store_url: str) -> None:
    warehouse.execute("update gold.fct_postings set title = 'a' || chr(0) || 'b'")
    publish(warehouse, store_url)
    (title,) = {title for (title,) in rows(store_url, "select title from postings")}
    assert title in ("a\0b", "a\ufffdb")  # PostgreSQL keeps no NUL
    assert not publish(warehouse, store_url)["postings"].changed


def test_text_is_sorted_by_code_points(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    titles = ["b", "A", "a", "B", "é", "_"]
    some_title = "$1[1 + (hash(posting_id) % 6)::bigint]"
    warehouse.execute(f"update gold.fct_postings set title = {some_title}", [titles])
    publish(warehouse, store_url)
    found = rows(store_url, "select distinct title from postings order by title")
    assert [title for (title,) in found] == sorted(titles)


def test_contract_columns_are_there(warehouse: duckdb.DuckDBPyConnection, store_url: str) -> None:
    engine = writing_engine(store_url)
    found = sa.inspect(engine)
    assert {
        "id", "source", "url", "title", "company", "location", "date_posted", "retrieved_at",
        "role_bucket", "level_bucket", "description_raw", "raw_json",
    } <= {column["name"] for column in found.get_columns("postings")}  # fmt: skip
    assert found.get_pk_constraint("postings")["constrained_columns"] == ["id"]
    skills = [column["name"] for column in found.get_columns("posting_skills")]
    assert skills == ["posting_id", "skill", "count"]
    engine.dispose()


def test_definitions_are_portable_to_postgresql() -> None:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    for table in schema.metadata.sorted_tables:
        text = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        assert text.strip().startswith(f"CREATE TABLE {table.name}")


@pytest.mark.parametrize(
    "change",
    [
        "update gold.fct_postings set company_key = 'acme' where company <> ''",
        "update gold.fct_posting_places set relation = 'hire_from'",
        "update silver.job_spans set is_open = not is_open",
    ],
    ids=["company", "place", "open job"],
)
def test_what_no_published_row_has_changes_the_bitmaps(
    warehouse: duckdb.DuckDBPyConnection, store_url: str, change: str
) -> None:
    warehouse.execute(change)
    counts = publish(warehouse, store_url)
    assert counts["postings"].changed == counts["jobs"].changed == 0
    assert counts["posting_facets"].changed
    assert not publish(warehouse, store_url)["posting_facets"].changed


def test_bitmaps_of_an_older_version_are_built_again(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    before = rows(store_url, "select * from posting_facets")
    engine = writing_engine(store_url)
    with engine.begin() as store:
        MIGRATIONS[11](store)
    engine.dispose()
    assert rows(store_url, "select * from posting_facets") == []
    publish(warehouse, store_url)
    assert sorted(rows(store_url, "select * from posting_facets")) == sorted(before)
