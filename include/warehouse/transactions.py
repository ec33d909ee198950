"""One transaction: all of it, or nothing; and whether it may be tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

__all__ = ["is_conflict", "transaction"]


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what happens inside, or none of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def is_conflict(error: duckdb.Error) -> bool:
    """Whether another writer of the same lake was first: run again, the transaction may succeed.

    DuckLake says so by the message alone
    (https://ducklake.select/docs/stable/duckdb/advanced_features/conflict_resolution).
    """
    told = str(error).lower()
    return isinstance(error, duckdb.TransactionException) and (
        "conflict" in told or "retry count" in told
    )
