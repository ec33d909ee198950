"""A small warehouse and its published store, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from include.serving.publish import publish
from sample.gold.postings import GoldSize, fill_gold
from tests.stores import NewStores

_WORDS_OF_SQLITE = """
    select t.posting_id, t.text_hash, v.term, v.offset from temp.vocabulary as v
    left join posting_texts as t on t.number = v.doc where instr(v.term, '_') = 0 order by 1, 4
"""
_WORDS_OF_POSTGRESQL = """
    select t.posting_id, t.text_hash, w.words from text_index as w
    left join posting_texts as t on t.number = w.number order by 1
"""
SIZE = GoldSize(postings=120, first=date(2025, 6, 1), last=date(2025, 9, 1), technologies=80)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse to copy."""
    path = tmp_path_factory.mktemp("filled") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        fill_gold(connection, SIZE)
    return path


@pytest.fixture
def warehouse(filled: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path = shutil.copy(filled, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(path)) as connection:
        yield connection


@pytest.fixture(scope="package")
def published(filled: Path, new_store_url: NewStores) -> str:
    """The store of that warehouse, to copy."""

    def fill(url: str) -> None:
        with duckdb.connect(str(filled)) as warehouse:
            publish(warehouse, url)

    return new_store_url.once("serving", fill)


@pytest.fixture
def store_url(published: str, copy_of_store: Callable[[str], str]) -> str:
    return copy_of_store(published)


def indexed_words(connection: sa.Connection) -> list[tuple[object, ...]]:
    """Return the id, the hash and the words of each posting, as the text index has them.

    Words of a number that no posting has are found, too: without an id.
    """
    if connection.dialect.name == "postgresql":
        return [
            (*row[:2], row[2].split()) for row in connection.exec_driver_sql(_WORDS_OF_POSTGRESQL)
        ]
    connection.exec_driver_sql(
        "create virtual table temp.vocabulary using fts5vocab (main, text_index, instance)"
    )
    words: dict[tuple[object, ...], list[str]] = {}
    for *posting, term, _ in connection.exec_driver_sql(_WORDS_OF_SQLITE):
        words.setdefault(tuple(posting), []).append(term)
    connection.exec_driver_sql("drop table temp.vocabulary")
    return [(*posting, found) for posting, found in words.items()]
