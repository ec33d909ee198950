"""Tests of a text that several rules share."""

from __future__ import annotations

import re
from functools import lru_cache

from include.postings.lexicon import title_labels
from include.postings.places import names_place
from include.postings.prefilter import PrefilteredPattern

__all__ = ["JOB", "is_place", "names_job", "names_money"]

_CODES = ("USD", "EUR", "GBP", "CAD", "AUD", "CHF", "INR", "SGD")
# An amount with its sign, or a currency: "$9", "EUR".
_MONEY = PrefilteredPattern(
    rf"[$€£₹¥]\s?~?\d|\b(?:{'|'.join(_CODES)})\b", literals=("$", "€", "£", "₹", "¥", *_CODES)
)
# Thousands: "90k", "90,000". It begins with digits, to which the search can skip.
_THOUSANDS = re.compile(r"\d{2,3}(?:,000|k|K)\b")
# Longer segments are prose, and the search for places is the costliest test.
_PLACE_CHARS = 120
JOB = frozenset(("noun", "field"))
"""The labels of a job or a field of work."""


def names_job(text: str) -> bool:
    """Return whether a text names a job or a field of work."""
    return not title_labels(text).isdisjoint(JOB)


def names_money(text: str) -> bool:
    """Return whether a text names an amount of money or a currency."""
    if _MONEY.search(text):
        return True
    before = (
        text[max(0, match.start() - 1) : match.start()] for match in _THOUSANDS.finditer(text)
    )
    # No part of a longer number or a word: "1990k", "a90k".
    return any(not (char.isalnum() or char == "_") for char in before)


@lru_cache(maxsize=4096)
def is_place(part: str) -> bool:
    """Return whether a header segment names a place."""
    return len(part) < _PLACE_CHARS and names_place(part)
