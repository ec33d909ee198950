"""A calendar month: the partition of Hacker News data."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from include.errors import ConfigurationError

__all__ = ["FIRST_MONTH", "Month"]

_KEY = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_SATURDAY = 5


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A month of the proleptic Gregorian calendar; its key is ``YYYY-MM``."""

    year: int
    month: int

    @classmethod
    def parse(cls, key: str) -> Month:
        """Return the month that ``YYYY-MM`` names.

        Raises ConfigurationError for any other text.
        """
        match = _KEY.fullmatch(key.strip())
        if not match:
            raise ConfigurationError(
                "Not a month", record=key, next_step="write it as YYYY-MM, for example 2026-05."
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, timestamp: dt.datetime) -> Month:
        """Return the month of ``timestamp`` (aware) in UTC."""
        utc = timestamp.astimezone(dt.UTC)
        return cls(utc.year, utc.month)

    @property
    def key(self) -> str:
        """``YYYY-MM``."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def start(self) -> dt.datetime:
        """First instant, UTC."""
        return dt.datetime(self.year, self.month, 1, tzinfo=dt.UTC)

    @property
    def next(self) -> Month:
        """The month after this one."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> Month:
        """The month before this one."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def first_weekday(self) -> dt.date:
        """The first day that is not a Saturday or Sunday."""
        first = self.start.date()
        days_off = 7 - first.weekday() if first.weekday() >= _SATURDAY else 0
        return first + dt.timedelta(days=days_off)

    def __str__(self) -> str:
        return self.key


FIRST_MONTH = Month(2011, 4)
"""The first "Who is hiring?" thread by the account whoishiring is of April 2011."""
