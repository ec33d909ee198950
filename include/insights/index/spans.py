"""When the jobs of companies' boards opened, closed and were seen, by position."""

from __future__ import annotations

from array import array
from collections import Counter
from datetime import date, timedelta
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from include.insights.index.bitmaps import Bitmaps, array_of, bits_at, flags_of
from include.serving.facet_spans import CLOSED, COUNTED, LATE

__all__ = ["Lives", "Spans", "Week", "monday"]

_FIRST_MONDAY = date(1969, 12, 29)
_EPOCH = date(1970, 1, 1)


class Week(NamedTuple):
    """The number of a week, and its jobs and boards."""

    number: int
    open: int
    opened: int
    closed: int
    boards: int


class Lives(NamedTuple):
    """How long jobs were open: counts by age in days, and of jobs."""

    entered: Counter[int]
    left: Counter[int]
    closed: Counter[int]
    late: int
    left_out: int


def monday(week: int) -> date:
    """Return the first day of a week."""
    return _FIRST_MONDAY + timedelta(days=7 * week)


class Spans:
    """Spans and lives of include/serving/facet_spans.py, read when first used.

    A set is one byte a span or life, 1 where its job is in it: counting stays in C.
    """

    def __init__(self, bitmaps: Bitmaps) -> None:
        self._bitmaps = bitmaps
        self._kept: dict[str, list[array[int]]] = {}
        self._size = bitmaps.get("set", "all").bit_length()

    @cached_property
    def all(self) -> int:
        """The jobs that a company's board shows or has shown, as bits."""
        return bits_at([self._columns("weeks", 5)[0]], self._size)

    def weeks(self, bits: int) -> list[Week]:
        """Return the weeks in which a job of a set is open, opens or closes, oldest first."""
        positions, counted, last, opened, closed = self._columns("weeks", 5)
        chosen = self._chosen(bits, positions)
        open_now = bytes(map(int.__le__, counted, last))
        shown = bytes(map(int.__and__, chosen, open_now))
        changes = Counter(compress(counted, shown))
        changes.subtract(week + 1 for week in compress(last, shown))
        opens, closes = (Counter(compress(column, chosen)) for column in (opened, closed))
        boards = dict(zip(*self._columns("boards", 2), strict=True))
        found, running = [], 0
        numbers = [week for week in (*changes, *opens, *closes) if week]
        for week in range(min(numbers, default=0), max(numbers, default=-1) + 1):
            running += changes[week]
            if running or opens[week] or closes[week]:
                counts = (running, opens[week], closes[week], boards.get(week, 0))
                found.append(Week(week, *counts))
        return found

    def lives(self, bits: int) -> Lives:
        """Return how long the jobs of a set were open."""
        positions, entered, left, flags = self._columns("lives", 4)
        chosen = self._chosen(bits, positions)
        kinds = Counter(compress(flags, chosen))
        counted, closed = (
            bytes(
                is_in and flag & wanted == wanted for is_in, flag in zip(chosen, flags, strict=True)
            )
            for wanted in (COUNTED, COUNTED | CLOSED)
        )
        return Lives(
            entered=Counter(compress(entered, counted)),
            left=Counter(compress(left, counted)),
            closed=Counter(compress(left, closed)),
            late=sum(n for kind, n in kinds.items() if kind & COUNTED and kind & LATE),
            left_out=sum(n for kind, n in kinds.items() if not kind & COUNTED),
        )

    @cached_property
    def read_until(self) -> date:
        """The day that boards were read last."""
        (found,) = self._columns("read", 1)
        return _EPOCH + timedelta(days=found[0] if found else 0)

    def _chosen(self, bits: int, positions: array[int]) -> bytes:
        return bytes(map(flags_of(bits, self._size).__getitem__, positions))

    def _columns(self, name: str, number: int) -> list[array[int]]:
        if name not in self._kept:
            values = array_of("I", self._bitmaps.payload("spans", name))
            rows = len(values) // number
            self._kept[name] = [values[at * rows : (at + 1) * rows] for at in range(number)]
        return self._kept[name]
