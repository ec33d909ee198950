"""What an answer counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from include.insights.models.base import Contract, Count, Meta

__all__ = ["Counted", "CountedMeta", "CountedPageMeta", "Nearest", "SourceCount"]


class SourceCount(Contract):
    """A source and its postings among those counted."""

    source: str
    postings: Count


class Counted(Contract):
    """What an answer rests on: how many, of when, from where, and what is left out."""

    jobs: Count
    postings: Count
    companies: Count = Field(description="Unnamed companies do not count.")
    first_day: date | None = Field(description="Of the postings counted; null without any.")
    last_day: date | None
    months: Count = Field(description="Calendar months from first_day to last_day.")
    sources: list[SourceCount] = Field(description="The most postings first.")
    seniors: bool = Field(description="Whether senior postings are in.")
    repeats: bool = Field(description="Whether repeated postings are in.")
    line: str = Field(description="The same in one line of English.")


class Nearest(Contract):
    """The filter with fewest restrictions less, or a longer window, that leaves enough."""

    drop: str = Field(
        description="The parameter left out, or `days` or `start_date` of a longer window; several "
        "set apart by commas where no single one suffices."
    )
    filter: dict[str, Any] = Field(description="The parameters of the request, changed.")
    counted: Counted


class CountedMeta(Meta):
    """Metadata of a list that a filter restricts."""

    counted: Counted | None = Field(default=None, description="What the list counts.")
    nearest: Nearest | None = Field(
        default=None, description="Where the filter leaves fewer than 30 postings."
    )


class CountedPageMeta(CountedMeta):
    """Metadata of a page of such a list; ``next_cursor`` requests the next one."""

    next_cursor: str | None = None
