"""Read a source's pages: the outcome of each record, and when to stop."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from include.postings.model import IngestionQuery
from include.sources.filters import filter_reason, is_too_old
from include.sources.links import without_tracking
from include.sources.normalise import to_posting
from include.sources.parsing import parse_or_reject, record_of
from include.sources.record import ID_FIELDS, NAMED, Record, Status, is_item_id
from include.sources.source import FetchContext, Page, Source, UnreadableRecordError

__all__ = ["PageReader", "to_record"]

_KEY_CHARACTERS = 16
MAX_PAGES = 300
"""Stops an endless list. Himalayas has the smallest pages: 300 of them are 6,000 records."""


class PageReader:
    """Collects the records of one mapped task, without repeats across pages.

    ``records`` has them by key. Of two versions of a record the later one stays; two records with
    one link and different ids both stay, and the load rejects one. ``records_seen`` counts all
    records including repeats; ``ids`` are the records' own numeric ids; ``stop_reason`` says why
    the source ended early.
    """

    def __init__(self, source: Source, context: FetchContext) -> None:
        self._source, self._context = source, context
        self.records: dict[str, Record] = {}
        self.records_seen = 0
        self.ids: list[int] = []
        self.stop_reason = ""
        self._names: dict[str, str] = {}
        self._wanted = 0

    def read(self, pages: Iterable[Page]) -> None:
        """Read pages until they end, the query has enough records, or a whole page is too old."""
        for number, page in enumerate(pages, start=1):
            self._read_page(page)
            if page.stop_reason or number == MAX_PAGES:
                self.stop_reason = (
                    page.stop_reason or f"stopped after {MAX_PAGES} pages, the limit of one task"
                )
                return
            if self._wanted >= self._context.query.max_results or self._is_all_old(page):
                return

    def _read_page(self, page: Page) -> None:
        unnamed: Counter[str] = Counter()
        for value, text in page.records:
            self.records_seen += 1
            if isinstance(value, dict) and is_item_id(value.get("id")):
                self.ids.append(value["id"])
            self._keep(self._to_record(value, text, unnamed), value)

    def _keep(self, record: Record, value: Any) -> None:
        place, name = record.key, _name(value)
        if self._names.setdefault(place, name) != name:
            place = f"{record.key}{NAMED}{name}"
        known = self.records.get(place)
        # A later page may repeat a record that changed meanwhile; a bad version must not replace a
        # good one.
        if known is None or record.status is Status.FETCHED:
            self.records[place] = record
            self._wanted += known is None and record.status is Status.FETCHED

    def _to_record(self, value: Any, text: str, unnamed: Counter[str]) -> Record:
        """Return the record to stage: fetched, filtered or rejected."""
        context = self._context
        limit = context.settings.max_record_bytes
        try:
            record = to_record(
                self._source, value, text, context.query, context.now, max_bytes=limit
            )
        except UnreadableRecordError as error:
            return Record.rejected(self._key(value, text, unnamed), error.reason, str(error), text)
        # Records beyond max_results are kept as filtered, so that none vanishes uncounted.
        is_one_more = record.status is Status.FETCHED and record.key not in self.records
        if is_one_more and self._wanted >= context.query.max_results:
            return Record.filtered(record.key, "max_results")
        return record

    def _key(self, value: Any, text: str, unnamed: Counter[str]) -> str:
        """Return the key of an unreadable record: its own id, else a digest of its text.

        The same text without an id twice on one page is two records; on two pages it is a repeat.
        """
        if field := _name_field(value):
            return f"{field}:{value[field]}"
        digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
        unnamed[digest] += 1
        return f"nameless:{digest[:_KEY_CHARACTERS]}:{unnamed[digest]}"

    def _is_all_old(self, page: Page) -> bool:
        """Return whether a whole page is dated and too old; all later pages then are, too."""
        return bool(page.records) and all(self._is_old(value) for value, _ in page.records)

    def _is_old(self, value: Any) -> bool:
        try:
            posted = parse_or_reject(self._source.parse, value).date_posted
        except UnreadableRecordError:
            return False
        return is_too_old(posted, self._context.query, self._context.now)


def _name_field(value: Any) -> str | None:
    """Return the field with the record's own id; None if it has none."""
    fields = ID_FIELDS if isinstance(value, dict) else ()
    return next((f for f in fields if type(value.get(f)) in (str, int) and value[f]), None)


def _name(value: Any) -> str:
    return str(value[field]) if (field := _name_field(value)) else ""


def to_record(
    source: Source,
    value: Any,
    text: str,
    query: IngestionQuery,
    now: dt.datetime,
    *,
    max_bytes: int,
) -> Record:
    """Return a board's record to stage: fetched, or filtered by the query.

    ``text`` is the JSON that the source sent for ``value``. Raises UnreadableRecordError for a
    record that cannot become a posting; any parser error counts, so it cannot stop the others.
    """

    def read(payload: dict[str, Any]) -> Record:
        return _to_record(source, payload, text, query, now)

    return record_of(read, value, text, max_bytes=max_bytes)


def _to_record(
    source: Source, value: dict[str, Any], text: str, query: IngestionQuery, now: dt.datetime
) -> Record:
    stated = source.parse(value)
    posting, remote = to_posting(source, value, now, stated)
    if why := filter_reason(query, posting, remote, now, stated.places):
        return Record.filtered(posting.id, why)
    return Record.fetched(posting.id, without_tracking(value), text)
