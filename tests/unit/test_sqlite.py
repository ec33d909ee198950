"""A SQLite file's first openers all find it in WAL mode, whoever comes first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from include.serving.engine import writing_engine
from include.sqlite import use_wal
from include.state.table import StateTable

_AT_ONCE = 6


def _change_state(url: str) -> None:
    with StateTable(url, "a").update() as state:
        state["n"] = state.get("n", 0) + 1


def _write_store(url: str) -> None:
    engine = writing_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table if not exists t (n)")
    engine.dispose()


@pytest.mark.parametrize("open_new", [_change_state, _write_store])
def test_new_file_may_be_opened_by_many(open_new: Callable[[str], None], tmp_path: Path) -> None:
    start = Barrier(_AT_ONCE)

    def open_it(url: str) -> None:
        start.wait()
        open_new(url)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(open_it, [f"sqlite:///{tmp_path / 'a.sqlite'}"] * _AT_ONCE))


@pytest.mark.parametrize("open_new", [_change_state, _write_store])
def test_new_file_that_another_one_writes_is_waited_for(
    open_new: Callable[[str], None], tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite"
    with closing(_writer_of(path)) as writer, ThreadPoolExecutor(1) as threads:
        opening = threads.submit(open_new, f"sqlite:///{path}")
        with pytest.raises(TimeoutError):
            opening.result(timeout=0.2)
        writer.rollback()
        opening.result()
        assert writer.execute("pragma journal_mode").fetchone() == ("wal",)


def test_file_that_stays_locked_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with (
        closing(_writer_of(path)),
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        use_wal(connection, timeout_seconds=0.1)


def _writer_of(path: Path) -> sqlite3.Connection:
    """A file that is not in WAL mode yet, in the middle of a write."""
    writer = sqlite3.connect(path, check_same_thread=False)
    writer.isolation_level = None
    writer.execute("begin immediate")
    return writer
