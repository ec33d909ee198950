"""Lower case in which every character keeps its place."""

from __future__ import annotations

__all__ = ["lower_in_place"]


def lower_in_place(text: str) -> str:
    """Return the text in lower case, of the same length: a position in one is one in the other.

    ``İ`` is the one character whose lower case is two, an i and a dot above it
    (https://www.unicode.org/Public/UCD/latest/ucd/SpecialCasing.txt); here it is an i.
    """
    return text.replace("İ", "i").lower()
