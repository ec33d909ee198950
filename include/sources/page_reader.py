"""Walking over a source's pages: what becomes of each record, and when enough was read."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from include.postings.model import IngestionQuery
from include.sources.answers import Unread
from include.sources.filters import filter_reason, is_too_old
from include.sources.links import without_tracking
from include.sources.normalise import to_posting
from include.sources.parsing import parse_or_reject
from include.sources.record import ID_FIELDS, NAMED, Reason, Record, Status, is_item_id
from include.sources.source import FetchContext, Page, Source, UnreadableRecordError

__all__ = ["PageReader", "to_record"]

_KEY_CHARACTERS = 16
MAX_PAGES = 300
"""Ends a list that never does. Himalayas has the smallest pages, of 20 records."""


class PageReader:
    """The records of one mapped task, each once, whatever page repeats it.

    ``records`` by key; of two versions of a record the later one, and two records of one link that
    their source names apart are both there: the load rejects one. ``records_seen`` counts all
    records, repetitions included; ``ids`` are the records' own ids where they are numbers;
    ``stop_reason`` says why the source ended early.
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
        """Read pages until there are no more, or there is nothing more to be wanted of them."""
        for number, page in enumerate(pages, start=1):
            self._read_page(page)
            if page.stop_reason or number == MAX_PAGES:
                self.stop_reason = (
                    page.stop_reason or f"read {MAX_PAGES} pages, the most that one task reads"
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
        if known is None or record.status is Status.FETCHED:
            self.records[place] = record
            self._wanted += known is None and record.status is Status.FETCHED

    def _to_record(self, value: Any, text: str, unnamed: Counter[str]) -> Record:
        """Return the record as it will be staged: fetched, filtered or rejected."""
        context = self._context
        limit = context.settings.max_record_bytes
        try:
            record = to_record(
                self._source, value, text, context.query, context.now, longest_bytes=limit
            )
        except UnreadableRecordError as error:
            return Record.rejected(self._key(value, text, unnamed), error.reason, str(error), text)
        is_one_more = record.status is Status.FETCHED and record.key not in self.records
        if is_one_more and self._wanted >= context.query.max_results:
            return Record.filtered(record.key, "max_results")
        return record

    def _key(self, value: Any, text: str, unnamed: Counter[str]) -> str:
        """Return the id that an unreadable record bears, else a name made of its text.

        The same nameless text twice on one page is two records; on two pages it is a repetition.
        """
        if field := _name_field(value):
            return f"{field}:{value[field]}"
        digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
        unnamed[digest] += 1
        return f"nameless:{digest[:_KEY_CHARACTERS]}:{unnamed[digest]}"

    def _is_all_old(self, page: Page) -> bool:
        """Tell whether all of a page is dated and older than wanted: what follows is, too."""
        return bool(page.records) and all(self._is_old(value) for value, _ in page.records)

    def _is_old(self, value: Any) -> bool:
        try:
            posted = parse_or_reject(self._source.parse, value).date_posted
        except UnreadableRecordError:
            return False
        return is_too_old(posted, self._context.query, self._context.now)


def _name_field(value: Any) -> str | None:
    """Return the field in which a record bears its own id, None where it bears none."""
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
    longest_bytes: int,
) -> Record:
    """Return a board's record as it will be staged: fetched, or filtered by the query.

    ``text`` is what the source sent for ``value``. Raises UnreadableRecordError for a record that
    cannot become a posting, whatever the reader made of it: it must not stop the others.
    """
    size = len(text.encode("utf-8", errors="surrogatepass"))
    if size > longest_bytes:
        message = f"{size} bytes are more than {longest_bytes}"
        raise UnreadableRecordError(Reason.TOO_LARGE, message)
    if isinstance(value, Unread):
        raise UnreadableRecordError(value.reason, value.message)
    if not isinstance(value, dict):
        raise UnreadableRecordError(Reason.NOT_AN_OBJECT, f"a {type(value).__name__}")
    record = parse_or_reject(_to_record, source, value, text, query, now)
    if record.status is Status.REJECTED:  # its text is not Unicode
        raise UnreadableRecordError(Reason(record.reason or ""), record.message or "")
    return record


def _to_record(
    source: Source, value: dict[str, Any], text: str, query: IngestionQuery, now: dt.datetime
) -> Record:
    stated = source.parse(value)
    posting, remote = to_posting(source, value, now, stated)
    if why := filter_reason(query, posting, remote, now, stated.places):
        return Record.filtered(posting.id, why)
    return Record.fetched(posting.id, without_tracking(value), text)
