"""Find the "Who is hiring?" thread of a month on Hacker News, or one of its sister threads.

The account whoishiring posts threads of several kinds, has posted false starts (replaced the same
or the next day) and has missed months. The first match is therefore not enough: among the stories
whose title names the month, the living one with most comments is chosen, and the others are kept
as superseded. Months whose "Who is hiring?" is missing from its stories come from
``known_threads.csv``. Titles come from the cached directory of posts; the candidates themselves
are always fetched.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from include.errors import ConfigurationError, MalformedAnswerError, ThreadNotFoundError
from include.months import FIRST_MONTH, Month
from include.sources.hacker_news.client import ACCOUNT, HackerNews, Item, item_ids_in, kids_of
from include.sources.hacker_news.directory import Story, ThreadDirectory
from include.sources.record import Record, Status

__all__ = [
    "Thread",
    "ThreadKind",
    "ThreadNotPublished",
    "find_newest_thread",
    "find_thread",
    "known_threads",
    "month_of_title",
]


class ThreadKind(StrEnum):
    """The kinds of monthly threads: who hires, who wants to be hired, both sides of freelancing."""

    HIRING = "hiring"
    WANTS = "wants"
    FREELANCER = "freelancer"


# "Ask HN: Who is hiring? (May 2031)", and of the sister threads, which few months lack.
_TITLES = {
    kind: re.compile(rf"ask hn: {words} \((\w+) (\d{{4}})\)", re.IGNORECASE)
    for kind, words in {
        ThreadKind.HIRING: r"who is hiring\?",
        ThreadKind.WANTS: r"who wants to be hired\?",
        ThreadKind.FREELANCER: r"freelancer\? seeking freelancers?\?",
    }.items()
}
_MONTH_NAMES = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
# The thread appears on the first weekday in the US morning, about 15:00 UTC.
_POSTING_HOUR = dt.timedelta(hours=15)
_PATIENCE = dt.timedelta(days=2)  # a missing thread is an error after this delay


class ThreadNotPublished(Exception):  # noqa: N818 -- a reason to wait, not an error
    """The month's thread is not published yet; str() has the reason."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A month's thread: its id, the ids it superseded, and its top-level comments in order.

    ``stories`` are the records of the thread and of the superseded ones, as fetched for the choice.
    """

    month: Month
    thread_id: int
    superseded: tuple[int, ...]
    comments: tuple[int, ...]
    stories: tuple[Record, ...]


@cache
def known_threads() -> dict[Month, int]:
    """Return the threads missing from the account's list, by month."""
    with (Path(__file__).parent / "known_threads.csv").open(newline="") as file:
        return {Month.parse(row["month"]): int(row["thread_id"]) for row in csv.DictReader(file)}


def month_of_title(title: str, kind: ThreadKind = ThreadKind.HIRING) -> Month | None:
    """Return the month of the title of a thread of this kind; None for any other title."""
    match = _TITLES[kind].fullmatch(title.strip())
    number = _MONTH_NAMES.get(match[1].lower()) if match else None
    return Month(int(match[2]), number) if match and number else None


def find_newest_thread(source: HackerNews, directory: ThreadDirectory, now: dt.datetime) -> Thread:
    """Return the current month's thread, or last month's until the new one is published.

    Raises ThreadNotFoundError if the current month's thread is overdue.
    """
    running = Month.of(now)
    try:
        return find_thread(source, directory, running, now)
    except ThreadNotPublished:
        return find_thread(source, directory, running.previous, now)


def find_thread(
    source: HackerNews,
    directory: ThreadDirectory,
    month: Month,
    now: dt.datetime,
    kind: ThreadKind = ThreadKind.HIRING,
) -> Thread:
    """Return the thread of ``month``, as the API has it at ``now`` (aware).

    Raises ThreadNotPublished if the thread is not due yet, ConfigurationError for a month before
    the first thread, and ThreadNotFoundError, which lists the candidates, for any other month
    without one.
    """
    _check_month(month, now)
    known = known_threads().get(month) if kind is ThreadKind.HIRING else None
    stories: list[Story] = []
    records: dict[int, Record] = {}
    # The cached posts come first; only if none of them is alive does the loop refresh the list.
    for stories in directory.readings(month, now):
        candidates = {s.item_id for s in stories if month_of_title(s.title or "", kind) == month}
        if known:
            candidates.add(known)
        records = {item_id: source.read(item_id) for item_id in sorted(candidates)}
        if thread := _choose(month, records, known):
            return thread
    raise _absence(month, now, stories, records, kind)


def _choose(month: Month, records: dict[int, Record], known: int | None) -> Thread | None:
    """Return the living thread with most comments; None if all are dead."""
    items = {item_id: _item(record) for item_id, record in records.items()}
    alive = {key: item for key, item in items.items() if item and not _dead(item)}
    if not alive:
        return None
    # At equal comments a known thread wins, then the newest: a replacement has the higher id.
    chosen = max(alive, key=lambda key: (len(kids_of(alive[key])), key == known, key))
    kids = alive[chosen].get("kids")
    if not isinstance(kids, list | None):
        raise MalformedAnswerError(
            f"The thread's comments are a {type(kids).__name__}, not a list",
            record=f"item {chosen}",
            next_step="clear the task later; if the error persists, inspect the item's JSON.",
        )
    others = tuple(item_id for item_id in records if item_id != chosen)
    return Thread(
        month=month,
        thread_id=chosen,
        superseded=others,
        comments=tuple(item_ids_in(kids, f"the comments of thread {chosen}")),
        stories=tuple(records[item_id] for item_id in (chosen, *others)),
    )


def _item(record: Record) -> Item | None:
    if record.status is not Status.FETCHED or not record.payload:
        return None
    return dict(json.loads(record.payload))


def _dead(item: Item) -> bool:
    return bool(item.get("dead") or item.get("deleted"))


def _check_month(month: Month, now: dt.datetime) -> None:
    if month < FIRST_MONTH:
        raise ConfigurationError(
            "There is no thread before the first one",
            record=month,
            next_step=f"choose a month from {FIRST_MONTH} on.",
        )
    if month > Month.of(now):
        raise ThreadNotPublished(f"{month} has not begun: it is {now:%Y-%m-%d %H:%M} UTC")


def _absence(
    month: Month,
    now: dt.datetime,
    stories: Sequence[Story],
    records: dict[int, Record],
    kind: ThreadKind,
) -> Exception:
    """Return the exception for a missing thread: not due yet, or an error with the candidates."""
    due = dt.datetime.combine(month.first_weekday, dt.time(), dt.UTC) + _POSTING_HOUR
    if now < due + _PATIENCE:
        return ThreadNotPublished(
            f"the thread of {month} is not out yet: it is due about {due:%Y-%m-%d %H:%M} UTC"
        )
    titles = {story.item_id: story.title for story in stories}
    ids = sorted(titles.keys() | records.keys())
    seen = "; ".join(_describe(i, titles.get(i), records.get(i)) for i in ids) or "no story at all"
    title = "Who is hiring?" if kind is ThreadKind.HIRING else kind
    return ThreadNotFoundError(
        f'No living "{title}" thread. Looked at the stories of {ACCOUNT} around it: {seen}',
        record=month,
        next_step="find the thread on https://news.ycombinator.com/submitted?id=whoishiring and "
        "add it to include/sources/hacker_news/known_threads.csv.",
    )


def _describe(item_id: int, title: str | None, record: Record | None) -> str:
    if not record:
        return f"{item_id} {title!r}" if title is not None else f"{item_id} (cannot be read)"
    item = _item(record)
    if not item:
        return f"{item_id} {title!r} ({record.reason or record.status})"
    comments = len(kids_of(item))
    return f"{item_id} {item.get('title', '')!r} ({_state(item)}, {comments} comments)"


def _state(item: Item) -> str:
    return "dead" if item.get("dead") else "deleted" if item.get("deleted") else "alive"
