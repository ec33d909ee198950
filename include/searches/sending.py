"""The tasks of the DAG ``saved_searches``: which searches are due, and sending what is new."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from include.insights.models import PostingRow
from include.insights.postings import rows_of
from include.insights.store import ServingStore, Snapshot
from include.searches.definition import SavedSearch
from include.searches.feed import MAX_ENTRIES, MIN_ENTRIES, atom, feed_path, write_feed
from include.searches.ledger import Batch, Ledger
from include.searches.matches import candidates, is_shown
from include.searches.message import News, compose, item_of
from include.searches.notify import Send, notifier_of
from include.searches.source import read_search, read_searches
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


def send_search(name: str, now: dt.datetime) -> dict[str, Any]:
    """Send what is new for a search, message by message; return the numbers.

    Raises ConfigurationError for a search that is wrong, and DeliveryError when its notifier could
    not send: the message stays under way, and is sent again.
    """
    search = read_search(name)
    # Before a message is recorded: a notifier that cannot be imported sends none.
    send = notifier_of(search) if search.notifier else None
    sent = []
    with _snapshot() as snapshot:
        ledger, found = Ledger(search), candidates(snapshot, search)
        feed = _Feed(search, ledger, snapshot)
        feed.begin(now)
        for _ in range(MAX_MESSAGES):
            batch = ledger.next_batch(now, found)
            if batch is None:
                break
            sent.append(_deliver(search, batch, ledger, snapshot, feed, send))
        else:
            log.warning("%s: the next run sends the rest. Narrow its filter.", name)
    log.info("%s: %s new postings in %s messages", name, sum(sent), len(sent))
    return {"search": name, "messages": len(sent), "postings": sum(sent)}


def _deliver(
    search: SavedSearch,
    batch: Batch,
    ledger: Ledger,
    snapshot: Snapshot,
    feed: _Feed,
    send: Send | None,
) -> int:
    """Send a message and mark its postings; return their number."""
    with ledger.delivery(batch) as mark:
        if mark is None:  # another process has sent it
            return 0
        # Newest first, as people read. One that has left the store meanwhile is not marked.
        rows = rows_of(snapshot, batch.ids[::-1])
        if rows:
            feed.add(batch, rows)
            if send:
                send(compose(search, rows, batch.id, base_url=_airflow_url()))
        mark(row.id for row in reversed(rows))
        return len(rows)


class _Feed:
    """The feed of a search, if it has one."""

    def __init__(self, search: SavedSearch, ledger: Ledger, snapshot: Snapshot) -> None:
        self._search, self._ledger, self._snapshot = search, ledger, snapshot
        self._path = feed_path(search, get_settings())

    def begin(self, now: dt.datetime) -> None:
        """Write the feed if it is not there: a reader may subscribe before anything is new."""
        if self._path and not self._path.exists():
            self._write([], now)

    def add(self, batch: Batch, rows: list[PostingRow]) -> None:
        """Write the feed with a message's postings, before they are marked: none is missed."""
        if self._path:
            self._write([(batch.made_at, row.id) for row in rows], batch.made_at)

    def _write(self, new: list[tuple[dt.datetime, str]], now: dt.datetime) -> None:
        assert self._path
        kept = [*new, *self._ledger.sent_last(MAX_ENTRIES)]
        recent = [one for one in kept if one[0] > now - FEED_DAYS]
        times = {posting_id: at for at, posting_id in reversed(recent or kept[:MIN_ENTRIES])}
        rows = rows_of(self._snapshot, list(reversed(times)))
        # Again: an older message may be of a time when the search had no feed.
        shown = [row for row in rows if is_shown(self._search, row.source)]
        entries = [(times[row.id], item_of(row)) for row in shown]
        write_feed(self._path, atom(self._search, entries, now))


def preview_search(name: str, now: dt.datetime) -> list[News]:
    """Return the messages that :func:`send_search` would send now; send and mark nothing."""
    search = read_search(name)
    with _snapshot() as snapshot:
        batches = Ledger(search).waiting(now, candidates(snapshot, search))
        return [
            compose(search, rows, batch.id, base_url=_airflow_url())
            for batch in batches[:MAX_MESSAGES]
            if (rows := rows_of(snapshot, batch.ids[::-1]))
        ]


def send_test(search: SavedSearch, now: dt.datetime) -> int:
    """Send a test message with the newest postings that match; return how many match.

    Nothing is marked as sent. A feed is only tried: its file is not changed.
    """
    with _snapshot() as snapshot:
        found = candidates(snapshot, search)(dt.date.min)
        rows = rows_of(snapshot, found[: -_TEST_POSTINGS - 1 : -1])
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
