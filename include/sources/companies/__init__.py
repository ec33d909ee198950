"""Applicant tracking systems, a module each with a ``SYSTEM``; no other list exists."""

from __future__ import annotations

import pkgutil

__all__ = ["system_names"]


def system_names() -> tuple[str, ...]:
    """Return the systems' names, sorted, without importing them: DAG files call this."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
