"""SQLite's WAL mode, for files that several processes open at once."""

from __future__ import annotations

import sqlite3

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

__all__ = ["use_wal"]


def use_wal(connection: sqlite3.Connection, *, timeout_seconds: float) -> None:
    """Put the connection's file into WAL mode, unless it is; wait for others that use it.

    Raises sqlite3.OperationalError when the file stays locked for ``timeout_seconds``.
    """
    # The first switch of a new file upgrades a lock, and SQLite never waits in an upgrade, lest two
    # wait for each other: its busy timeout has no effect while another one writes or switches.
    # https://www.sqlite.org/c3ref/busy_handler.html
    for attempt in Retrying(
        retry=retry_if_exception(_is_busy),
        stop=stop_after_delay(timeout_seconds),
        wait=wait_random(0.005, 0.05),
        reraise=True,
    ):
        with attempt:
            connection.execute("pragma journal_mode = wal")


def _is_busy(error: BaseException) -> bool:
    # The low byte is the kind; the others say which lock: https://www.sqlite.org/rescode.html
    return (
        isinstance(error, sqlite3.OperationalError)
        and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    )
