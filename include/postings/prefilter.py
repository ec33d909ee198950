r"""A regular expression that runs only on texts that contain one of its literals.

``re`` tries a pattern that begins with ``\b`` or a group at every character. Searching for a few
literals first (``in``, a plain substring search each) costs a fraction, and most texts contain
none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

__all__ = ["PrefilteredPattern"]


class PrefilteredPattern:
    r"""A pattern and its literals; every match must contain one of them, as written.

    ``PrefilteredPattern(r"\b(?:on-?site|in[- ]office)\b", literals=("site", "office"))`` has
    the same matches as the pattern alone. A missing literal loses matches, so the tests try an
    example of every alternative. Use ``re.IGNORECASE`` only with literals that have no case, such
    as ":".
    """

    __slots__ = ("literals", "pattern")

    def __init__(
        self, expression: str, *, literals: Sequence[str], flags: re.RegexFlag = re.NOFLAG
    ) -> None:
        self.pattern = re.compile(expression, flags)
        self.literals = tuple(literals)

    def search(self, text: str) -> re.Match[str] | None:
        """As ``re.Pattern.search``."""
        return self.pattern.search(text) if self._may_match(text) else None

    def match(self, text: str) -> re.Match[str] | None:
        """As ``re.Pattern.match``."""
        return self.pattern.match(text) if self._may_match(text) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """As ``re.Pattern.fullmatch``."""
        return self.pattern.fullmatch(text) if self._may_match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As ``re.Pattern.finditer``."""
        return self.pattern.finditer(text) if self._may_match(text) else iter(())

    def split(self, text: str) -> list[str]:
        """As ``re.Pattern.split`` of a pattern without groups."""
        return self.pattern.split(text) if self._may_match(text) else [text]

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str) -> str:
        """As ``re.Pattern.sub``."""
        return self.pattern.sub(replacement, text) if self._may_match(text) else text

    def _may_match(self, text: str) -> bool:
        # A loop, not any(): creating its generator costs more than these few searches.
        for literal in self.literals:  # noqa: SIM110
            if literal in text:
                return True
        return False
