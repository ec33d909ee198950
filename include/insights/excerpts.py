"""Where the words of a search stand in a posting: plain text and offsets, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from include.insights.models import Excerpt
from include.postings.markup import plain_text
from include.serving.text.query import Phrase, Query, wanted_phrases
from include.serving.text.words import occurrences

__all__ = ["excerpts"]

_BEFORE_CHARS, _EXCERPT_CHARS = 60, 240
_MOST_EXCERPTS = 3


_Field = Literal["title", "company", "text"]
_Hit = tuple[int, int, Sequence[str]]


def excerpts(query: Query, title: str, company: str, description: str) -> list[Excerpt]:
    """Return title and company if a word of the search is in them, and up to three of the text.

    Those of the text have each word or phrase at least once, as far as three have room.
    """
    found: list[Excerpt] = []
    phrases = list(dict.fromkeys(wanted_phrases(query)))
    fields: tuple[tuple[_Field, str], ...] = (("title", title), ("company", company))
    for field, text in fields:
        if hits := _hits(phrases, field, text):
            found.append(_excerpt(field, text, 0, len(text), hits))
    text = plain_text(description)
    hits = _hits(phrases, "text", text)
    return [*found, *(_excerpt("text", text, *part, hits) for part in _parts(text, hits))]


def _hits(phrases: Iterable[Phrase], field: str, text: str) -> list[_Hit]:
    """Return start, end and words of what is found in a field, in the order of the text."""
    wanted = {phrase.words for phrase in phrases if phrase.field in (None, field)}
    return sorted((start, end, words) for words, start, end in occurrences(text, sorted(wanted)))


def _parts(text: str, hits: Sequence[_Hit]) -> list[tuple[int, int]]:
    """Return start and end of the parts to show: each begins before a phrase not shown yet."""
    parts: list[tuple[int, int]] = []
    shown: set[Sequence[str]] = set()
    for start, _, phrase in hits:
        if phrase in shown or len(parts) == _MOST_EXCERPTS:
            continue
        earliest = max(start - _BEFORE_CHARS, parts[-1][1] if parts else 0)
        first = _word_start(text, min(earliest, start), start)
        last = _word_end(text, first + _EXCERPT_CHARS)
        parts.append((first, last))
        shown |= {other for begin, end, other in hits if begin >= first and end <= last}
    return parts


def _word_start(text: str, at: int, hit: int) -> int:
    """Return the next start of a word or of the text, at most ``hit``."""
    if at == 0 or text[at - 1].isspace():
        return at
    while at < hit and not text[at].isspace():
        at += 1
    return min(at + 1, hit)


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    blank = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at))
    return blank if blank > at - _BEFORE_CHARS else at


def _excerpt(
    field: _Field,
    text: str,
    first: int,
    last: int,
    hits: Iterable[_Hit],
) -> Excerpt:
    spans: list[tuple[int, int]] = []
    shown = ((s - first, e - first) for s, e, _ in hits if s >= first and e <= last)
    for start, end in sorted(shown):
        # "data" within "data engineer" is marked once.
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return Excerpt(field=field, text=text[first:last], start=first, spans=spans)
