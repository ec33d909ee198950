"""Small state that must outlive a process: calls made, credits spent, pages paid for.

On one machine, one JSON file per name under ``data_dir/state``. An update holds a lock (``flock``),
writes a temporary file, syncs it to disk and renames it before the block ends: a process that is
killed after a permitted call has already recorded it. Workers on several machines share a database
table with the same interface instead (include/state/table.py, ``TECHPULSE_STATE_URL``).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from include.errors import ConfigurationError
from include.files import make_file, new_file
from include.settings import Settings, get_settings

__all__ = ["StateFile", "StateStore", "open_state"]


class StateStore(Protocol):
    """A JSON object shared by all processes; one of them at a time can change it."""

    def read(self) -> dict[str, Any]:
        """Return the state as last saved, without waiting; empty when there is none yet."""

    def update(self) -> AbstractContextManager[dict[str, Any]]:
        """Lock the state and yield it to be changed in place; save it if the block succeeds."""


def open_state(name: str, settings: Settings | None = None) -> StateStore:
    """Return the state of that name: a file, or a table's row if ``state_url`` is set.

    The content of an existing file becomes the first value of the row.
    """
    settings = settings or get_settings()
    file = StateFile(settings.state_dir / f"{name}.json")
    if not settings.state_url:
        return file
    # Imported late: one machine needs no database driver.
    from include.state.table import StateTable

    return StateTable(settings.state_url, name, first=file.read)


class StateFile:
    """The state of one source, shared by all processes that see the folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def update(self) -> Iterator[dict[str, Any]]:
        """Lock the state and yield it to be changed in place; save it if the block succeeds."""
        # A separate file: the state's own is replaced on each save, and a lock on the old one would
        # no longer exclude anybody. The kernel releases flock when the process dies.
        lock_file = self._path.with_suffix(".lock")
        make_file(lock_file)
        with lock_file.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.read()
            yield state
            self._write(state)

    def read(self) -> dict[str, Any]:
        """Return the state as last saved; empty when there is none yet.

        Raises ConfigurationError for a damaged file: an empty state would spend the budget twice.
        """
        # No lock: the rename below is atomic, so a reader sees the old or the new file.
        try:
            state = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise self._damaged(str(error)) from error
        if not isinstance(state, dict):
            raise self._damaged("it is not a JSON object")
        return state

    def _damaged(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"A state cannot be read ({why})",
            record=self._path,
            next_step="restore it, or delete it: calls, credits, or what was sent, then count from "
            "zero.",
        )

    def _write(self, state: dict[str, Any]) -> None:
        temp_path = self._path.with_name(f".{self._path.name}.{uuid4().hex}")
        try:
            with new_file(temp_path) as file:
                file.write(json.dumps(state, sort_keys=True).encode())
                file.flush()
                # Before the rename: a power cut must not leave a renamed but empty file.
                os.fsync(file.fileno())
            temp_path.replace(self._path)
        finally:
            temp_path.unlink(missing_ok=True)
