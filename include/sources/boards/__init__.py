"""Job boards, one module each. A module here with a ``BOARD`` is a source without registration."""

from __future__ import annotations

import pkgutil

__all__ = ["board_names"]


def board_names() -> tuple[str, ...]:
    """Return the boards' names, sorted, without importing them: DAG files call this."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
