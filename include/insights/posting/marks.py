"""Join the shown text with the one that was read, and mark the words of each answer in it.

Offsets of answers count characters of ``plain_text(markup)``; what is shown is HTML. Both have the
same words in the same order, however blanks, quotes and dashes are written. Where broken HTML gives
a parser other words than ``plain_text``, no mark would be certain: then plain text is shown.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, Final

from include.insights.models import TextBlock, TextRun
from include.insights.posting.contacts import LEFT_OUT, contacts_in
from include.insights.posting.html import Block, Run, blocks_of, lines_of
from include.postings.markup import plain_text

__all__ = ["MAX_MARK_CHARS", "Span", "marked_text"]

Span = tuple[int, int]
"""Half-open offsets in the plain text."""

MAX_MARK_CHARS: Final = 600
"""Words beyond this are not marked: the text as a whole gave such an answer."""

_WORD_OR_BLANK = re.compile(r"\s+|\S+")


def marked_text(markup: str, plain: str, answers: Sequence[Span]) -> tuple[list[TextBlock], bool]:
    """Return the blocks to show, and whether they are formatted as the HTML is.

    ``plain`` is ``plain_text(markup)``, ``answers`` are the spans to mark.
    """
    parts = _Parts(plain, answers)
    # Some boards escape their HTML once too often: then it has no tag before it is unescaped.
    candidates = [markup] if "<" in markup else [markup, html.unescape(markup)]
    for candidate in candidates if "<" in candidates[-1] else ():
        blocks = blocks_of(candidate)
        if blocks and (found := _shown(blocks, plain, parts)):
            return found, True
    return _shown(lines_of(plain), plain, parts) or [], False


class _OtherWordsError(Exception):
    """The shown text has other words than the one that was read."""


class _Parts:
    """The plain text cut at the ends of all marks: each part has one set of them."""

    def __init__(self, plain: str, answers: Sequence[Span]) -> None:
        contacts = contacts_in(plain)
        marked = [
            (number, span)
            for number, span in enumerate(answers)
            if 0 < span[1] - span[0] <= MAX_MARK_CHARS
        ]
        ends = {at for span in (*contacts, *(span for _, span in marked)) for at in span}
        self._cuts = sorted({0, *ends})
        numbers = {at: number for number, at in enumerate(self._cuts)}
        self.answers: list[list[int]] = [[] for _ in self._cuts]
        for number, (start, end) in marked:
            for part in range(numbers[start], numbers[end]):
                self.answers[part].append(number)
        self.contacts: dict[int, int] = {
            part: start for start, end in contacts for part in range(numbers[start], numbers[end])
        }

    def at(self, offset: int) -> int:
        """Return the number of the part that an offset is in."""
        return bisect_right(self._cuts, offset) - 1


def _shown(blocks: list[Block], plain: str, parts: _Parts) -> list[TextBlock] | None:
    """Return the blocks with their marks; None where they have other words than ``plain``."""
    words = _Words(plain, parts)
    try:
        shown = [
            TextBlock(
                kind=block.kind,
                depth=block.depth,
                is_ordered=block.is_ordered,
                runs=list(_runs(block.runs, words, parts)),
            )
            for block in blocks
        ]
    except _OtherWordsError:
        return None
    return shown if words.is_done() else None


def _runs(runs: list[Run], words: _Words, parts: _Parts) -> Iterator[TextRun]:
    """Yield a block's runs, cut where a mark begins or ends."""
    text, before = "", None
    for run in runs:
        for piece, part in words.of(run.text):
            contact = parts.contacts.get(part)
            key = (run.styles, run.href, parts.answers[part], contact)
            if before is not None and key != before:
                yield _run(text, *before)
                text = ""
            text, before = text + piece, key
    if before is not None:
        yield _run(text, *before)


def _run(text: str, styles: Any, href: str | None, marks: list[int], contact: Any) -> TextRun:
    return TextRun(
        text=text if contact is None else LEFT_OUT,
        styles=sorted(styles),
        href=href,
        marks=marks,
    )


class _Words:
    """Finds the words of the shown text in the plain one, from left to right, each once."""

    def __init__(self, plain: str, parts: _Parts) -> None:
        self._plain = plain
        self._parts = parts
        self._at = 0

    def of(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield pieces of the text, and the number of the part that each is in.

        Raises _OtherWordsError at a word that does not follow in the plain text.
        """
        for found in _WORD_OR_BLANK.finditer(text):
            word = found[0]
            if word[0].isspace():
                yield word, self._parts.at(self._at)
            elif word.isascii():
                yield from self._plain_word(word)
            else:
                yield from self._other_word(word)

    def is_done(self) -> bool:
        """Return whether no word of the plain text is left."""
        return not self._plain[self._at :].strip()

    def _plain_word(self, word: str) -> Iterator[tuple[str, int]]:
        start = self._next(word[0])
        if not self._plain.startswith(word, start):
            raise _OtherWordsError
        self._at = start + len(word)
        first, last = self._parts.at(start), self._parts.at(self._at - 1)
        if first == last:
            yield word, first
        else:
            yield from ((word[i], self._parts.at(start + i)) for i in range(len(word)))

    def _other_word(self, word: str) -> Iterator[tuple[str, int]]:
        """Yield a word that plain_text() writes otherwise: with other quotes, dashes, letters."""
        wanted = "".join(plain_text(html.escape(word, quote=False)).split())
        places = []
        for letter in wanted:
            self._at = self._next(letter)
            if not self._plain.startswith(letter, self._at):
                raise _OtherWordsError
            places.append(self._at)
            self._at += 1
        if len(places) == len(word):
            yield from ((word[i], self._parts.at(place)) for i, place in enumerate(places))
        else:
            yield word, self._parts.at(places[0] if places else self._at)

    def _next(self, letter: str) -> int:
        """Return where the next word begins; a bar that stands for a tab is none."""
        at = self._skip_blanks(self._at)
        if letter != "|" and self._plain.startswith("|", at):
            at = self._skip_blanks(at + 1)
        return at

    def _skip_blanks(self, at: int) -> int:
        while at < len(self._plain) and self._plain[at].isspace():
            at += 1
        return at
