"""Lower-case a text without moving any character."""

from __future__ import annotations

__all__ = ["lower_in_place"]


def lower_in_place(text: str) -> str:
    """Return the text in lower case with its length unchanged, so offsets hold in both.

    ``İ`` is the only character that lower-cases to two (an i and a combining dot above,
    https://www.unicode.org/Public/UCD/latest/ucd/SpecialCasing.txt); here it becomes an i.
    """
    return text.replace("İ", "i").lower()
