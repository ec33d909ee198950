"""Job boards, a module or package each. One with a ``BOARD`` is a source; no other list exists."""

from __future__ import annotations

import pkgutil

__all__ = ["board_names"]


def board_names() -> tuple[str, ...]:
    """Return the boards' names, sorted, without importing them: DAG files call this."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
