"""Records as staged: a requested record, its outcome and its payload."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["ID_FIELDS", "NAMED", "Reason", "Record", "Status", "is_item_id", "payload_hash"]

ID_FIELDS = ("id", "slug", "guid")
"""Fields that may hold a board record's id, in the order tried.

An unreadable record's key is ``id:<id>``. Two records with one link and different ids are two jobs.
"""

NAMED = " named "
"""Joins the key of a record that shares another's link: ``<posting id> named <own id>``."""


class Status(StrEnum):
    """The outcome of requesting a record."""

    FETCHED = "fetched"
    TOMBSTONE = "tombstone"  # fetched, but null upstream
    REJECTED = "rejected"  # fetched, but not readable
    MISSING = "missing"  # the source did not deliver it
    FILTERED = "filtered"  # served, but not wanted by the query


class Reason(StrEnum):
    """Why a record is in quarantine: a closed set, explained in docs/data-model.md.

    ``http_*`` and ``too_many_replies`` are reasons of missing records, the others of unreadable
    ones.
    """

    HTTP_400 = "http_400"
    HTTP_401 = "http_401"
    HTTP_402 = "http_402"
    HTTP_403 = "http_403"
    HTTP_404 = "http_404"
    HTTP_410 = "http_410"
    HTTP_422 = "http_422"
    HTTP_OTHER = "http_other"
    TOO_MANY_REPLIES = "too_many_replies"
    MALFORMED_JSON = "malformed_json"
    DUPLICATE_KEY = "duplicate_key"
    INVALID_JSON = "invalid_json"
    INVALID_UNICODE = "invalid_unicode"
    UNEXPECTED_SHAPE = "unexpected_shape"
    NOT_AN_OBJECT = "not_an_object"
    TOO_LARGE = "too_large"
    NO_TITLE = "no_title"
    NO_IDENTITY = "no_identity"
    SAME_LINK = "same_link"
    BLURRED = "blurred"
    INVALID_POSTING = "invalid_posting"
    READER_FAILED = "reader_failed"

    @classmethod
    def of_status(cls, status: int) -> Reason:
        """Return the reason for a refusal with this HTTP status."""
        code = f"http_{status}"
        return cls(code) if code in cls._value2member_map_ else cls.HTTP_OTHER


_LARGEST_ID = 2**63 - 1  # the maximum of a BIGINT column of bronze
_KEY_CHARACTERS = 250
_DIGEST_CHARACTERS = 16


def is_item_id(value: object) -> bool:
    """Return whether a value is an integer id, 1 to 2^63 - 1.

    ``True`` and ``1.0`` equal 1 in Python, but are not the id 1 in an answer.
    """
    return type(value) is int and 0 < value <= _LARGEST_ID


def payload_hash(payload: dict[str, Any]) -> str:
    """Return the hex sha256 of the payload with sorted keys."""
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source, as written to a staged file.

    ``key`` is its id at the source, cut and escaped where UTF-8 or a column cannot hold it.
    ``payload`` is the API's own JSON text; ``board`` is the company's board that showed it.
    For rejected and missing records ``reason`` is a
    :class:`Reason` and ``message`` has details; for filtered ones ``reason`` names the filter.
    """

    key: str
    status: Status
    payload: str | None = None
    payload_hash: str | None = None
    reason: str | None = None
    message: str | None = None
    board: str | None = None

    def __post_init__(self) -> None:
        """Make key and message storable: an odd id must not fail its whole file."""
        object.__setattr__(self, "key", _short(_storable(self.key)))
        if self.message is not None:
            object.__setattr__(self, "message", _storable(self.message))

    @classmethod
    def fetched(
        cls, key: str, payload: dict[str, Any], text: str, *, board: str | None = None
    ) -> Record:
        """Return a fetched record, or a rejected one if its text is not valid Unicode.

        ``payload`` is hashed to detect changes; ``text`` is stored.
        """
        try:
            # Both: an escape such as \ud800 is valid text, but decodes to a lone surrogate.
            json.dumps(payload, ensure_ascii=False).encode()
            text.encode()
        except UnicodeEncodeError as error:
            return cls.rejected(key, Reason.INVALID_UNICODE, str(error), text, board=board)
        return cls(key, Status.FETCHED, text, payload_hash(payload), board=board)

    @classmethod
    def tombstone(cls, key: str, payload: dict[str, Any]) -> Record:
        """Return the record of something that is null upstream."""
        return cls(key, Status.TOMBSTONE, json.dumps(payload), payload_hash(payload))

    @classmethod
    def rejected(
        cls, key: str, reason: Reason, message: str, text: str, *, board: str | None = None
    ) -> Record:
        """Return an unreadable record; its text is kept, with lone surrogates escaped."""
        return cls(key, Status.REJECTED, _storable(text), None, reason, message, board)

    @classmethod
    def missing(cls, key: str, reason: Reason, message: str) -> Record:
        """Return a record that the source did not deliver."""
        return cls(key, Status.MISSING, None, None, reason, message)

    @classmethod
    def filtered(cls, key: str, reason: str, *, board: str | None = None) -> Record:
        """Return a record that the query excludes; ``reason`` names the filter."""
        return cls(key, Status.FILTERED, reason=reason, board=board)


def _storable(text: str) -> str:
    """Escape lone surrogates, which UTF-8 cannot encode."""
    return text.encode("utf-8", errors="backslashreplace").decode()


def _short(key: str) -> str:
    """Shorten a key to 250 characters; a digest keeps long keys with one prefix distinct."""
    if len(key) <= _KEY_CHARACTERS:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:_DIGEST_CHARACTERS]
    return f"{key[: _KEY_CHARACTERS - _DIGEST_CHARACTERS - 1]}-{digest}"
