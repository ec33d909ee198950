"""Hacker News: the official API, item by item.

API: https://github.com/HackerNews/API (base ``https://hacker-news.firebaseio.com/v0``, no key, no
stated limit). An item is JSON ``null``, or an object that may be ``deleted`` or ``dead`` and may
lack any other field; single items have answered 401.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, Self

from include.errors import MalformedAnswerError, SourceRejectedError
from include.http import HttpClient, parse_json
from include.sources.record import Reason, Record

__all__ = ["BASE_URL", "SOURCE", "HackerNews", "kids_of", "read_item", "tombstone"]

SOURCE = "hacker_news"
BASE_URL = "https://hacker-news.firebaseio.com/v0"
ACCOUNT = "whoishiring"

Item = dict[str, Any]


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
        payload = parse_json(text, record=f"item {item_id}")
    except MalformedAnswerError as error:
        return Record.rejected(key, Reason.MALFORMED_JSON, str(error), text), None
    if payload is None:
        return Record.tombstone(key, tombstone(item_id)), None
    if not isinstance(payload, dict) or payload.get("id") != item_id:
        message = f"item {item_id} answered with something that is not this item"
        return Record.rejected(key, Reason.UNEXPECTED_SHAPE, message, text), None
    return Record.fetched(key, payload, text), payload


class HackerNews:
    """Ask Hacker News for items, up to ``concurrency`` at a time."""

    def __init__(self, client: HttpClient, *, concurrency: int) -> None:
        self._client = client
        self._concurrency = concurrency

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
        ids = profile.get("submitted") if isinstance(profile, dict) else None
        if not isinstance(ids, list) or not ids:
            raise MalformedAnswerError(
                "The account has no list of submissions",
                record=f"user/{ACCOUNT}.json",
                next_step="check that the connection's host is a Hacker News API.",
            )
        return sorted({int(item_id) for item_id in ids}, reverse=True)

    def read(self, item_id: int) -> Record:
        """Fetch one item and return it as a record: fetched, tombstone, rejected or missing.

        Raises SourceUnavailableError when the source does not answer after all tries.
        """
        return self._ask(item_id)[0]

    def read_all(self, item_ids: Iterable[int]) -> Iterator[Record]:
        """Yield a record for each of the items, in their order, fetched at the same time.

        Raises SourceUnavailableError as soon as one item cannot be had.
        """
        with ThreadPoolExecutor(self._concurrency, "hacker-news") as pool:
            yield from pool.map(self.read, item_ids)

    def _ask(self, item_id: int) -> tuple[Record, Item | None]:
        unread: list[tuple[Record, Item | None]] = []

        def read(text: str) -> tuple[Record, Item | None]:
            answer = read_item(item_id, text)
            if answer[0].reason == Reason.MALFORMED_JSON:
                unread.append(answer)
                raise MalformedAnswerError(answer[0].message or "", record=f"item {item_id}")
            return answer

        try:
            return self._client.ask("GET", f"item/{item_id}.json", read)
        except SourceRejectedError as error:
            return Record.missing(str(item_id), Reason.of_status(error.status), str(error)), None
        except MalformedAnswerError:
            if not unread:
                raise
            return unread[-1]  # the same after all tries: what came is kept, and named

    def walk(self, item_ids: Iterable[int]) -> Iterator[Record]:
        """Yield a record for each of the items and for all replies below them, each once.

        The order is that of arrival. Raises SourceUnavailableError as soon as one item cannot be
        had: what was read is not staged, and the task is retried as a whole.
        """
        seen = set(item_ids)
        done: SimpleQueue[Future[tuple[Record, Item | None]]] = SimpleQueue()
        with ThreadPoolExecutor(self._concurrency, "hacker-news") as pool:

            def ask(wanted: set[int]) -> int:
                for item_id in sorted(wanted):
                    pool.submit(self._ask, item_id).add_done_callback(done.put)
                return len(wanted)

            try:
                pending = ask(seen)
                while pending:
                    record, item = done.get().result()
                    yield record
                    replies = kids_of(item) - seen
                    seen |= replies
                    pending += ask(replies) - 1
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def kids_of(item: Item | None) -> set[int]:
    """Return the ids of an item's direct replies; whatever is no id is passed over."""
    kids = item.get("kids") if item else None
    return {kid for kid in kids if isinstance(kid, int)} if isinstance(kids, list) else set()
