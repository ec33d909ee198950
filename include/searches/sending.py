"""The tasks of the DAG ``saved_searches``: which searches are due, and sending what is new."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from include.insights.postings import posting_rows
from include.insights.store import ServingStore, Snapshot
from include.searches.definition import SavedSearch
from include.searches.feed import MAX_ENTRIES, MIN_ENTRIES, atom, feed_path, write_feed
from include.searches.ledger import Batch, Ledger
from include.searches.lookup import read_search, read_searches
from include.searches.matches import candidates, is_shown
from include.searches.message import News, compose, item_of
from include.searches.notify import Send, notifier_of
from include.settings import get_settings

__all__ = ["MAX_MESSAGES", "due_searches", "preview_search", "send_search", "send_test"]

MAX_MESSAGES = 20
"""Messages of a search in one run: a filter that is too wide fills no mailbox. The rest follow."""
FEED_DAYS = dt.timedelta(days=14)
"""A reader that asks once within so many days misses no posting."""
_TEST_POSTINGS = 3

log = logging.getLogger(__name__)


def due_searches(now: dt.datetime) -> list[str]:
    """Return the searches that are due, and those that are wrong: their own task says why."""
    found = read_searches()
    due = [
        name
        for name, search in found.items()
        if not isinstance(search, SavedSearch) or Ledger(search).is_due(now)
    ]
    log.info("saved searches: %s, due: %s", len(found), ", ".join(due) or "none")
    return due


def send_search(name: str, now: dt.datetime, run_id: str) -> dict[str, Any]:
    """Send what is new for a search, message by message; return the numbers.

    Raises ConfigurationError for a search that is wrong, and DeliveryError when its notifier could
    not send, or while another run sends for it: the message stays under way, and is sent again.
    """
    search = read_search(name)
    # Before a message is recorded: a notifier that cannot be imported sends none.
    send = notifier_of(search) if search.notifier else None
    sent = []
    with _snapshot() as snapshot:
        delivery = _Delivery(search, snapshot, send, run_id)
        delivery.begin_feed(now)
        found = candidates(snapshot, search)
        for _ in range(MAX_MESSAGES):
            batch = delivery.ledger.next_batch(now, found)
            if batch is None:
                break
            sent.append(delivery.deliver(batch))
        else:
            log.warning("%s: the next run sends the rest. Narrow its filter.", name)
    log.info("%s: %s new postings in %s messages", name, sum(sent), len(sent))
    return {"search": name, "messages": len(sent), "postings": sum(sent)}


class _Delivery:
    """Sends the messages of one search, and writes its feed."""

    def __init__(
        self, search: SavedSearch, snapshot: Snapshot, send: Send | None, run_id: str
    ) -> None:
        self._search, self._snapshot, self._send = search, snapshot, send
        self._run_id = run_id
        self._path = feed_path(search, get_settings())
        self.ledger = Ledger(search)

    def begin_feed(self, now: dt.datetime) -> None:
        """Write the feed if it is not there: a reader may subscribe before anything is new."""
        if self._path and not self._path.exists():
            self._write_feed(self._path, [], now)

    def deliver(self, batch: Batch) -> int:
        """Send a message and mark its postings; return their number."""
        with self.ledger.delivery(batch, self._run_id) as mark:
            if mark is None:  # another run has sent it
                return 0
            # Newest first, as people read. One that has left the store meanwhile is not marked.
            rows = posting_rows(self._snapshot, batch.ids[::-1])
            if rows and self._path:
                new = [(batch.made_at, row.id) for row in rows]
                self._write_feed(self._path, new, batch.made_at)
            if rows and self._send:
                self._send(compose(self._search, rows, batch.id, base_url=_airflow_url()))
            mark(row.id for row in reversed(rows))
            return len(rows)

    def _write_feed(self, path: Path, new: list[tuple[dt.datetime, str]], now: dt.datetime) -> None:
        """Write the feed with ``new`` before what was sent: both by time, the newest first."""
        kept = [*new, *self.ledger.sent_last(MAX_ENTRIES)]
        recent = sum(at > now - FEED_DAYS for at, _ in kept)
        times = {posting_id: at for at, posting_id in kept[: max(recent, MIN_ENTRIES)]}
        rows = posting_rows(self._snapshot, list(times))
        # Asked again: what was sent before the search had a feed.
        entries = [(times[r.id], item_of(r)) for r in rows if is_shown(self._search, r.source)]
        write_feed(path, atom(self._search, entries, now))


def preview_search(name: str, now: dt.datetime) -> list[News]:
    """Return the messages that :func:`send_search` would send now; send and mark nothing."""
    search = read_search(name)
    with _snapshot() as snapshot:
        batches = Ledger(search).waiting(now, candidates(snapshot, search), MAX_MESSAGES)
        return [
            compose(search, rows, batch.id, base_url=_airflow_url())
            for batch in batches
            if (rows := posting_rows(snapshot, batch.ids[::-1]))
        ]


def send_test(search: SavedSearch, now: dt.datetime) -> int:
    """Send a test message with the newest postings that match; return how many match.

    Nothing is marked as sent. A feed is only tried: its file is not changed.
    """
    with _snapshot() as snapshot:
        found = candidates(snapshot, search)(dt.date.min)
        rows = posting_rows(snapshot, found[: -_TEST_POSTINGS - 1 : -1])
    note = f"A test of the saved search {search.name}: {len(found):,} postings match it"
    if search.notifier:
        test_id = f"test-{now:%Y%m%d%H%M%S%f}"
        notifier_of(search)(compose(search, rows, test_id, base_url=_airflow_url(), note=note))
    if path := feed_path(search, get_settings()):
        content = atom(search, [(now, item_of(row)) for row in rows], now)
        write_feed(path, content, only_try=True)
    return len(found)


def _airflow_url() -> str:
    """Return the URL of Airflow's API server; "" where it is not configured."""
    from airflow.sdk.configuration import conf

    return conf.get("api", "base_url", fallback="") or ""


@contextmanager
def _snapshot() -> Iterator[Snapshot]:
    store = ServingStore(get_settings().serving_database_url)
    try:
        with store.read() as snapshot:
            yield snapshot
    finally:
        store.close()
