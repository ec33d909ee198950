"""Client of the official Hacker News API, which serves one item per request.

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
    """Return the payload stored for an item that is null upstream."""
    fields = ("by", "kids", "parent", "text", "time", "type")
    return {
        "id": item_id,
        "deleted": True,
        "dead": False,
        "is_tombstone": True,
        **dict.fromkeys(fields),
    }


def read_item(item_id: int, text: str) -> tuple[Record, Item | None]:
    """Return an item's answer as a record, and its payload (None unless fetched)."""
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
        message = f"the answer for item {item_id} is not this item"
        return Record.rejected(key, Reason.UNEXPECTED_SHAPE, message, text), None
    return Record.fetched(key, payload, text), payload


def _is_item(payload: Item, item_id: int) -> bool:
    return is_item_id(payload.get("id")) and payload["id"] == item_id


class HackerNews:
    """Fetches items, up to ``concurrency`` at a time.

    One walk or list reads at most ``max_items`` items, which stops an endless tree.
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
        """Base URL of the API. Cached state is valid only for the same one."""
        return str(self._client.base_url)

    def submitted(self) -> list[int]:
        """Return the ids of all posts of the account whoishiring, newest first.

        Raises MalformedAnswerError if the account's profile lacks them.
        """
        profile = self._client.get_json(f"user/{ACCOUNT}.json")
        listed = profile.get("submitted") if isinstance(profile, dict) else None
        ids = set(item_ids_in(listed, f"the posts of {ACCOUNT}"))
        if not 0 < len(ids) <= self._max_items:
            raise MalformedAnswerError(
                f"The account has {len(ids)} valid submissions; expected 1 to {self._max_items}",
                record=f"user/{ACCOUNT}.json",
                next_step="check that the connection's host is a Hacker News API.",
            )
        return sorted(ids, reverse=True)

    def read(self, item_id: int) -> Record:
        """Fetch one item and return it as a record: fetched, tombstone, rejected or missing.

        Raises SourceUnavailableError if every attempt fails.
        """
        return self._ask(item_id)[0]

    def read_all(self, item_ids: Iterable[int]) -> Iterator[Record]:
        """Yield a record for each of the items, in order, fetched in parallel.

        Raises SourceUnavailableError as soon as one item is unavailable.
        """
        waiting = iter(item_ids)
        with ThreadPoolExecutor(self._concurrency, "hacker-news") as pool:
            # In batches, because Executor.map would submit the whole list at once.
            while batch := list(islice(waiting, self._in_flight)):
                yield from pool.map(self.read, batch)

    @property
    def _in_flight(self) -> int:
        """Bound on submitted items; without it a long list would create a future per item."""
        return self._concurrency * _FUTURES_PER_REQUEST

    def _ask(self, item_id: int) -> tuple[Record, Item | None]:
        unread: list[tuple[Record, Item | None]] = []

        def read(text: str) -> tuple[Record, Item | None]:
            answer = read_item(item_id, text)
            # Raised so that the client retries: a truncated body is often whole at the next try.
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
            return unread[-1]  # malformed at every try: keep the text in quarantine

    def walk(self, item_ids: Iterable[int]) -> Iterator[Record]:
        """Yield a record for each of the items and all replies below them, without repeats.

        Records come in order of arrival. Replies beyond ``max_items`` are not requested; a missing
        record with the id of the first of them reports this. Raises SourceUnavailableError as soon
        as one item is unavailable: nothing is staged then, and the whole task is retried.
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
                    # Arrival order: waiting for the oldest request would idle the other threads.
                    record, item = done.get().result()
                    in_flight -= 1
                    yield record
                    replies = sorted(kids_of(item) - seen)
                    room = max(0, self._max_items - len(seen))
                    seen.update(replies[:room])
                    waiting.extend(replies[:room])
                    # Only the first reply beyond the limit, to name it in the report.
                    left_out += replies[room : room + 1]
                    skipped += max(0, len(replies) - room)
            finally:
                # After an error queued requests are dropped; running ones must end before the
                # client closes.
                pool.shutdown(wait=True, cancel_futures=True)
        if left_out:
            yield _left_out(min(left_out), skipped, self._max_items)


def _left_out(item_id: int, count: int, max_items: int) -> Record:
    message = (
        f"{count} replies were not requested, starting with this one: one task reads at most "
        f"{max_items} items (TECHPULSE_HN_MAX_ITEMS)"
    )
    log.warning("item %s: %s", item_id, message)
    return Record.missing(str(item_id), Reason.TOO_MANY_REPLIES, message)


def item_ids_in(listed: object, where: str) -> list[int]:
    """Return the ids in a list, in order and without repeats; [] if it is not a list.

    Entries that are not ids are skipped and counted in the log.
    """
    entries = listed if isinstance(listed, list) else []
    ids = list(dict.fromkeys(entry for entry in entries if is_item_id(entry)))
    if odd := sum(not is_item_id(entry) for entry in entries):
        log.warning("%s: skipped %s of %s entries that are not ids", where, odd, len(entries))
    return ids


def kids_of(item: Item | None) -> set[int]:
    """Return the ids of an item's direct replies; entries that are not ids are skipped."""
    return set(item_ids_in(item.get("kids"), f"the kids of {item.get('id')}")) if item else set()
