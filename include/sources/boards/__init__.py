"""One file a job board. A module here with a ``BOARD`` is a source; nothing else lists it."""

from __future__ import annotations

import pkgutil

__all__ = ["board_names"]


def board_names() -> tuple[str, ...]:
    """Return the boards' names, sorted. Imports none of them: DAG files call it."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
