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
    """One line of the doctor's answer; ``mend`` says what to do, "" where nothing is."""

    check: str
    level: Level
    told: str
    mend: str = ""


def ok(check: str, told: str) -> Finding:
    """Return that all is well."""
    return Finding(check, Level.OK, told)


def warn(check: str, told: str, mend: str) -> Finding:
    """Return something that may become wrong."""
    return Finding(check, Level.WARN, told, mend)


def fail(check: str, told: str, mend: str) -> Finding:
    """Return something that is wrong."""
    return Finding(check, Level.FAIL, told, mend)
