"""Shared state in a database, for workers on several machines: one row per name.

An update locks its row, so that two workers never spend the same credit: PostgreSQL locks the row
(https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS), SQLite its whole file.
When a worker is killed, its connection ends, which releases the lock and rolls back the change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from include.errors import ConfigurationError, StoreUnavailableError
from include.files import make_file
from include.sqlite import use_wal

__all__ = ["StateTable"]

_BUSY_TIMEOUT_SECONDS = 30  # an update takes milliseconds: nothing else is asked within it

_metadata = sa.MetaData()
_STATE = sa.Table(
    "techpulse_state",
    _metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
# "do nothing": two workers may insert the first value at once; the second then reads the first's.
_ADD = sa.text(
    "insert into techpulse_state (name, value) values (:name, :value) on conflict (name) do nothing"
)


class StateTable:
    """The state of that name in the database at ``url``; ``first`` returns its initial value."""

    def __init__(self, url: str, name: str, *, first: Callable[[], dict[str, Any]] = dict) -> None:
        self._url, self._name, self._first = url, name, first

    @contextmanager
    def update(self) -> Iterator[dict[str, Any]]:
        """Lock the state and yield it to be changed in place; save it if the block succeeds.

        Raises StoreUnavailableError, before the block, when the database does not answer.
        """
        # One transaction from lock to save: "for update" holds the row until the commit.
        with self._transaction() as connection:
            row = sa.select(_STATE.c.value).where(_STATE.c.name == self._name).with_for_update()
            value = connection.scalar(row)
            if value is None:
                first = json.dumps(self._first(), sort_keys=True)
                connection.execute(_ADD, {"name": self._name, "value": first})
                # Select again: there was no row to lock before, and another worker may have won.
                value = connection.scalar(row)
            state = self._parsed(value)
            yield state
            saved = {"value": json.dumps(state, sort_keys=True)}
            connection.execute(sa.update(_STATE).where(_STATE.c.name == self._name).values(saved))

    def read(self) -> dict[str, Any]:
        """Return the state as last saved, without waiting for a lock."""
        with self._transaction(writing=False) as connection:
            value = connection.scalar(sa.select(_STATE.c.value).where(_STATE.c.name == self._name))
        return self._first() if value is None else self._parsed(value)

    def _parsed(self, value: str | None) -> dict[str, Any]:
        state = json.loads(value or "null")
        if not isinstance(state, dict):
            raise ConfigurationError(
                "A state is not a JSON object",
                record=f"techpulse_state {self._name}",
                next_step="restore the row, or delete it: calls, credits, or what was sent, then "
                "count from zero.",
            )
        return state

    @contextmanager
    def _transaction(self, *, writing: bool = True) -> Iterator[sa.Connection]:
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(_engine(self._url).connect())
                connection.execution_options(techpulse_writing=writing)
                stack.enter_context(connection.begin())
            except sa.exc.OperationalError as error:
                raise StoreUnavailableError(
                    "The database of the sources' state does not answer",
                    record=sa.make_url(self._url).render_as_string(hide_password=True),
                    next_step="see whether it is up, TECHPULSE_STATE_URL is right, and no process "
                    f"holds its lock for more than {_BUSY_TIMEOUT_SECONDS} s.",
                ) from error
            # Outside the try: an error of the block is the caller's, not the database's.
            yield connection


@cache
def _engine(url: str) -> sa.Engine:
    """Return an engine whose table exists; no pool, so that forks do not share connections."""
    engine = sa.create_engine(_parsed_url(url), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        if path := engine.url.database:
            sa.event.listen(engine, "do_connect", lambda *_: make_file(Path(path)))
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    if not sa.inspect(engine).has_table(_STATE.name):
        with engine.begin() as connection:
            # "create table" is not safe against another one in PostgreSQL: the second may fail. The
            # number is arbitrary; nothing else in that database locks it.
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("select pg_advisory_xact_lock(7309453)"))
            _metadata.create_all(connection)
    return engine


def _parsed_url(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigurationError(
            "The URL of the sources' state is not a SQLAlchemy URL.",
            record="TECHPULSE_STATE_URL",
            next_step="set it to a SQLAlchemy URL, or leave it out.",
        ) from None


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    # The driver begins a transaction at the first write: too late to lock what was read before.
    dbapi_connection.isolation_level = None
    dbapi_connection.execute(f"pragma busy_timeout = {_BUSY_TIMEOUT_SECONDS * 1000}")
    use_wal(dbapi_connection, timeout_seconds=_BUSY_TIMEOUT_SECONDS)


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("techpulse_writing", True)
    # "immediate" takes the write lock now; upgrading from a read lock later could deadlock.
    connection.exec_driver_sql("begin immediate" if writing else "begin")
