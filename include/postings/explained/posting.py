"""Read a posting and say which words gave each answer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any, NamedTuple

from include.postings.explained.evidence import evidence_for, refusal
from include.postings.explained.found import Field
from include.postings.explained.spans import Part, Span
from include.postings.extract import ABBREVIATING, HACKER_NEWS, Reading
from include.postings.markup import plain_text
from include.postings.result import PostingFields

__all__ = ["Evidence", "Explained", "explain_posting"]


class Evidence(NamedTuple):
    """The words that gave an answer: ``text[start:end]`` or, by ``part``, ``title[start:end]``."""

    field: Field
    value: Any
    """As in ``PostingFields.to_dict``; of a list one of its values."""
    start: int
    end: int
    part: Part
    rule: str | None = None
    """Why, where the words do not say it."""


class Explained(NamedTuple):
    """A posting's fields, and the words that gave them."""

    fields: PostingFields
    text: str
    """What ``plain_text`` returns."""
    title: str | None
    """A record's title as plain text."""
    evidence: tuple[Evidence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that ``classify --explain`` prints."""
        return {
            **self.fields.to_dict(),
            "text": self.text,
            "evidence": [{**one._asdict(), "words": self.words(one)} for one in self.evidence],
        }

    def words(self, evidence: Evidence) -> str:
        """Return the words that an evidence counts out."""
        whole = self.text if evidence.part == "text" else self.title or ""
        return whole[evidence.start : evidence.end]


def explain_posting(
    text: str,
    *,
    title: str | None = None,
    company: str | None = None,
    source: str = HACKER_NEWS,
) -> Explained:
    """Return what ``extract_posting`` returns, and the words that gave each answer.

    An answer that no words gave has no evidence: "unspecified", None, what the record states.
    """
    plain = plain_text(text)
    reading = Reading(plain, title=title, company=company)
    shown = reading.header.line if title else None
    is_comment = source == HACKER_NEWS and not title
    if is_comment and not reading.is_job:
        fields, found = PostingFields(is_job=False), refusal(reading)
    else:
        fields = reading.fields()
        found = evidence_for(reading, fields, is_comment=is_comment)
    written = _written_offsets(plain, shortened=len(reading.plain) < len(plain))
    evidence = tuple(
        Evidence(one.field, one.value, *written(one.span), one.span.part, one.rule) for one in found
    )
    return Explained(fields, plain, shown, evidence)


def _written_offsets(plain: str, *, shortened: bool) -> Callable[[Span], tuple[int, int]]:
    """Return where a span lies in the text before the points of "Sr." were removed."""
    removed = [match.start() for match in ABBREVIATING.finditer(plain)] if shortened else []
    # So many characters of the text read stand before each point.
    kept_before = [at - number for number, at in enumerate(removed)]

    def written(span: Span) -> tuple[int, int]:
        if span.part == "title" or span.start == span.end:
            return span.start, span.end
        last = span.end - 1
        return span.start + bisect_right(kept_before, span.start), span.end + bisect_right(
            kept_before, last
        )

    return written
