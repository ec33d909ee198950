"""What a finding consists of, and how its numbers are written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from include.insights.counted import FULL
from include.insights.statistics.changes import Difference
from include.insights.statistics.intervals import Interval

__all__ = [
    "Finding",
    "Share",
    "Table",
    "joined",
    "money",
    "per_cent",
    "points",
    "verb",
]


@dataclass(frozen=True)
class Share:
    """A count of a total, and the 95 % interval of the share, in fractions of 1."""

    count: int
    total: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share, 0 without a total."""
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True)
class Table:
    """A table of a finding; the first column names the row."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Finding:
    """An answer in sentences, with the tables below it; its texts are in texts.toml."""

    key: str
    answer: str
    counted: str
    """What is counted, in one line."""
    tables: Sequence[Table] = ()

    @property
    def question(self) -> str:
        """The question that is answered."""
        return str(_texts()[self.key]["question"])

    @property
    def method(self) -> str:
        """What is counted and estimated, and how."""
        return _text(_texts()[self.key]["method"])

    @property
    def others(self) -> list[str]:
        """Figures of others with source and date, and why they differ."""
        return [_text(one) for one in _texts()[self.key]["others"]]


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


def _text(template: str) -> str:
    return template.format(**_texts()["phrases"])


def per_cent(share: Share) -> str:
    """Return a share with its interval; a dash where there is too little to say."""
    if share.total < FULL:
        return "-"
    low, high = 100 * share.low, 100 * share.high
    return f"{100 * share.share:.1f} % ({low:.1f} to {high:.1f})"


def points(change: Difference) -> str:
    """Return a change of a share in percentage points, with its interval."""
    value, low, high = (100 * one for one in (change.change, change.low, change.high))
    return f"{value:+.1f} points ({low:+.1f} to {high:+.1f})"


def verb(change: Difference) -> str:
    """Return what a share did; only an interval that leaves zero is a change."""
    if change.low <= 0 <= change.high:
        return "did not change beyond noise"
    return "rose" if change.change > 0 else "fell"


def money(median: float, interval: Interval | None) -> str:
    """Return a median of dollars a year with its interval."""
    if interval is None:
        return f"${median:,.0f}"
    return f"${median:,.0f} ({interval.low:,.0f} to {interval.high:,.0f})"


def joined(parts: Sequence[str]) -> str:
    """Return a list of words in English."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
