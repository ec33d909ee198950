"""Transactions, and which of their errors a retry may resolve."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

__all__ = ["is_conflict", "transaction"]


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit the block's changes, or roll all of them back if it raises."""
    connection.begin()
    try:
        yield
    except BaseException:  # KeyboardInterrupt and Airflow's task timeout, too
        connection.rollback()
        raise
    connection.commit()


def is_conflict(error: duckdb.Error) -> bool:
    """Return whether another writer of the same lake committed first: a retry may succeed.

    Only DuckLake's message says so
    (https://ducklake.select/docs/stable/duckdb/advanced_features/conflict_resolution).
    """
    message = str(error).lower()
    return isinstance(error, duckdb.TransactionException) and (
        "conflict" in message or "retry count" in message
    )
