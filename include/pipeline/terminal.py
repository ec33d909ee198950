"""What sources have sent, made safe for a terminal: no control character, no markup."""

from __future__ import annotations

__all__ = ["printable"]


def printable(value: object, longest: int | None = None) -> str:
    """Return text in which nothing but line breaks and tabs can move a cursor, or hide.

    Control, format (direction marks and the like) and private characters, and lone surrogates,
    are written as escapes; ``longest`` characters are kept.
    """
    text = str(value)
    cut = text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in cut)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
