"""When a search is due: once in each hour, day or week of UTC, however many runs were missed.

Intervals since the last run would drift: a daily run that begins a minute earlier than yesterday's
would be skipped. So a run belongs to its hour, day or ISO week, and the first run in one is due.
"""

from __future__ import annotations

import datetime as dt

from include.searches.definition import Every

__all__ = ["is_due", "next_due"]


def is_due(every: Every, last_run: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether a search that last ran at ``last_run`` is due."""
    return last_run is None or every == "publish" or _slot(every, last_run) != _slot(every, now)


def next_due(every: Every, last_run: dt.datetime | None) -> dt.datetime | None:
    """Return the time from which the next run is due; None: with the next run of the DAG."""
    if last_run is None or every == "publish":
        return None
    return _slot(every, last_run) + _LENGTH[every]


_LENGTH = {
    "hourly": dt.timedelta(hours=1),
    "daily": dt.timedelta(days=1),
    "weekly": dt.timedelta(weeks=1),
}


def _slot(every: Every, when: dt.datetime) -> dt.datetime:
    """Return when the hour, the day, or the week (from Monday) of a time began."""
    hour = when.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    if every == "hourly":
        return hour
    day = hour.replace(hour=0)
    return day if every == "daily" else day - dt.timedelta(days=day.weekday())
