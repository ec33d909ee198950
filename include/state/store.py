"""Small facts that must outlive a process: calls made, credits spent, pages paid for.

On one machine, one JSON file a source under ``data_dir/state``. It is changed under a lock
(``flock``), written aside and renamed, and on the disk before the block ends: whoever is killed
after it has been told "go" has left its mark. Workers on many machines share a table instead
(include/state/table.py), named by ``TECHPULSE_STATE_URL``; it is used in the same way.
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
    """A JSON object that all processes share, changed by one of them at a time."""

    def read(self) -> dict[str, Any]:
        """Return the state as last saved; empty when there is none yet."""

    def update(self) -> AbstractContextManager[dict[str, Any]]:
        """Give the state to be changed in place; it is saved when the block ends without error."""


def open_state(name: str, settings: Settings | None = None) -> StateStore:
    """Return the state of that name, where the settings keep it.

    What a machine has kept in a file before there was a table goes into the table, once.
    """
    settings = settings or get_settings()
    file = StateFile(settings.state_dir / f"{name}.json")
    if not settings.state_url:
        return file
    # One machine needs no database driver.
    from include.state.table import StateTable

    return StateTable(settings.state_url, name, first=file.read)


class StateFile:
    """The state of one source, shared by all processes that see the folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def update(self) -> Iterator[dict[str, Any]]:
        """Give the state to be changed in place; it is saved when the block ends without error."""
        lock_file = self._path.with_suffix(".lock")
        make_file(lock_file)
        with lock_file.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.read()
            yield state
            self._write(state)

    def read(self) -> dict[str, Any]:
        """Return the state as last saved; empty when there is none yet.

        Raises ConfigurationError for a file that is no JSON object: what was spent is not known.
        """
        try:
            state = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise self._damaged(str(error)) from error
        if not isinstance(state, dict):
            raise self._damaged("it is no JSON object")
        return state

    def _damaged(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"The state of a source cannot be read ({why})",
            record=self._path,
            next_step="restore it, or delete it: calls and credits are then counted from zero.",
        )

    def _write(self, state: dict[str, Any]) -> None:
        aside = self._path.with_name(f".{self._path.name}.{uuid4().hex}")
        try:
            with new_file(aside) as file:
                file.write(json.dumps(state, sort_keys=True).encode())
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._path)
        finally:
            aside.unlink(missing_ok=True)
