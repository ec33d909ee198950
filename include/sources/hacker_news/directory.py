"""Cache of the posts of the account whoishiring, shared by all runs.

A month's thread is found among the account's posts. Listing them costs one request each, about six
hundred for the whole history, so id, time and title are kept as state: a backfill of any length
lists them once.

The cache may be used for a month that it *covers*: it was read at least two days after the month
ended, and every post around the month was readable. For any other month, such as the current one,
the list is refreshed, which costs one request plus one for each post that is new or close to the
month. Whether a thread is alive and how many comments it has is never taken from the cache.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from include.months import Month
from include.sources.hacker_news.client import HackerNews
from include.sources.record import Record, Status
from include.state.in_flight import InFlight
from include.state.store import StateStore

__all__ = ["Story", "ThreadDirectory"]

_EARLY = dt.timedelta(days=3)  # a thread may be posted this long before its month, in UTC
_SETTLED = dt.timedelta(days=2)  # replacements and title corrections come within this time
_LATEST_TIME = 4_102_444_800  # the year 2100, in Unix seconds
_VERSION = 1
# Longer than the whole list takes (half a minute). If one takes longer, or its process is killed,
# another run requests the list, too, which costs requests alone.
_READING_SECONDS = 60
_PAUSE_SECONDS = 0.5

log = logging.getLogger(__name__)


@dataclass(frozen=True, order=True, slots=True)
class Story:
    """A post of the account; ``title`` is None if it is unreadable. ``time`` is in Unix seconds."""

    item_id: int
    time: int
    title: str | None


@dataclass(slots=True)
class _Listing:
    """The account's posts, oldest first, as they were at ``read_at``."""

    read_at: dt.datetime
    stories: list[Story] = field(default_factory=list)

    def around(self, month: Month) -> list[Story]:
        """Return the posts from shortly before the month to its end.

        An unreadable post belongs to every month in which it may have been posted.
        """
        first, last = (month.start - _EARLY).timestamp(), month.next.start.timestamp()
        known = [story.time for story in self.stories if story.title is not None]
        ids = [story.item_id for story in self.stories if story.title is not None]

        def may_be_within(story: Story) -> bool:
            if story.title is not None:
                return first <= story.time < last
            # Ids grow with time, so the readable neighbours by id bound the time of an unreadable
            # post.
            after = bisect_left(ids, story.item_id)
            earliest = known[after - 1] if after else 0
            latest = known[after] if after < len(known) else float("inf")
            return earliest < last and latest >= first

        return [story for story in self.stories if may_be_within(story)]

    def covers(self, month: Month) -> bool:
        if self.read_at < month.next.start + _SETTLED:
            return False
        return all(story.title is not None for story in self.around(month))

    @classmethod
    def of(cls, state: dict[str, Any], upstream: str) -> _Listing | None:
        """Return the cached listing of this upstream; None if there is no usable one."""
        if state.get("version") != _VERSION or state.get("upstream") != upstream:
            return None
        read_at = dt.datetime.fromisoformat(state["read_at"])
        return cls(read_at, [Story(*row) for row in state["stories"]])

    def state(self, upstream: str) -> dict[str, Any]:
        rows = [[story.item_id, story.time, story.title] for story in self.stories]
        return {
            "version": _VERSION,
            "upstream": upstream,
            "read_at": self.read_at.isoformat(),
            "stories": rows,
        }


class ThreadDirectory:
    """The account's posts around a month, cached or refreshed."""

    def __init__(self, source: HackerNews, state: StateStore) -> None:
        self._source, self._state = source, state
        self._reading = InFlight(
            state, 1, ttl_seconds=_READING_SECONDS, pause_seconds=_PAUSE_SECONDS
        )

    def readings(self, month: Month, now: dt.datetime) -> Iterator[list[Story]]:
        """Yield the posts around ``month``: cached if possible, then refreshed.

        A caller satisfied by the cached posts stops there and makes no request. While one run
        refreshes the list, others wait for it and use its result.
        """
        kept = _Listing.of(self._state.read(), self._source.base_url)
        if kept and kept.covers(month):
            yield kept.around(month)
            yield self._anew(month, now, better_than=kept.read_at).around(month)
        else:
            yield self._anew(month, now).around(month)

    def _anew(
        self, month: Month, now: dt.datetime, better_than: dt.datetime | None = None
    ) -> _Listing:
        """Return a list read now, or by another run while this one waited for it."""
        upstream = self._source.base_url
        # One run at a time requests the list. The state itself is not locked meanwhile: in SQLite
        # its lock is that of all states.
        with self._reading.hold():
            kept = _Listing.of(self._state.read(), upstream)
            if kept and kept.covers(month) and (not better_than or kept.read_at > better_than):
                return kept
            listing = self._list(kept, month, now)
            with self._state.update() as state:
                state |= listing.state(upstream)
        return listing

    def _list(self, kept: _Listing | None, month: Month, now: dt.datetime) -> _Listing:
        """Request the account's list and the posts in it that are new or around the month."""
        ids = sorted(self._source.submitted())
        near = {story.item_id for story in kept.around(month)} if kept else set()
        stories = {
            story.item_id: story
            for story in (kept.stories if kept else ())
            if story.title is not None and story.item_id not in near
        }
        wanted = [item_id for item_id in ids if item_id not in stories]
        log.info("requesting %s of the account's %s posts", len(wanted), len(ids))
        records = zip(wanted, self._source.read_all(wanted), strict=True)
        read = _stories(records)
        return _Listing(now, sorted([stories[i] for i in ids if i in stories] + list(read)))


def _stories(records: Iterable[tuple[int, Record]]) -> Iterator[Story]:
    """Yield the story of each post; posts that are null upstream are skipped."""
    for item_id, record in records:
        if record.status is Status.FETCHED and record.payload:
            yield _story(item_id, json.loads(record.payload))
        elif record.status is not Status.TOMBSTONE:
            yield Story(item_id, 0, None)


def _story(item_id: int, payload: dict[str, Any]) -> Story:
    """Return a post; it counts as unreadable if its time or title has the wrong type."""
    time, title = payload.get("time") or 0, payload.get("title") or ""
    if type(time) is not int or not 0 <= time <= _LATEST_TIME or not isinstance(title, str):
        log.warning("post %s has no valid time or title", item_id)
        return Story(item_id, 0, None)
    return Story(item_id, time, title)
