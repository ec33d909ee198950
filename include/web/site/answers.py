"""Answers as a public page may have them: no contacts of persons, no next page, short numbers."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["public"]

_DECIMALS = 6
"""Of a share: a millionth. The file is a quarter shorter than with all that a float has."""
# The header of a comment may name whom to write to, and is then part of a title, a place or a name:
# "Engineers at Acme, jane@acme.test". Bounded as RFC 5321 does, so that it is linear on any text.
_ADDRESS = re.compile(r"(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")


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
        return {name: _public(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_public(one) for one in value]
    return _ADDRESS.sub("[e-mail]", value) if isinstance(value, str) else value
