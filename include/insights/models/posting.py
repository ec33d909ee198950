"""One posting in full."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from include.insights.models.base import Contract, Count
from include.insights.models.postings import PostingRow
from include.sources.source import Attribution

__all__ = [
    "BlockKind",
    "Edit",
    "EventKind",
    "EvidenceRow",
    "PostingEvent",
    "PostingPage",
    "RunStyle",
    "SameJob",
    "TextBlock",
    "TextRun",
]

BlockKind = Literal["paragraph", "heading", "item", "code", "quote"]
RunStyle = Literal["strong", "em", "code"]
EventKind = Literal["read", "edited", "opened", "reopened", "shown", "closed"]


class EvidenceRow(Contract):
    """The words that gave an answer."""

    field: str
    value: Any = Field(description="As in `answers`; of a list one of its values.")
    start: int = Field(ge=0, description="In characters of `text` or `title`, by `part`.")
    end: int = Field(ge=0, description="Exclusive.")
    part: Literal["text", "title"]
    rule: str | None = Field(description="Why, where the words do not say it.")
    words: str


class TextRun(Contract):
    """Words of one style and of the same answers. Plain text: escape it before it is shown."""

    text: str = Field(description="`\\n` is a line break.")
    styles: list[RunStyle] = Field(default_factory=list)
    href: str | None = Field(
        default=None, pattern=r"^[hH][tT]{2}[pP][sS]?://", description="A link's address."
    )
    marks: list[Count] = Field(
        default_factory=list, description="The answers that these words gave: places in `evidence`."
    )


class TextBlock(Contract):
    """A paragraph, heading, item of a list, code or quotation."""

    kind: BlockKind
    depth: int = Field(ge=0, le=6, description="Of an item the depth of its list, from 1.")
    is_ordered: bool = Field(description="Whether an item's list is numbered.")
    runs: list[TextRun]


class Edit(Contract):
    """A line that an edit took out or put in."""

    kind: Literal["removed", "added"]
    text: str


class PostingEvent(Contract):
    """Something that happened to a posting, as far as its readings show it."""

    at: str = Field(description="The reading that showed it, ISO 8601, UTC.")
    kind: EventKind = Field(
        description="`read`: for the first time, of one that was edited later. Of a company's "
        "board: `opened`, `reopened`, `shown` last while it is open, `closed`."
    )
    is_late: bool = Field(
        default=False, description="Opened before the board was read for the first time."
    )
    fields: list[str] = Field(
        default_factory=list, description="The fields of the record that an edit changed."
    )
    edits: list[Edit] = Field(
        default_factory=list, description="The lines of the text that an edit changed, at most 40."
    )


class SameJob(Contract):
    """A posting of the same job."""

    id: str
    source: str
    url: str
    title: str
    company: str
    posted_day: date
    is_counted: bool = Field(description="Whether it is the one that counts for the job.")
    is_this: bool
    attribution: Attribution


class PostingPage(Contract):
    """All that is known of one posting."""

    posting: PostingRow
    text: list[TextBlock] = Field(
        description="Sanitised; e-mail addresses and phone numbers are left out."
    )
    is_formatted: bool = Field(
        description="False where the source's HTML could not be shown: then it is plain text."
    )
    title: str | None = Field(description="As in `/api/v1/explain`, which `evidence` is of, too.")
    evidence: list[EvidenceRow] = Field(
        description="In the order of the fields. Longer words are cut; `start` and `end` are not."
    )
    classifier_version: str = Field(
        description="Of the published answers; `evidence` is of the code that runs."
    )
    same_job: list[SameJob] = Field(
        description="Postings of the same job, this one among them, newest first; at most 100. "
        "Empty where it is the only one."
    )
    same_job_count: Count
    history: list[PostingEvent] = Field(description="Newest first; at most 100.")
