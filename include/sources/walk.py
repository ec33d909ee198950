"""Walking over a source's pages: what becomes of each record, and when enough was read."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from include.sources.links import without_tracking
from include.sources.normalise import to_posting
from include.sources.record import Record, Status
from include.sources.source import Desk, Page, Source, UnreadableRecordError
from include.sources.wanted import is_too_old, why_not

__all__ = ["Walk"]

_KEY_CHARACTERS = 16
_ID_FIELDS = ("id", "slug", "guid")


class Walk:
    """The records of one mapped task, each once, whatever page repeats it.

    ``records`` by key; ``delivered`` counts all that came, repetitions included; ``ids`` are the
    records' own ids where they are numbers; ``stopped`` is the source's reason to give no more.
    """

    def __init__(self, source: Source, desk: Desk) -> None:
        self._source, self._desk = source, desk
        self.records: dict[str, Record] = {}
        self.delivered = 0
        self.ids: list[int] = []
        self.stopped = ""
        self._wanted = 0

    def read(self, pages: Iterable[Page]) -> None:
        """Read pages until there are no more, or there is nothing more to be wanted of them."""
        longest = self._desk.settings.board_pages_longest
        for number, page in enumerate(pages, start=1):
            self._read_page(page)
            if page.stopped or number == longest:
                self.stopped = page.stopped or f"read {longest} pages, the most that settings allow"
                return
            if self._wanted >= self._desk.query.max_results or self._is_all_old(page):
                return

    def _read_page(self, page: Page) -> None:
        unnamed: Counter[str] = Counter()
        for value, text in page.records:
            self.delivered += 1
            if isinstance(value, dict) and type(value.get("id")) is int:
                self.ids.append(value["id"])
            record = self._judge(value, text, unnamed)
            if record.key not in self.records:
                self.records[record.key] = record
                self._wanted += record.status is Status.FETCHED

    def _judge(self, value: Any, text: str, unnamed: Counter[str]) -> Record:
        """Return the record as it will be staged: fetched, filtered or rejected."""
        try:
            size = len(text.encode("utf-8", errors="surrogatepass"))
            if size > (limit := self._desk.settings.record_longest_bytes):
                raise UnreadableRecordError("too_large", f"{size} bytes are more than {limit}")
            if not isinstance(value, dict):
                raise UnreadableRecordError("not_an_object", f"a {type(value).__name__}")
            posting, remote = to_posting(self._source, value, self._desk.now)
        except (UnreadableRecordError, ValueError) as error:
            return Record.rejected(
                self._key(value, text, unnamed), _reason_of(error), str(error), text
            )
        if reason := why_not(self._desk.query, posting, remote, self._desk.now):
            return Record.filtered(posting.id, reason)
        if posting.id not in self.records and self._wanted >= self._desk.query.max_results:
            return Record.filtered(posting.id, "max_results")
        return Record.fetched(posting.id, without_tracking(value), text)

    def _key(self, value: Any, text: str, unnamed: Counter[str]) -> str:
        """Return the id that an unreadable record bears, else a name made of its text.

        The same nameless text twice on one page is two records; on two pages it is a repetition.
        """
        if isinstance(value, dict):
            for field in _ID_FIELDS:
                if isinstance(value.get(field), str | int) and value[field]:
                    return f"{field}:{value[field]}"
        digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
        unnamed[digest] += 1
        return f"nameless:{digest[:_KEY_CHARACTERS]}:{unnamed[digest]}"

    def _is_all_old(self, page: Page) -> bool:
        """Tell whether all of a page is dated and older than wanted: what follows is, too."""
        return bool(page.records) and all(self._is_old(value) for value, _ in page.records)

    def _is_old(self, value: Any) -> bool:
        try:
            posted = self._source.state(value).date_posted
        except (UnreadableRecordError, AttributeError, TypeError):
            return False
        return is_too_old(posted, self._desk.query, self._desk.now)


def _reason_of(error: Exception) -> str:
    if isinstance(error, UnreadableRecordError):
        return error.reason
    return "invalid_unicode" if isinstance(error, UnicodeError) else "invalid_posting"
