"""Answers as a public page may have them: no contacts of persons, no next page, short numbers."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["public"]

_DECIMALS = 6
"""Of a share: a millionth. The file is a quarter shorter than with all that a float has."""
# The header of a comment may name whom to write to, and is then part of a title, a place or a name:
# "Engineers at Acme, jane@acme.example", "jane [at] acme dot example". Bounded, as RFC 5321 bounds
# the parts, so that it is linear on any text. "Jobs@Acme" is a name.
_DOT = r"(?:\.|\s?[\[(]dot[\])]\s?|\sdot\s)"
_MAIL = rf"[\w.+-]{{1,64}}(?:@|\s?[\[(]at[\])]\s?)[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,4}}"
# "+49 30 1234567", "(555) 010-4477", "555-010-4477"; dates, years and pay have other groups.
_PHONE = r"\+\d[\d ().-]{7,20}\d|\(\d{3}\) ?\d{3}[ .-]\d{4}|\b\d{3}[.-]\d{3}[.-]\d{4}\b"
_CONTACT = re.compile(rf"{_MAIL}|{_PHONE}", re.IGNORECASE)
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
    return _CONTACT.sub("[contact]", value) if isinstance(value, str) else value
