"""Split a posting's header line into segments and classify each.

Hacker News asks for ``Company | Role | Place | REMOTE | Full-time | Salary | URL``; posters use any
order and separator. A board's posting has a title instead.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from include.postings import words
from include.postings.lexicon import title_labels
from include.postings.prefilter import PrefilteredPattern

__all__ = ["Header", "Kind", "Segment", "read_header"]

Kind = Literal["url", "salary", "role", "terms", "place", "text"]

# Some posters greet first; a pipe further down belongs to a list, not to the header.
_HEADER_LINES = 5
# Bounds the work of every rule on a header without separators.
_SEGMENT_CHARS = 220
_OTHER_SEPARATORS = (" / ", " // ", "; ", " :: ", " > ")
# One " / " is an alternative ("Oslo / Bergen"); two make it the separator.
_FEWEST_SEPARATORS = 2
# The separator must end the company's name, so it occurs this early.
_NAME_CHARS = 60
# "Acme | Baker", "Acme • Baker". A bullet needs a capital after it, or it is decoration.
_PIPE = re.compile(r"\s*[|]\s*|\s+[•·]{1,2}\s+(?=[A-Z(])|\s*;\s+")
# Headers without pipes: "Acme - Baker - Oslo", "Acme -Baker"; "on-site" stays whole.
_DASH = PrefilteredPattern(r"\s+-{1,3}\s+|\s*[•·]\s*|\s-{1,2}(?=[A-Z])", literals=("-", "•", "·"))
# A segment that is nothing but an address: "(https://acme.test/jobs)", "acme.test".
_URL_ONLY = PrefilteredPattern(
    r"\(?(?:https?://\S+|(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?)\)?[.,]?",
    literals=(".", "://"),
    flags=re.IGNORECASE,
)


class Segment:
    """A part of the header between two separators, at most 220 characters of it.

    Its kind is found when first asked for: readers of words alone ask for few.
    """

    __slots__ = ("_kind", "_part", "text")

    def __init__(self, part: str, kind: Kind | None = None) -> None:
        self.text = part[:_SEGMENT_CHARS]
        self._part = part
        self._kind = kind

    @property
    def kind(self) -> Kind:
        """What the whole part is."""
        if self._kind is None:
            self._kind = _kind(self._part)
        return self._kind


class Header(NamedTuple):
    """The header's line, its segments, and the lines around it."""

    line: str
    segments: tuple[Segment, ...]
    piped: bool
    """Split at ``|``: a deliberate header, not just a first sentence."""
    before: tuple[str, ...]
    body: tuple[str, ...]

    def of_kind(self, kind: Kind) -> list[str]:
        """Return the texts of the segments of this kind."""
        return [segment.text for segment in self.segments if segment.kind == kind]


def read_header(lines: list[str]) -> Header:
    """Return the header of a posting's lines; an empty one for no lines."""
    if not lines:
        return Header("", (), False, (), ())
    at = next((i for i, line in enumerate(lines[:_HEADER_LINES]) if _is_piped(line)), None)
    position = at or 0
    line = lines[position]
    parts = _split_at_pipes(line) if at is not None else _split(line)
    # A long line with one dash is a sentence; only its start can name the company.
    if at is None and len(parts) < 3 and len(line) > 160:
        parts = parts[:1]
    segments = tuple(Segment(part) for raw in parts if (part := raw.strip(" *-")))
    return Header(
        line=line,
        segments=segments,
        piped=at is not None,
        before=tuple(lines[:position]),
        body=tuple(lines[position + 1 :]),
    )


def _split_at_pipes(line: str) -> list[str]:
    """Split a header at ``|`` and its substitutes."""
    # Most headers use only "|", and str.split is faster than re.split.
    if "•" not in line and "·" not in line and ";" not in line:
        return [part.strip() for part in line.split("|")]
    return _PIPE.split(line)


def _split(line: str) -> list[str]:
    """Split a header without pipes at the separator it uses."""
    dashed = _DASH.split(line)
    first = min(len(dashed[0]), _NAME_CHARS)
    for separator in _OTHER_SEPARATORS:
        if line.count(separator) >= _FEWEST_SEPARATORS and line.find(separator) < first:
            return line.split(separator)
    return dashed


def _is_piped(line: str) -> bool:
    pipes = line.count("|")
    # A single pipe in a long line counts only near the start: further on it is part of the prose.
    return pipes >= 2 or (pipes == 1 and (len(line) < 200 or line.find("|") < 60))


@lru_cache(maxsize=2048)
def _kind(part: str) -> Kind:
    # Cached, because an explanation reads parts of a header again.
    # Order matters: "Engineer, $90k, Oslo" is a role first, pay second and a place last.
    if " " not in part and _URL_ONLY.fullmatch(part):
        return "url"
    labels = title_labels(part)
    if not labels.isdisjoint(words.JOB):
        return "role"
    if words.names_money(part):
        return "salary"
    if "terms" in labels:
        return "terms"
    return "place" if words.is_place(part) else "text"
