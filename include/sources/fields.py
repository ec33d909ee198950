"""Reading the fields of a board's record: only what is certain, in one form."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any, get_args

from include.postings.places import country_of, find_places
from include.postings.result import Period, Salary
from include.postings.salary import PLAUSIBLE, read_salary
from include.sources.links import is_link
from include.sources.record import Reason
from include.sources.source import UnreadableRecordError

__all__ = [
    "country_named",
    "iso_moment",
    "key",
    "line",
    "link",
    "salary_between",
    "salary_in_words",
    "text",
    "title",
    "unix_moment",
]

_LARGEST_AMOUNT = 1e12  # far beyond any pay; NaN and JSON's 1e999 fail every comparison
_CURRENCY = re.compile(r"[A-Z]{3}")
_EPOCHS = (946_684_800, 4_102_444_800)  # the years 2000 to 2100
_YEARS = (1999, 2100)
_TITLE_CHARACTERS = 500
_DECIMAL = re.compile(r"\d{1,15}(?:\.\d{1,6})?|\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?")


def text(payload: dict[str, Any], name: str) -> str | None:
    """Return a text field without blanks around it; None when it is missing, empty or no text."""
    value = payload.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def key(payload: dict[str, Any], name: str = "id") -> str:
    """Return a record's own id, a text or a number; "" where there is none."""
    value = payload.get(name)
    return str(value) if type(value) is int else text(payload, name) or ""


def line(payload: dict[str, Any], name: str) -> str | None:
    """Return a name for people on one line, its entities as characters; None where there is none.

    Boards send "R&amp;D", and some "R&amp;amp;D".
    """
    found = text(payload, name) or ""
    return " ".join(html.unescape(html.unescape(found)).split()) or None


def title(payload: dict[str, Any], name: str = "title") -> str:
    """Return the title on one line; raise UnreadableRecordError where there is none."""
    found = line(payload, name)
    if not found:
        raise UnreadableRecordError(Reason.NO_TITLE, f"the record has no text in {name!r}")
    return found[:_TITLE_CHARACTERS]


def link(payload: dict[str, Any], *names: str) -> str | None:
    """Return the first of the fields that is a web address."""
    return next((value for name in names if is_link(value := text(payload, name))), None)


def iso_moment(value: Any) -> dt.datetime | None:
    """Return an ISO 8601 date or date-time as an aware one, None for anything else.

    One without a zone is taken as UTC (docs/sources.md says of which source, and why). One before
    2000 or after 2100 is no date of a posting.
    """
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    if not _YEARS[0] < moment.year < _YEARS[1]:  # with a day to spare for any zone
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def unix_moment(value: Any) -> dt.datetime | None:
    """Return Unix seconds, or milliseconds, as an aware date-time; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not _EPOCHS[0] <= value <= _EPOCHS[1] * 1000:
        return None
    seconds = value / 1000 if value > _EPOCHS[1] else value
    if seconds < _EPOCHS[0]:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def country_named(location: str | None) -> str | None:
    """Return the country that all the places of a text are in, None when that is not certain."""
    return country_of(find_places(location)) if location else None


def salary_in_words(written: str | None) -> Salary | None:
    """Return the numbers of a salary field, as "$80k - $100k"; None when they are not certain."""
    return read_salary(written, []) if written else None


def salary_between(low: Any, high: Any, currency: Any, period: Any) -> Salary | None:
    """Return a salary given as numbers; None unless amount, currency and period are all given.

    An amount may be a text ("72000", "95.00"); one that is zero is not given. What cannot be base
    pay by include/postings/salary.py is none here either.
    """
    amounts = [amount for value in (low, high) if (amount := _amount(value))]
    if not amounts or period not in get_args(Period):
        return None
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    smallest, largest = PLAUSIBLE[period]
    if not smallest <= min(amounts) <= max(amounts) <= largest:
        return None
    return Salary(round(min(amounts)), round(max(amounts)), currency, period)


def _amount(value: Any) -> float | None:
    """Return a number, or what a text writes as one; None for anything else, infinity too."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return float(value.strip().replace(",", ""))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and -_LARGEST_AMOUNT < value < _LARGEST_AMOUNT else None
