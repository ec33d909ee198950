"""Findings of the doctor's checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Level", "fail", "ok", "warn"]


class Level(StrEnum):
    """How bad it is: ``fail`` is wrong now, ``warn`` will be or may be."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's answer; ``fix`` says what to do, "" where nothing is."""

    check: str
    level: Level
    message: str
    fix: str = ""


def ok(check: str, message: str) -> Finding:
    """Return the finding of a check that passed."""
    return Finding(check, Level.OK, message)


def warn(check: str, message: str, fix: str) -> Finding:
    """Return a finding that may become a failure."""
    return Finding(check, Level.WARN, message, fix)


def fail(check: str, message: str, fix: str) -> Finding:
    """Return the finding of a check that failed."""
    return Finding(check, Level.FAIL, message, fix)
