"""A new store and an upgraded one have the same schema, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from include.errors import ServingError
from include.maintenance import serving_snapshot
from include.maintenance.serving_snapshot import copy_store
from include.serving.engine import writing_engine
from include.serving.migrations import FIRST_VERSION, MIGRATIONS, statements
from include.serving.schema import (
    LOADS,
    MONTHLY_TRENDS,
    SCHEMA_VERSION,
    metadata,
    migrate,
    read_meta,
    require_current,
    write_meta,
)

Schema = dict[str, Any]

ADDED = {
    **MIGRATIONS,
    SCHEMA_VERSION + 1: statements(
        "alter table postings add column added {text} not null default ''"
    ),
}


@pytest.fixture
def new_store(new_store_url: Callable[[], str]) -> Iterator[Callable[[], sa.Connection]]:
    """Give connections to stores that are not there yet, each in a transaction."""
    with ExitStack() as opened:

        def new() -> sa.Connection:
            engine = writing_engine(new_store_url())
            opened.callback(engine.dispose)
            connection = opened.enter_context(engine.connect())
            connection.begin()
            return connection

        yield new


def schema(connection: sa.Connection) -> Schema:
    """Return each table's columns, key, indexes and what only its database knows."""
    there = sa.inspect(connection)
    found: Schema = {}
    for name in there.get_table_names():
        columns = {
            column["name"]: (str(column["type"]), column["nullable"])
            for column in there.get_columns(name)
        }
        key = there.get_pk_constraint(name)["constrained_columns"]
        indexes = {index["name"]: index["column_names"] for index in there.get_indexes(name)}
        found[name] = (columns, key, indexes, of_this_database(connection, name))
    return found


def of_this_database(connection: sa.Connection, name: str) -> object:
    """Return PostgreSQL's collations, and whether SQLite's table has a row id."""
    if connection.dialect.name == "sqlite":
        query = sa.text(
            "select lower(sql) like '%without rowid%' from sqlite_master where name = :n"
        )
        return connection.scalar(query, {"n": name})
    query = sa.text(
        "select column_name, collation_name from information_schema.columns where table_name = :n"
    )
    return {row[0]: row[1] for row in connection.execute(query, {"n": name})}


def test_new_store_is_what_the_models_say(new_store: Callable[[], sa.Connection]) -> None:
    made, modelled = new_store(), new_store()
    migrate(made)
    metadata.create_all(modelled)
    assert schema(made) == schema(modelled)


@pytest.mark.parametrize("version", range(1, FIRST_VERSION))
def test_store_of_an_unreleased_version_is_refused_and_not_changed(
    new_store: Callable[[], sa.Connection], version: int
) -> None:
    store = new_store()
    migrate(store)
    write_meta(store, {"schema_version": str(version)})
    before = schema(store)
    for refuse in (lambda: migrate(store, ADDED), lambda: require_current(read_meta(store))):
        with pytest.raises(ServingError, match=rf"version {version}: .*before TechPulse 1\.0\.0"):
            refuse()
    assert schema(store) == before


def test_upgrade_renames_a_column_and_keeps_its_values(
    new_store: Callable[[], sa.Connection],
) -> None:
    store = new_store()
    migrate(store, {FIRST_VERSION: MIGRATIONS[FIRST_VERSION]})
    store.exec_driver_sql(
        "insert into monthly_trends (technology_id, month, mention_count, total_jobs, is_whole,"
        " row_hash) values ('go', '2026-05-01', 1, 2, 1, 'x')"
    )
    migrate(store)
    assert store.scalar(sa.select(MONTHLY_TRENDS.c.is_complete)) == 1


def test_plain_added_column_works_on_new_stores_and_old_ones(
    new_store: Callable[[], sa.Connection],
) -> None:
    old, new = new_store(), new_store()
    migrate(old)
    migrate(old, ADDED)
    migrate(new, ADDED)
    assert schema(old) == schema(new)
    assert "added" in schema(new)["postings"][0]


def test_store_that_was_made_of_the_models_takes_an_added_column(
    new_store: Callable[[], sa.Connection],
) -> None:
    old, new = new_store(), new_store()
    metadata.create_all(old)  # as new stores were made before migrations were frozen
    write_meta(old, {"schema_version": str(SCHEMA_VERSION)})
    assert migrate(old, ADDED) == SCHEMA_VERSION
    migrate(new, ADDED)
    assert schema(old) == schema(new)


def test_copy_of_a_store_that_is_not_upgraded_yet_is_of_its_version(
    new_store_url: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_store_url()
    engine = writing_engine(url)
    with engine.begin() as store:
        migrate(store)
        row = {c.name: 7 if isinstance(c.type, sa.BigInteger) else "x" for c in LOADS.columns}
        store.execute(sa.insert(LOADS), [row])
    engine.dispose()
    monkeypatch.setattr(serving_snapshot, "MIGRATIONS", ADDED)  # as the code after an upgrade
    assert copy_store(url, tmp_path / "copy.sqlite")
    copy = writing_engine(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    with copy.begin() as store:
        assert migrate(store, ADDED) == SCHEMA_VERSION
        assert "added" in schema(store)["postings"][0]
        assert store.scalar(sa.select(LOADS.c.expected)) == 7
    copy.dispose()


def test_store_of_a_newer_version_is_not_copied_in_part(
    postgres_server: Any, tmp_path: Path
) -> None:
    url = postgres_server.url(postgres_server.database("newer"))
    engine = writing_engine(url)
    with engine.begin() as store:
        migrate(store)
        write_meta(store, {"schema_version": "99"})
    engine.dispose()
    with pytest.raises(ServingError, match="version 99, this code knows"):
        copy_store(url, tmp_path / "copy.sqlite")
