"""When each company was seen first and last, whatever a filter selects."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property

from include.insights.index.bitmaps import bits_at

__all__ = ["Seen"]


class Seen:
    """The numbers of the first and the last month by company; ``unknown`` where there is none."""

    def __init__(
        self, companies: Sequence[int], months: Sequence[int], unknown: int, size: int
    ) -> None:
        self._companies = companies
        self._months = months
        self._size = size
        count = max(companies, default=0) + 1
        self.first = array("H", [unknown]) * count
        self.last = array("H", [unknown]) * count
        for company, month in zip(companies, months, strict=True):
            if month < self.first[company]:
                self.first[company] = month
            if month != unknown and (self.last[company] == unknown or month > self.last[company]):
                self.last[company] = month

    @cached_property
    def first_time(self) -> int:
        """The jobs in the first month of their company, as bits."""
        numbered = enumerate(zip(self._companies, self._months, strict=True))
        firsts = (at for at, (company, month) in numbered if month == self.first[company])
        return bits_at([firsts], self._size)
