"""What a check has found."""

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
    """Return that all is well."""
    return Finding(check, Level.OK, message)


def warn(check: str, message: str, fix: str) -> Finding:
    """Return something that may become wrong."""
    return Finding(check, Level.WARN, message, fix)


def fail(check: str, message: str, fix: str) -> Finding:
    """Return something that is wrong."""
    return Finding(check, Level.FAIL, message, fix)
