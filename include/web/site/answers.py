"""Answers as a public page may have them: no contacts of persons, no next page, short numbers."""

from __future__ import annotations

import json
from typing import Any

from include.insights.posting.contacts import without_contacts

__all__ = ["public"]

_DECIMALS = 6
"""Of a share: a millionth. The file is a quarter shorter than with all that a float has."""
_ADDRESSES = frozenset({"url"})
"""Fields that are addresses of pages, which may have such numbers."""


def public(answer: str) -> bytes:
    """Return an answer's JSON for a file of the site."""
    value = _public(json.loads(answer, parse_float=lambda text: round(float(text), _DECIMALS)))
    if isinstance(value, dict):
        value.pop("rejects", None)  # for operators, whose page a site has not
        if "next_cursor" in value.get("meta", ()):
            value["meta"]["next_cursor"] = None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _public(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: one if k in _ADDRESSES else _public(one) for k, one in value.items()}
    if isinstance(value, list):
        return [_public(one) for one in value]
    # The header of a comment may name whom to write to, and is then part of a title or a place.
    return without_contacts(value) if isinstance(value, str) else value
