"""Read a company's board: what came of it, and its records as they are staged."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any, NotRequired, TypedDict

from include.errors import (
    MalformedAnswerError,
    SourceRejectedError,
    SourceUnavailableError,
)
from include.http.client import HttpClient
from include.postings.model import posting_id
from include.sources import fields
from include.sources.company_names import names_agree
from include.sources.company_texts import TextBudget, with_texts
from include.sources.links import without_tracking
from include.sources.parsing import parse_or_reject, record_of
from include.sources.record import Record, Status
from include.sources.source import UnreadableRecordError
from include.sources.system import System, posting_address

__all__ = ["BoardReading", "DueBoard", "Outcome", "company_record", "read_board"]

_KEY_CHARACTERS = 16
_MESSAGE_CHARACTERS = 300
_UNREAD_ALLOWED = 5
"""More unreadable records than this, and than half of a board, are the board's failure."""
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class Outcome(StrEnum):
    """What came of reading a board. Only a whole reading says which jobs are closed."""

    WHOLE = "whole"
    UNCHANGED = "unchanged"  # 304: as the last reading with this entity tag
    EMPTY = "empty"  # whole, without a job
    SHORT = "short"  # fewer jobs than the board says that it has, or an unreadable page
    ABSENT = "absent"  # 404 or 410
    FAILED = "failed"
    REFUSED = "refused"  # its records name another company than the posting that links to it


class DueBoard(TypedDict):
    """A board to read; ``home`` is the index of the host that last had it, ``etag`` its tag.

    ``company`` is the name in the posting that links to it, if nobody else has named it. ``known``
    has the hashes of its stored jobs, cut, of a system whose list has no texts.
    """

    board: str
    home: int
    etag: str | None
    company: str | None
    known: NotRequired[list[str]]


class BoardReading(TypedDict):
    """One reading of a board, small enough for XCom; ``read_at`` is ISO 8601 in UTC.

    ``company`` is the name that the answer gives beside its records, or that all of them give.
    """

    board: str
    read_at: str
    outcome: str
    http_status: int | None
    message: str
    company: str | None
    home: int
    etag: str | None


class _Board:
    """One board at its homes: the first request finds the home that has it."""

    def __init__(self, clients: Sequence[HttpClient], due: DueBoard) -> None:
        self._clients = clients
        self.home = due["home"] if due["home"] < len(clients) else 0
        self._asked = due["etag"]
        self.etag: str | None = None
        self.status: int | None = None
        self._is_found = False

    def ask(self, path: str, params: Mapping[str, Any]) -> str:
        """Return the body of a page; raise _UnchangedError for a 304 of the first one."""
        if self._is_found:
            return self._get(path, params, None)
        homes = sorted(range(len(self._clients)), key=lambda number: number != self.home)
        for number in homes:
            self.home = number
            try:
                return self._get(path, params, self._asked)
            except SourceRejectedError as error:
                if error.status not in _GONE or number == homes[-1]:
                    raise
        raise AssertionError("a board has at least one home")

    def _get(self, path: str, params: Mapping[str, Any], etag: str | None) -> str:
        answer = self._clients[self.home].fetch(path, params, etag=etag)
        self.status = answer.status
        if not self._is_found:
            self.etag = answer.headers.get("ETag") or None
        self._is_found = True
        if answer.status == HTTPStatus.NOT_MODIFIED:
            self.etag = etag
            raise _UnchangedError
        return answer.text


class _UnchangedError(Exception):
    """The board has not changed since the last reading."""


def read_board(
    system: System,
    due: DueBoard,
    clients: Sequence[HttpClient],
    now: dt.datetime,
    *,
    max_bytes: int,
    texts: TextBudget | None = None,
) -> tuple[BoardReading, list[Record]]:
    """Read a board from the clients of its system's homes; return its reading and its records.

    Any error of the source becomes a reading: one board's failure is that board's. Records of
    pages before a failure are kept, and the reading is short. ``texts`` is what may be asked for
    the texts of new jobs, of a system whose list has none.
    """
    board = _Board(clients, due)
    records: dict[str, Record] = {}
    names: set[str | None] = set()
    total, served, pages, missing = None, 0, 0, 0
    outcome, message = Outcome.WHOLE, ""
    try:
        for page in system.pages(due["board"], board.ask):
            total = page.total if page.total is not None else total
            served, pages = served + len(page.records), pages + 1
            names.add(page.company)
            for value, text in page.records:
                names.add(system.company_of(value) if isinstance(value, dict) else None)
                record = _record(system, due["board"], value, text, max_bytes)
                records.setdefault(record.key, record)
    except _UnchangedError:
        outcome = Outcome.UNCHANGED
    except (SourceRejectedError, SourceUnavailableError, MalformedAnswerError) as error:
        outcome, message = _failure(error, served), str(error)[:_MESSAGE_CHARACTERS]
        board.status = getattr(error, "status", board.status)
    # Pages that shift bring a job twice, and leave another out.
    if outcome is Outcome.WHOLE and total is not None and len(records) < total:
        outcome, message = Outcome.SHORT, f"{len(records)} of {total} jobs came"
    elif outcome is Outcome.WHOLE and not _shown(records):
        outcome = Outcome.EMPTY
    unread = sum(record.status is Status.REJECTED for record in records.values())
    if unread > _UNREAD_ALLOWED and 2 * unread > len(records):
        outcome, message = Outcome.FAILED, f"{unread} of {len(records)} records cannot be read"
        records.clear()
    company = _company(names)
    if company and due["company"] and not _agree(company, due):
        outcome = Outcome.REFUSED
        message = f"its records name {company}, the posting {due['company']}"
        records.clear()
    shown = list(records.values())
    if texts and system.text_path(due["board"], "") and outcome in (Outcome.WHOLE, Outcome.SHORT):
        shown, missing = with_texts(
            shown,
            system,
            due["board"],
            lambda path: board.ask(path, {}),
            lambda value: company_record(
                system, due["board"], value, json.dumps(value), max_bytes=max_bytes
            ),
            due.get("known", ()),
            texts,
        )
        message = message or (f"{missing} new jobs have no text yet" if missing else "")
    reading = BoardReading(
        board=due["board"],
        read_at=now.isoformat(),
        outcome=outcome,
        http_status=board.status,
        message=message,
        company=company,
        home=board.home,
        etag=board.etag if _may_be_unchanged(outcome, pages, missing) else None,
    )
    return reading, shown


def _may_be_unchanged(outcome: Outcome, pages: int, texts_missing: int) -> bool:
    """Return whether a 304 to the entity tag of the first page may say "unchanged" of the board.

    Not if the reading is not whole, if a later page may change while the first does not, or if
    texts of its jobs are yet to be asked for.
    """
    return outcome in (Outcome.WHOLE, Outcome.UNCHANGED) and pages <= 1 and not texts_missing


def _agree(company: str, due: DueBoard) -> bool:
    """Return whether records name the company of the linking posting, or that of the link.

    Both, since a posting's company may be misread.
    """
    return any(names_agree(name, company) for name in (due["company"] or "", due["board"]))


def _failure(error: Exception, served: int) -> Outcome:
    if served:
        return Outcome.SHORT
    is_absent = isinstance(error, SourceRejectedError) and error.status in _GONE
    return Outcome.ABSENT if is_absent else Outcome.FAILED


def _shown(records: Mapping[str, Record]) -> bool:
    return any(record.status is not Status.FILTERED for record in records.values())


def _company(names: set[str | None]) -> str | None:
    found = names - {None}
    return found.pop() if len(found) == 1 else None


def _record(system: System, board: str, value: Any, text: str, max_bytes: int) -> Record:
    """Return the record to stage: fetched, filtered or rejected."""
    try:
        return company_record(system, board, value, text, max_bytes=max_bytes)
    except UnreadableRecordError as error:
        kept = _without_personal(system, value, text)
        key = _key(system, board, value, text)
        return Record.rejected(key, error.reason, str(error), kept, board=board)


def _without_personal(system: System, value: Any, text: str) -> str:
    """Return the text of an unreadable record, "" if it cannot be freed of personal fields."""
    if not any(f'"{key}"' in text for key in system.personal):
        return text
    try:
        return parse_or_reject(system.kept, value, text)[1] if isinstance(value, dict) else ""
    except UnreadableRecordError:
        return ""


def company_record(system: System, board: str, value: Any, text: str, *, max_bytes: int) -> Record:
    """Return a board's record without its personal fields: fetched, or filtered if it is hidden.

    Raises UnreadableRecordError for a record that cannot become a posting.
    """

    def read(payload: dict[str, Any]) -> Record:
        return _readable_record(system, board, payload, text)

    return record_of(read, value, text, max_bytes=max_bytes)


def _readable_record(system: System, board: str, value: dict[str, Any], text: str) -> Record:
    if why := system.hidden(value):
        return Record.filtered(_key(system, board, value, text), why, board=board)
    kept, kept_text = system.kept(value, text)
    address = posting_address(system.name, board, system.parse(kept, board).key)
    key = posting_id(system.name, address)
    return Record.fetched(key, without_tracking(kept), kept_text, board=board)


def _key(system: System, board: str, value: Any, text: str) -> str:
    """Return the posting's id, else a digest of board and text for a record without an id."""
    own = fields.key(value, system.id_field) if isinstance(value, dict) else ""
    if own:
        return posting_id(system.name, posting_address(system.name, board, own))
    digest = hashlib.sha256(f"{board} {text}".encode("utf-8", errors="surrogatepass")).hexdigest()
    return f"nameless:{digest[:_KEY_CHARACTERS]}"
