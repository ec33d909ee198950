"""Both homes of the warehouse: the file, and the lake on a real PostgreSQL and object store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from include.settings import Settings
from sample.services import ObjectStore, Postgres, object_store


@pytest.fixture(scope="session")
def s3_server() -> Iterator[ObjectStore]:
    with object_store() as store:
        yield store


def empty_lake(server: Postgres, folder: Path) -> Settings:
    """Settings of an empty lake, its data in a folder."""
    return Settings(
        data_dir=folder / "data",
        warehouse_uri=server.lake_uri(server.database("lake")),
        warehouse_data_path=str(folder / "lake"),
    )


@pytest.fixture
def lake(postgres_server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty lake for one test."""
    monkeypatch.setenv("PGPASSWORD", postgres_server.password)
    return empty_lake(postgres_server, tmp_path)


@pytest.fixture(scope="module")
def module_lake(
    postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """An empty lake for all tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", postgres_server.password)
        yield empty_lake(postgres_server, tmp_path_factory.mktemp("lake"))
