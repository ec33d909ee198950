"""One file, or one package, a job board: with a ``BOARD`` it is a source; nothing else lists it."""

from __future__ import annotations

import pkgutil

__all__ = ["board_names"]


def board_names() -> tuple[str, ...]:
    """Return the boards' names, sorted. Imports none of them: DAG files call it."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
