"""Hacker News: the official API, item by item.

API: https://github.com/HackerNews/API (base ``https://hacker-news.firebaseio.com/v0``, no key, no
stated limit). An item is JSON ``null``, or an object that may be ``deleted`` or ``dead`` and may
lack any other field; single items have answered 401.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue
from typing import Any, Self

from include.errors import MalformedAnswerError, SourceRejectedError
from include.http.client import HttpClient
from include.sources.answers import Unread, read_value
from include.sources.record import Reason, Record, is_item_id

__all__ = [
    "BASE_URL",
    "SOURCE",
    "HackerNews",
    "item_ids_in",
    "kids_of",
    "read_item",
    "tombstone",
]

SOURCE = "hacker_news"
BASE_URL = "https://hacker-news.firebaseio.com/v0"
ACCOUNT = "whoishiring"

Item = dict[str, Any]

_FUTURES_PER_REQUEST = 4  # enough that no thread waits for the next one to be submitted

log = logging.getLogger(__name__)


def tombstone(item_id: int) -> Item:
    """Return what is stored for an item that is null upstream."""
    fields = ("by", "kids", "parent", "text", "time", "type")
    return {
        "id": item_id,
        "deleted": True,
        "dead": False,
        "is_tombstone": True,
        **dict.fromkeys(fields),
    }


def read_item(item_id: int, text: str) -> tuple[Record, Item | None]:
    """Return what an item's answer is, and its payload where it has one."""
    key = str(item_id)
    try:
        payload = read_value(text)
    except ValueError as error:
        message = f"item {item_id} is not JSON ({error}); it begins {text[:60]!r}"
        return Record.rejected(key, Reason.MALFORMED_JSON, message, text), None
    if isinstance(payload, Unread):
        return Record.rejected(key, payload.reason, payload.message, text), None
    if payload is None:
        return Record.tombstone(key, tombstone(item_id)), None
    if not isinstance(payload, dict) or not _is_item(payload, item_id):
        message = f"item {item_id} answered with something that is not this item"
        return Record.rejected(key, Reason.UNEXPECTED_SHAPE, message, text), None
    return Record.fetched(key, payload, text), payload


def _is_item(payload: Item, item_id: int) -> bool:
    return is_item_id(payload.get("id")) and payload["id"] == item_id


class HackerNews:
    """Ask Hacker News for items, up to ``concurrency`` at a time.

    One walk or list reads ``max_items`` items at most: it ends a tree that never does.
    """

    def __init__(self, client: HttpClient, *, concurrency: int, max_items: int) -> None:
        self._client = client
        self._concurrency = concurrency
        self._max_items = max_items

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def base_url(self) -> str:
        """Where it is asked: what is kept of one upstream says nothing of another."""
        return str(self._client.base_url)

    def submitted(self) -> list[int]:
        """Return the ids of all that the account whoishiring posted, newest first.

        Raises MalformedAnswerError when the account's profile lacks them.
        """
        profile = self._client.get_json(f"user/{ACCOUNT}.json")
        listed = profile.get("submitted") if isinstance(profile, dict) else None
        ids = set(item_ids_in(listed, f"the posts of {ACCOUNT}"))
        if not 0 < len(ids) <= self._max_items:
            raise MalformedAnswerError(
                f"The account has {len(ids)} submissions that are ids; 1 to "
                f"{self._max_items} were expected",
                record=f"user/{ACCOUNT}.json",
                next_step="check that the connection's host is a Hacker News API.",
            )
        return sorted(ids, reverse=True)

    def read(self, item_id: int) -> Record:
        """Fetch one item and return it as a record: fetched, tombstone, rejected or missing.

        Raises SourceUnavailableError when the source does not answer after all tries.
        """
        return self._ask(item_id)[0]

    def read_all(self, item_ids: Iterable[int]) -> Iterator[Record]:
        """Yield a record for each of the items, in their order, fetched at the same time.

        Raises SourceUnavailableError as soon as one item cannot be had.
        """
        waiting = iter(item_ids)
        with ThreadPoolExecutor(self._concurrency, "hacker-news") as pool:
            while batch := list(islice(waiting, self._in_flight)):
                yield from pool.map(self.read, batch)

    @property
    def _in_flight(self) -> int:
        """How many items are handed to the threads at a time: a future each, whatever is listed."""
        return self._concurrency * _FUTURES_PER_REQUEST

    def _ask(self, item_id: int) -> tuple[Record, Item | None]:
        unread: list[tuple[Record, Item | None]] = []

        def read(text: str) -> tuple[Record, Item | None]:
            answer = read_item(item_id, text)
            if answer[0].reason == Reason.MALFORMED_JSON:
                unread.append(answer)
                raise MalformedAnswerError(answer[0].message or "", record=f"item {item_id}")
            return answer

        try:
            return self._client.request_parsed("GET", f"item/{item_id:d}.json", read)
        except SourceRejectedError as error:
            return Record.missing(str(item_id), Reason.of_status(error.status), str(error)), None
        except MalformedAnswerError:
            if not unread:
                raise
            return unread[-1]  # the same after all tries: what came is kept, and named

    def walk(self, item_ids: Iterable[int]) -> Iterator[Record]:
        """Yield a record for each of the items and for all replies below them, each once.

        The order is that of arrival. Replies beyond ``max_items`` are not asked for: one
        record, named after the first of them, says so and is missing. Raises SourceUnavailableError
        as soon as one item cannot be had: what was read is not staged, and the task is retried as a
        whole.
        """
        seen, skipped = set(item_ids), 0
        waiting, left_out = deque(sorted(seen)), list[int]()
        done: SimpleQueue[Future[tuple[Record, Item | None]]] = SimpleQueue()
        in_flight = 0
        with ThreadPoolExecutor(self._concurrency, "hacker-news") as pool:
            try:
                while waiting or in_flight:
                    while waiting and in_flight < self._in_flight:
                        pool.submit(self._ask, waiting.popleft()).add_done_callback(done.put)
                        in_flight += 1
                    record, item = done.get().result()
                    in_flight -= 1
                    yield record
                    replies = sorted(kids_of(item) - seen)
                    room = max(0, self._max_items - len(seen))
                    seen.update(replies[:room])
                    waiting.extend(replies[:room])
                    left_out += replies[room : room + 1]
                    skipped += max(0, len(replies) - room)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        if left_out:
            yield _left_out(min(left_out), skipped, self._max_items)


def _left_out(item_id: int, count: int, longest: int) -> Record:
    message = (
        f"{count} replies were not asked for, of which this is the first: one task reads at most "
        f"{longest} items (TECHPULSE_HN_MAX_ITEMS)"
    )
    log.warning("item %s: %s", item_id, message)
    return Record.missing(str(item_id), Reason.TOO_MANY_REPLIES, message)


def item_ids_in(listed: object, where: str) -> list[int]:
    """Return the ids of a list in its order, each once.

    What is no id is passed over and counted in the log; what is no list has none.
    """
    entries = listed if isinstance(listed, list) else []
    ids = list(dict.fromkeys(entry for entry in entries if is_item_id(entry)))
    if odd := sum(not is_item_id(entry) for entry in entries):
        log.warning("%s: %s of %s entries are no ids and are passed over", where, odd, len(entries))
    return ids


def kids_of(item: Item | None) -> set[int]:
    """Return the ids of an item's direct replies; whatever is no id is passed over."""
    return set(item_ids_in(item.get("kids"), f"the kids of {item.get('id')}")) if item else set()
