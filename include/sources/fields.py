"""Read fields of a board's record in one form; anything uncertain is None."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Sequence
from typing import Any, get_args

from include.postings.places import Place, country_of, find_places
from include.postings.result import Period, Salary
from include.postings.salary import PLAUSIBLE, read_salary
from include.sources.links import is_link
from include.sources.record import Reason
from include.sources.source import UnreadableRecordError

__all__ = [
    "amount",
    "country_named",
    "country_shared",
    "iso_timestamp",
    "key",
    "line",
    "link",
    "salary_between",
    "salary_in_words",
    "text",
    "title",
    "unix_timestamp",
]

_LARGEST_AMOUNT = 1e12  # far beyond any pay; NaN and JSON's 1e999 fail every comparison
# An ISO 4217 code: "EUR".
_CURRENCY = re.compile(r"[A-Z]{3}")
_EPOCHS = (946_684_800, 4_102_444_800)  # the years 2000 to 2100, in Unix seconds
_YEARS = (1999, 2100)
_TITLE_CHARACTERS = 500
# An amount sent as text: "72000", "95.00", "72,000". Bounded digits keep float() finite.
_DECIMAL = re.compile(r"\d{1,15}(?:\.\d{1,6})?|\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?")


def text(payload: dict[str, Any], name: str) -> str | None:
    """Return a text field, stripped; None if it is missing, empty or not a string."""
    value = payload.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def key(payload: dict[str, Any], name: str = "id") -> str:
    """Return a record's own id, a string or an integer, as text; "" if it has none."""
    value = payload.get(name)
    # type(), not isinstance(): true is an int in Python.
    return str(value) if type(value) is int else text(payload, name) or ""


def line(payload: dict[str, Any], name: str) -> str | None:
    """Return a display name on one line, with HTML entities decoded; None if it is missing.

    Decoded twice: boards send "R&amp;D", and some "R&amp;amp;D".
    """
    found = text(payload, name) or ""
    return " ".join(html.unescape(html.unescape(found)).split()) or None


def title(payload: dict[str, Any], name: str = "title") -> str:
    """Return the title on one line, at most 500 characters.

    Raises UnreadableRecordError if there is none.
    """
    found = line(payload, name)
    if not found:
        raise UnreadableRecordError(Reason.NO_TITLE, f"the record has no text in {name!r}")
    return found[:_TITLE_CHARACTERS]


def link(payload: dict[str, Any], *names: str) -> str | None:
    """Return the first of the fields that is an http(s) URL; None if none is."""
    return next((value for name in names if is_link(value := text(payload, name))), None)


def iso_timestamp(value: Any) -> dt.datetime | None:
    """Return an ISO 8601 date or date-time as an aware datetime; None for anything else.

    A value without a zone is read as UTC (docs/sources.md says for which source, and why). Years
    before 2000 or from 2100 on cannot be a posting's and give None.
    """
    try:
        timestamp = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    if not _YEARS[0] < timestamp.year < _YEARS[1]:  # a margin for any zone
        return None
    return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=dt.UTC)


def unix_timestamp(value: Any) -> dt.datetime | None:
    """Return Unix seconds or milliseconds as an aware datetime in UTC; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not _EPOCHS[0] <= value <= _EPOCHS[1] * 1000:
        return None
    # Beyond the year 2100 in seconds, so it must be milliseconds.
    seconds = value / 1000 if value > _EPOCHS[1] else value
    if seconds < _EPOCHS[0]:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def country_named(location: str | None) -> str | None:
    """Return the country that all places in a text share; None if they do not share one."""
    return country_of(find_places(location)) if location else None


def country_shared(places: Sequence[Place]) -> str | None:
    """Return the country that the places share; None if they do not, or if there are none."""
    return country_of(places) if places else None


def salary_in_words(written: str | None) -> Salary | None:
    """Return the salary of a text field such as "$80k - $100k"; None if it is uncertain."""
    return read_salary(written, []) if written else None


def salary_between(low: Any, high: Any, currency: Any, period: Any) -> Salary | None:
    """Return a salary given as numbers; None unless amount, currency and period are present.

    An amount may be a string ("72000", "95.00"); zero means absent. Amounts outside the bounds of
    include/postings/salary.py give None.
    """
    amounts = [found for value in (low, high) if (found := amount(value))]
    if not amounts or period not in get_args(Period):
        return None
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    smallest, largest = PLAUSIBLE[period]
    if not smallest <= min(amounts) <= max(amounts) <= largest:
        return None
    return Salary(round(min(amounts)), round(max(amounts)), currency, period)


def amount(value: Any) -> float | None:
    """Return a number or the number in a string; None for anything else, including infinity."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return float(value.strip().replace(",", ""))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and -_LARGEST_AMOUNT < value < _LARGEST_AMOUNT else None
