"""Which Hacker News thread is a month's "Who is hiring?".

The account whoishiring posts other threads too, has posted false starts (replaced the same or the
next day) and has missed months. So never the first match: among the stories whose title names the
month, the one that is alive and has most comments; the others are kept as superseded. Months that
are not among its stories come from ``hn_known_threads.csv``.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from include.errors import ConfigurationError, ThreadNotFoundError
from include.months import FIRST_MONTH, Month
from include.sources.hacker_news import ACCOUNT, HackerNews, Item

__all__ = ["NotOutYet", "Thread", "find_thread", "known_threads", "month_of_title"]

_TITLE = re.compile(r"ask hn: who is hiring\? \((\w+) (\d{4})\)", re.IGNORECASE)
_MONTH_NAMES = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_EARLY = dt.timedelta(days=3)  # a thread's own clock against its month's first instant
_POSTING_HOUR = dt.timedelta(hours=15)
_PATIENCE = dt.timedelta(days=2)  # after that a month without a thread is an error


class NotOutYet(Exception):  # noqa: N818 -- a reason to wait, not an error
    """The month's thread is not there because it is too early; str() says why."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A month's thread: its own id, the ids it replaced, and its direct children in order."""

    month: Month
    thread_id: int
    superseded: tuple[int, ...]
    comments: tuple[int, ...]


@cache
def known_threads() -> dict[Month, int]:
    """Return the threads that the account's list of stories does not have."""
    with (Path(__file__).parent / "hn_known_threads.csv").open(newline="") as file:
        return {Month.parse(row["month"]): int(row["thread_id"]) for row in csv.DictReader(file)}


def month_of_title(title: str) -> Month | None:
    """Return the month that a "Who is hiring?" title names, None for any other title."""
    match = _TITLE.fullmatch(title.strip())
    number = _MONTH_NAMES.get(match[1].lower()) if match else None
    return Month(int(match[2]), number) if match and number else None


def find_thread(source: HackerNews, month: Month, now: dt.datetime) -> Thread:
    """Return the thread of ``month``, as the API has it at ``now`` (aware).

    Raises NotOutYet for a month whose thread cannot be expected yet, ConfigurationError for a month
    before the first thread, ThreadNotFoundError, with what was looked at, for any other month
    without one.
    """
    _check_month(month, now)
    stories = _stories_around(source, month)
    candidates = {s["id"]: s for s in stories if month_of_title(s.get("title") or "") == month}
    known = known_threads().get(month)
    if known and (story := source.item(known)):
        candidates[known] = story
    alive = [s for s in candidates.values() if not (s.get("dead") or s.get("deleted"))]
    if not alive:
        raise _absence(month, now, stories)
    chosen = max(alive, key=lambda s: (len(s.get("kids") or ()), s["id"] == known, s["id"]))
    return Thread(
        month=month,
        thread_id=chosen["id"],
        superseded=tuple(sorted(candidates.keys() - {chosen["id"]})),
        comments=tuple(dict.fromkeys(chosen.get("kids") or ())),
    )


def _check_month(month: Month, now: dt.datetime) -> None:
    if month < FIRST_MONTH:
        raise ConfigurationError(
            "There is no thread before the first one",
            record=month,
            next_step=f"choose a month from {FIRST_MONTH} on.",
        )
    if month > Month.of(now):
        raise NotOutYet(f"{month} has not begun: it is {now:%Y-%m-%d %H:%M} UTC")


def _absence(month: Month, now: dt.datetime, stories: list[Item]) -> Exception:
    """Return why there is no thread: too early, or an error with what was looked at."""
    due = dt.datetime.combine(month.first_weekday, dt.time(), dt.UTC) + _POSTING_HOUR
    if now < due + _PATIENCE:
        return NotOutYet(
            f"the thread of {month} is not out yet: it is due about {due:%Y-%m-%d %H:%M} UTC"
        )
    seen = "; ".join(_describe(story) for story in stories) or "no story at all"
    return ThreadNotFoundError(
        f'No living "Who is hiring?" thread. Looked at the stories of {ACCOUNT} around it: {seen}',
        record=month,
        next_step="find the thread on https://news.ycombinator.com/submitted?id=whoishiring and "
        "add it to include/sources/hn_known_threads.csv.",
    )


def _describe(story: Item) -> str:
    state = "dead" if story.get("dead") else "deleted" if story.get("deleted") else "alive"
    comments = len(story.get("kids") or ())
    return f"{story['id']} {story.get('title', '')!r} ({state}, {comments} comments)"


def _stories_around(source: HackerNews, month: Month) -> list[Item]:
    """Return the account's items posted from just before the month to its end.

    Ids grow with time, so both ends are found by bisection: some twenty requests whatever the
    length of the account's history.
    """
    ids = source.submitted()[::-1]  # oldest first
    first = _first_since(source, ids, (month.start - _EARLY).timestamp())
    last = _first_since(source, ids, month.next.start.timestamp())
    return list(source.items(ids[first:last]))


def _first_since(source: HackerNews, ids: list[int], moment: float) -> int:
    """Return the index of the first of ``ids`` (ascending) posted at ``moment`` or later."""
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        if _time_from(source, ids[middle:high]) < moment:
            low = middle + 1
        else:
            high = middle
    return low


def _time_from(source: HackerNews, ids: list[int]) -> float:
    """Return the time of the first of these items that has one, infinity if none has."""
    times = (item["time"] for i in ids if (item := source.item(i)) and item.get("time"))
    return float(next(times, float("inf")))
