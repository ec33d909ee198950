"""Reading the fields of a board's record: only what is certain, in one form."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any, get_args

from include.postings.places import country_of, find_places
from include.postings.reading import Period, Salary
from include.postings.salary import read_salary
from include.sources.links import is_link
from include.sources.record import Reason
from include.sources.source import UnreadableRecordError

__all__ = [
    "country_named",
    "iso_moment",
    "link",
    "salary_between",
    "salary_in_words",
    "text",
    "title",
    "unix_moment",
]

_CURRENCY = re.compile(r"[A-Z]{3}")
_EPOCHS = (946_684_800, 4_102_444_800)  # the years 2000 to 2100
_TITLE_CHARACTERS = 500


def text(payload: dict[str, Any], name: str) -> str | None:
    """Return a text field without blanks around it; None when it is missing, empty or no text."""
    value = payload.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def title(payload: dict[str, Any], name: str = "title") -> str:
    """Return the title on one line; raise UnreadableRecordError where there is none."""
    found = text(payload, name)
    if not found:
        raise UnreadableRecordError(Reason.NO_TITLE, f"the record has no text in {name!r}")
    return " ".join(found.split())[:_TITLE_CHARACTERS]


def link(payload: dict[str, Any], *names: str) -> str | None:
    """Return the first of the fields that is a web address."""
    return next((value for name in names if is_link(value := text(payload, name))), None)


def iso_moment(value: Any) -> dt.datetime | None:
    """Return an ISO 8601 date or date-time as an aware one, None for anything else.

    One without a zone is taken as UTC (docs/sources.md says of which source, and why).
    """
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def unix_moment(value: Any) -> dt.datetime | None:
    """Return Unix seconds, or milliseconds, as an aware date-time; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > _EPOCHS[1] else value
    if not _EPOCHS[0] <= seconds <= _EPOCHS[1]:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def country_named(location: str | None) -> str | None:
    """Return the country that all the places of a text are in, None when that is not certain."""
    return country_of(find_places(location)) if location else None


def salary_in_words(written: str | None) -> Salary | None:
    """Return the numbers of a salary field, as "$80k - $100k"; None when they are not certain."""
    return read_salary(written, []) if written else None


def salary_between(low: Any, high: Any, currency: Any, period: Any) -> Salary | None:
    """Return a salary given as numbers; None unless amount, currency and period are all given."""
    amounts = [n for n in (low, high) if isinstance(n, int | float) and not isinstance(n, bool)]
    amounts = [n for n in amounts if math.isfinite(n)]  # JSON's 1e999 is infinity
    if not amounts or min(amounts) <= 0 or period not in get_args(Period):
        return None
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    return Salary(round(min(amounts)), round(max(amounts)), currency, period)
