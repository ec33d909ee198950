"""Connections to the serving store: SQLite in WAL mode by default, PostgreSQL by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from include.errors import ConfigurationError
from include.files import make_file
from include.sqlite import use_wal

__all__ = ["parsed_url", "reading_engine", "writing_engine"]

# How long a writer waits for another one; in WAL mode readers never wait.
_BUSY_TIMEOUT_SECONDS = 30
_PUBLISH_LOCK = 7_309_454  # arbitrary: nothing else in that database uses it


def writing_engine(url: str) -> sa.Engine:
    """Return an engine whose transactions take the store's write lock when they begin."""
    parsed = parsed_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(parsed)
        if parsed.get_backend_name() == "postgresql":
            sa.event.listen(engine, "begin", _begin_alone)
        return engine
    engine = sa.create_engine(parsed, connect_args={"timeout": _BUSY_TIMEOUT_SECONDS})
    _make_private(engine)
    sa.event.listen(engine, "connect", _prepare_sqlite_writer)
    sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _make_private(engine: sa.Engine) -> None:
    """Create a SQLite file with our files' mode; SQLite gives its WAL the same mode."""
    path = engine.url.database
    if path and path != ":memory:":
        sa.event.listen(engine, "do_connect", lambda *_: make_file(Path(path)))


def reading_engine(url: str) -> sa.Engine:
    """Return a read-only engine; an absent SQLite file raises when a connection is opened."""
    parsed = parsed_url(url)
    if parsed.get_backend_name() != "sqlite":
        # One snapshot for all statements of a transaction, as in SQLite's WAL mode.
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return sa.create_engine(parsed, execution_options=options)
    uri = Path(parsed.database or "").absolute().as_uri() + "?mode=ro"
    engine = sa.create_engine(
        "sqlite://",
        connect_args={"timeout": _BUSY_TIMEOUT_SECONDS},
        creator=lambda: _open_read_only(uri),
        poolclass=sa.pool.QueuePool,
    )
    sa.event.listen(engine, "begin", _begin)
    return engine


def parsed_url(url: str) -> sa.URL:
    """Return the store's parsed URL; raise ConfigurationError if it is invalid."""
    try:
        return make_url(url)
    except sa.exc.ArgumentError as error:
        raise ConfigurationError(
            "The URL of the serving store is not a SQLAlchemy URL.",
            next_step="set TECHPULSE_SERVING_URL to a SQLAlchemy URL, or leave it out.",
        ) from error


def _open_read_only(uri: str) -> Any:
    import sqlite3

    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_TIMEOUT_SECONDS, check_same_thread=False
    )
    connection.isolation_level = None
    return connection


def _prepare_sqlite_writer(dbapi_connection: Any, _record: Any) -> None:
    # The driver would commit before DDL: a crash could leave a migration half done.
    dbapi_connection.isolation_level = None
    use_wal(dbapi_connection, timeout_seconds=_BUSY_TIMEOUT_SECONDS)
    # In WAL mode "normal" risks the last commit in a power cut, never the file: publish again.
    dbapi_connection.execute("pragma synchronous = normal")


def _begin_immediate(connection: sa.Connection) -> None:
    # Take the write lock now: upgrading a read transaction later fails if another one wrote.
    connection.exec_driver_sql("begin immediate")


def _begin_alone(connection: sa.Connection) -> None:
    # Of two concurrent publishes the second waits, then compares with the first one's result.
    connection.exec_driver_sql(f"select pg_advisory_xact_lock({_PUBLISH_LOCK})")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("begin")
