"""What a source hands to the staged files: one record asked for, and what came of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["Record", "Status", "payload_hash"]


class Status(StrEnum):
    """What came of asking for a record."""

    FETCHED = "fetched"
    TOMBSTONE = "tombstone"  # fetched, but null upstream
    REJECTED = "rejected"  # fetched, but not readable
    MISSING = "missing"  # never answered
    FILTERED = "filtered"  # served, but not what was asked for


def payload_hash(payload: dict[str, Any]) -> str:
    """Return the sha256, in hex, of the payload with its keys sorted."""
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source, as it will stand in a staged file.

    ``payload`` is the API's own JSON text; ``reason`` is a stable code and ``message`` says more,
    both for rejected and missing records only.
    """

    key: str
    status: Status
    payload: str | None = None
    payload_hash: str | None = None
    reason: str | None = None
    message: str | None = None

    @classmethod
    def fetched(cls, key: str, payload: dict[str, Any], text: str) -> Record:
        """Return a good record; one whose text is not Unicode is rejected.

        ``payload`` is what is compared with the version before, ``text`` what is kept.
        """
        try:
            json.dumps(payload, ensure_ascii=False).encode()
            text.encode()
        except UnicodeEncodeError as error:
            return cls.rejected(key, "invalid_unicode", str(error), text)
        return cls(key, Status.FETCHED, text, payload_hash(payload))

    @classmethod
    def tombstone(cls, key: str, payload: dict[str, Any]) -> Record:
        """Return the record of something that is null upstream."""
        return cls(key, Status.TOMBSTONE, json.dumps(payload), payload_hash(payload))

    @classmethod
    def rejected(cls, key: str, reason: str, message: str, text: str) -> Record:
        """Return a record that came but cannot be read; what came is kept, escaped if need be."""
        kept = text.encode("utf-8", errors="backslashreplace").decode()
        return cls(key, Status.REJECTED, kept, None, reason, _printable(message))

    @classmethod
    def missing(cls, key: str, reason: str, message: str) -> Record:
        """Return a record that the source would not give."""
        return cls(key, Status.MISSING, None, None, reason, _printable(message))

    @classmethod
    def filtered(cls, key: str, reason: str) -> Record:
        """Return a record that the query does not ask for; ``reason`` names the filter."""
        return cls(key, Status.FILTERED, reason=reason)


def _printable(message: str) -> str:
    return message.encode("utf-8", errors="backslashreplace").decode()
