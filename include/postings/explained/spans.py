"""The spans of a posting that may give an answer, and the search for one that does alone.

A span is half-open and counts characters of the text that it lies in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from itertools import chain, islice
from typing import Any, Literal, NamedTuple, TypeVar

from include.postings.extract import Reading
from include.postings.header import Header

__all__ = ["Candidates", "Part", "Searcher", "Span"]

Part = Literal["text", "title"]
Answer = TypeVar("Answer")
Candidates = Iterable[tuple[int, int]]
"""Half-open offsets in the text."""

# A clause of a line: "H1B OK, no remote" is two, "$90,000" is one.
_CLAUSE_END = re.compile(r"[.!?;](?=\s|$)|\s[|•]\s|,(?=\s(?:no|and|but|we|or)\b)")
_WINDOW_WORDS = (1, 3, 6)
"""Words on either side of a cue, tried one after the other."""
_WINDOW_CHARS = 200
_MOST_CUES = 8
_MOST_SEGMENTS = 8
_MOST_LIST_LINES = 20
_MOST_OCCURRENCES = 4
_MOST_LINE_CHARS = 600
_MUCH_THE_SAME = frozenset(("places", "remote", "salary", "visa"))
"""Fields that the same few words give in many postings, whoever hires."""
_CACHED_CHARS = 60
_MOST_CANDIDATES = 7
"""Bounds the work on an answer that many words together give."""
_MOST_CHARS_EACH, _MOST_CHARS = 10, 20_000
"""Characters read again, for each of the text and besides: bounds the work on a hostile text."""
_PREFIX_LINES = (1, 4)
# Of a posting whose employer is known: no text has this name.
_SOMEBODY = "\0"


class Span(NamedTuple):
    """The characters ``start`` to ``end`` (exclusive) of a part of the posting."""

    start: int
    end: int
    part: Part


class Searcher:
    """Reads spans of one posting alone; the title and the company of its record are kept."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.plain = reading.plain
        self.title = reading.header.line if reading.title else None
        self._readings: dict[str, Reading] = {}
        self._left = _MOST_CHARS_EACH * len(self.plain) + _MOST_CHARS

    def find(self, field: str, candidates: Candidates, gives: Callable[[Any], bool]) -> Span:
        """Return the first span whose reading's field is the answer: of the title, else the text.

        ``field`` is the name of an attribute of Reading.
        """
        if self.title and (found := self._in_title(field, gives)):
            return found
        return self.first(partial(self._alone, field), candidates, gives)

    def first(
        self, read: Callable[[str], Answer], candidates: Candidates, gives: Callable[[Answer], bool]
    ) -> Span:
        """Return the first span of the text that gives the answer if ``read`` reads it alone.

        The last resort is the whole text, which gives it.
        """
        likely = islice(_trimmed(self.plain, candidates), _MOST_CANDIDATES)
        for start, end in chain(likely, self._prefixes()):
            self._left -= end - start
            if self._left < 0:
                break
            if gives(read(self.plain[start:end])):
                return Span(start, end, "text")
        return Span(0, len(self.plain), "text")

    def _alone(self, field: str, text: str) -> Any:
        """Return a field of a piece of the text, read as if it were all of it."""
        company = self.reading.company
        # A company whose name is not in the text does not matter.
        named = company if company and company in text else _SOMEBODY
        if field in _MUCH_THE_SAME and not self.title and len(text) < _CACHED_CHARS:
            return _short(field, text)
        if text not in self._readings:
            self._readings[text] = Reading(text, title=self.reading.title, company=named)
        return getattr(self._readings[text], field)

    def _in_title(self, field: str, gives: Callable[[Any], bool]) -> Span | None:
        title = self.title or ""
        segments = _segments(self.reading.header, 0)
        for start, end in (*_trimmed(title, segments), (0, len(title))):
            if gives(getattr(Reading("", title=title[start:end], company=_SOMEBODY), field)):
                return Span(start, end, "title")
        return None

    def _prefixes(self) -> Iterator[tuple[int, int]]:
        for count in _PREFIX_LINES:
            if count < len(self.lines):
                yield 0, self.lines[count - 1][1]

    @cached_property
    def lines(self) -> list[tuple[int, int]]:
        """The text's lines."""
        found, start = [], 0
        for line in self.plain.split("\n"):
            found.append((start, start + len(line)))
            start += len(line) + 1
        return found

    @cached_property
    def header(self) -> tuple[int, int]:
        """The header's line; of a record with a title an empty span."""
        return (0, 0) if self.title else self.lines[len(self.reading.header.before)]

    @cached_property
    def segments(self) -> list[tuple[int, int]]:
        """The header's segments."""
        return [] if self.title else list(_segments(self.reading.header, self.header[0]))

    def line(self, number: int) -> tuple[int, int]:
        """Return the line that has this number in the reading's KeywordIndex."""
        before = len(self.reading.header.before)
        if self.title:
            return self.lines[number - 1] if number else (0, 0)
        if number == 0:
            return self.header
        return self.lines[number - 1 if number <= before else number]

    def in_header(self, topic: str) -> Iterator[tuple[int, int]]:
        """Yield what of the header has a literal of the topic."""
        cues = [self.header[0] + cue for cue in self.reading.body.positions(topic, 0)]
        if cues and not self.title:
            spans = self.of_header()
            yield from ((a, b) for a, b in spans if any(a <= cue < b for cue in cues))

    def of_header(self) -> Iterator[tuple[int, int]]:
        """Yield the header's segments, two and more of them, and its line."""
        yield from self.segments
        parts = self.segments[:_MOST_SEGMENTS]
        for count in range(2, len(parts) + 1):
            for first in range(len(parts) - count + 1):
                yield parts[first][0], parts[first + count - 1][1]
        yield self.header

    def around(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield a span, its clause and its line."""
        yield start, end
        yield from self._clause_and_line(start, end)

    def cued(self, topic: str) -> Iterator[tuple[int, int]]:
        """Yield what is around the topic's literals."""
        return self.near(self._first_cues(topic))

    def words(self, topic: str) -> Iterator[tuple[int, int]]:
        """Yield the words that begin with the topic's literals: "Remote"."""
        for cue in self._first_cues(topic):
            yield self._window(cue, 0)

    def with_cue(self, topic: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield what reaches from a literal of the topic, in the header, over a span, or back."""
        if not self.title:
            for cue in self.reading.body.positions(topic, 0):
                at = self.header[0] + cue
                yield min(start, at), max(end, self._window(at, 1)[1])

    def all(self, pattern: re.Pattern[str]) -> list[int]:
        """Return the offsets of a pattern's first matches."""
        return [found.start() for found in islice(pattern.finditer(self.plain), _MOST_CUES)]

    def lines_with(self, topic: str) -> Iterator[tuple[int, int]]:
        """Yield the clauses and lines with the topic's literals, alone and with the header."""
        cues = self._first_cues(topic)
        for cue in cues:
            yield from self._clause_and_line(cue, cue)
        for cue in cues:
            yield self.header[0], self._line_end(cue)

    def near(self, cues: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield what is around offsets of the text: some words, the clause, the line."""
        for words in _WINDOW_WORDS:
            for cue in cues:
                yield self._window(cue, words)
        for cue in cues:
            yield from self._clause_and_line(cue, cue)
        for cue in cues:
            yield self.header[0], self._line_end(cue)

    def with_lines_above(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield a line with its list's heading, and with all from the header on."""
        heading = start
        for _ in range(_MOST_LIST_LINES):
            heading = self._line_start(max(0, heading - 1))
            if self.plain[self._line_end(heading) - 1] == ":":
                break
        yield heading, end
        yield self.header[0], end

    def widening(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield a span with more and more words of its line on either side."""
        for words in _WINDOW_WORDS:
            yield self._window(start, words)[0], end
            yield start, self._window(end, words)[1]
            yield self._window(start, words)[0], self._window(end, words)[1]

    def called(self, name: str) -> Iterator[tuple[int, int]]:
        """Yield the places where a name stands: in the header, else anywhere."""
        at = self.plain.find(name, *self.header)
        for _ in range(_MOST_OCCURRENCES):
            at = at if at >= 0 else self.plain.find(name)
            if at < 0 or not name:
                return
            yield at, at + len(name)
            if (at := self.plain.find(name, at + len(name))) < 0:
                return

    def _first_cues(self, topic: str) -> list[int]:
        return list(islice(self._cues(topic), _MOST_CUES))

    def _cues(self, topic: str) -> Iterator[int]:
        """Yield the offsets of a topic's literals."""
        for number, offsets in self.reading.body.cues(topic).items():
            if number or not self.title:
                start, _ = self.line(number)
                yield from (start + offset for offset in offsets)

    def _window(self, at: int, words: int) -> tuple[int, int]:
        start = max(self._line_start(at), at - _WINDOW_CHARS)
        end = min(self._line_end(at), at + _WINDOW_CHARS)
        before = self.plain[start:at].rsplit(" ", words + 1)[-words - 1 :]
        after = self.plain[at:end].split(" ", words + 1)[: words + 1]
        return at - len(" ".join(before)), at + len(" ".join(after).rstrip(",.;:"))

    def _line_start(self, at: int) -> int:
        return self.plain.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        found = self.plain.find("\n", at)
        return len(self.plain) if found < 0 else found

    def _clause_and_line(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        first, last = self._line_start(start), self._line_end(end)
        if last - first > _MOST_LINE_CHARS:
            first, last = max(first, start - _MOST_LINE_CHARS), min(last, end + _MOST_LINE_CHARS)
        begin = first
        for mark in _CLAUSE_END.finditer(self.plain, first, start):
            begin = mark.end()
        mark_after = _CLAUSE_END.search(self.plain, end, last)
        yield begin, mark_after.start() if mark_after else last
        yield first, last


@lru_cache(maxsize=8192)
def _short(field: str, text: str) -> Any:
    """Return a field of a short text."""
    return getattr(Reading(text, company=_SOMEBODY), field)


def _segments(header: Header, start: int) -> Iterator[tuple[int, int]]:
    position = 0
    for segment in header.segments:
        at = header.line.find(segment.text, position)
        position = at + len(segment.text)
        yield start + at, start + position


def _trimmed(text: str, candidates: Candidates) -> Iterator[tuple[int, int]]:
    """Yield the candidates without blanks at their ends, each once."""
    seen = set()
    for start, end in candidates:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if start < end and (start, end) not in seen:
            seen.add((start, end))
            yield start, end
