"""A small warehouse and its published store, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from include.serving.publish import publish
from sample.gold.postings import GoldSize, fill_gold

SIZE = GoldSize(postings=120, first=date(2025, 6, 1), last=date(2025, 9, 1), technologies=80)


@pytest.fixture(scope="package")
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
def published(filled: Path, new_store_url: Callable[[], str]) -> str:
    """The store of that warehouse, to copy."""
    url = new_store_url()
    with duckdb.connect(str(filled)) as warehouse:
        publish(warehouse, url)
    return url


@pytest.fixture
def store_url(published: str, copy_of_store: Callable[[str], str]) -> str:
    return copy_of_store(published)
