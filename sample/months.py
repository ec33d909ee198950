"""Months, thread ids and the special cases of the account's history."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from functools import cache

__all__ = [
    "FIRST_MONTH",
    "LAST_MONTH",
    "POSTED_BY_ANOTHER",
    "first_weekday_epoch",
    "month_index",
    "month_name",
    "months_between",
    "spoken",
    "thread_id",
]

FIRST_MONTH = "2011-04"
LAST_MONTH = "2026-10"

# The real thread ids at which the generated ones are pinned; ids between are interpolated. The
# four months that no listing of the account shows must have their real ids: the pipeline knows
# them from a table.
_ANCHORS = (
    ("2011-04", 2396027),
    ("2011-07", 2719028),
    ("2011-12", 3300290),
    ("2015-04", 9303396),
    ("2015-05", 9471287),
    ("2026-10", 49922569),
)
POSTED_BY_ANOTHER = {
    "2011-07": "hiring_helper",
    "2011-12": "another_user",
    "2015-04": "hiring_helper",
    "2015-05": "hiring_helper",
}
_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def month_index(month: str) -> int:
    """Return the number of months since year 0 of a month such as ``2016-03``."""
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def month_name(index: int) -> str:
    """Return the month with this index, such as ``2016-03``."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def spoken(month: str) -> str:
    """Return the month as titles write it, such as ``March 2016``."""
    year, number = month.split("-")
    return f"{_NAMES[int(number) - 1]} {year}"


def months_between(first: str, last: str) -> list[str]:
    """Return all months from the first to the last, both included."""
    return [month_name(index) for index in range(month_index(first), month_index(last) + 1)]


@cache
def thread_id(index: int) -> int:
    """Return the id of the month's thread; ids rise by 107,000 a month or more."""
    points = [(month_index(month), item_id) for month, item_id in _ANCHORS]
    left = min(max(bisect_right(points, (index, 1 << 60)) - 1, 0), len(points) - 2)
    (index_a, id_a), (index_b, id_b) = points[left], points[left + 1]
    return id_a + (id_b - id_a) * (index - index_a) // (index_b - index_a)


@cache
def first_weekday_epoch(index: int) -> int:
    """Return 15:00 UTC of the month's first weekday, in seconds since 1970."""
    day = dt.datetime(index // 12, index % 12 + 1, 1, 15, tzinfo=dt.UTC)
    while day.weekday() >= 5:
        day += dt.timedelta(days=1)
    return int(day.timestamp())
