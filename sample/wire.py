"""Requests and answers, as the routes see them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Answer", "Request", "encode"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; ``kind`` says what was asked: item, user, maxitem or a board's name."""

    kind: str
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def encode(value: Any) -> bytes:
    """Return compact JSON in UTF-8; only what UTF-8 cannot hold is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")  # a surrogate, as JSON escapes it
