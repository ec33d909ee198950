"""Both homes of the warehouse: the file, and the lake on a real PostgreSQL and object store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from include.settings import Settings
from tests.services import ObjectStore, Postgres, object_store, postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[ObjectStore]:
    with object_store() as store:
        yield store


@pytest.fixture
def lake(postgres_server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an empty lake, its data in a folder."""
    for name, value in postgres_server.environment().items():
        monkeypatch.setenv(name, value)
    return Settings(
        data_dir=tmp_path / "data",
        warehouse_uri=postgres_server.lake_uri(postgres_server.database("lake")),
        warehouse_data_path=str(tmp_path / "lake"),
    )
