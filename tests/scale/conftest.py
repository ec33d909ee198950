"""Both homes of the warehouse: the file, and the lake on a real PostgreSQL and object store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services import ObjectStore, Postgres, object_store, postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[ObjectStore]:
    with object_store() as store:
        yield store
