"""State that knows while it is locked: nothing else may be asked within its lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from include.state.store import StateFile

__all__ = ["WatchedState"]


class WatchedState(StateFile):
    """A state's file; ``is_locked`` within an update."""

    is_locked = False

    @contextmanager
    def update(self) -> Iterator[dict[str, Any]]:
        with super().update() as state:
            self.is_locked = True
            try:
                yield state
            finally:
                self.is_locked = False
