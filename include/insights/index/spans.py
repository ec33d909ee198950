"""When the jobs of companies' boards opened, closed and were seen, by position."""

from __future__ import annotations

from array import array
from collections import Counter
from datetime import date, timedelta
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from include.insights.index.bitmaps import Bitmaps, array_of, bits_at, flags_of

__all__ = ["Lives", "Spans", "Week", "monday"]

_FIRST_MONDAY = date(1969, 12, 29)
_EPOCH = date(1970, 1, 1)
_COLUMNS = {"weeks": 5, "lives": 5, "left_out": 1, "boards": 2, "read": 1}


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
    """Spans and lives of include/serving/facet_spans.py, read when first used."""

    def __init__(self, bitmaps: Bitmaps) -> None:
        self._bitmaps = bitmaps
        self._kept: dict[str, list[array[int]]] = {}
        self._size = bitmaps.get("set", "all").bit_length()

    @cached_property
    def all(self) -> int:
        """The jobs that a company's board shows or has shown, as bits."""
        return bits_at([self._columns("weeks")[0]], self._size)

    def weeks(self, bits: int) -> list[Week]:
        """Return the weeks in which a job of a set is open, opens or closes, oldest first."""
        chosen = self._chosen(bits, "weeks")
        begin, end, opened, closed = self._counts("weeks", chosen)
        boards = dict(zip(*self._columns("boards"), strict=True))
        numbers = [week for week in (*begin, *end, *opened, *closed) if week]
        found, running = [], 0
        for week in range(min(numbers, default=0), max(numbers, default=-1) + 1):
            running += begin[week] - end[week]
            if running or opened[week] or closed[week]:
                counts = (running, opened[week], closed[week], boards.get(week, 0))
                found.append(Week(week, *counts))
        return found

    def lives(self, bits: int) -> Lives:
        """Return how long the jobs of a set were open."""
        entered, left, closed, late = self._counts("lives", self._chosen(bits, "lives"))
        del closed[0]
        return Lives(entered, left, closed, late[1], sum(self._chosen(bits, "left_out")))

    @cached_property
    def read_until(self) -> date:
        """The day that boards were read last."""
        (found,) = self._columns("read")
        return _EPOCH + timedelta(days=found[0] if found else 0)

    def _chosen(self, bits: int, name: str) -> bytes:
        """Return one byte a row, 1 where its position is in the set."""
        positions = self._columns(name)[0]
        return bytes(map(flags_of(bits, self._size).__getitem__, positions))

    def _counts(self, name: str, chosen: bytes) -> list[Counter[int]]:
        """Return how often each number occurs in the columns but the first, of the chosen rows."""
        # compress and Counter run in C: half a million rows take some 30 ms a column.
        return [Counter(compress(column, chosen)) for column in self._columns(name)[1:]]

    def _columns(self, name: str) -> list[array[int]]:
        if name not in self._kept:
            values = array_of("I", self._bitmaps.payload("spans", name))
            rows = len(values) // _COLUMNS[name]
            self._kept[name] = [values[at * rows : (at + 1) * rows] for at in range(_COLUMNS[name])]
        return self._kept[name]
