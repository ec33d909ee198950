"""What the store holds, and how fresh it is."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from include.insights.models.base import Contract, Count, Month
from include.sources.source import Attribution, Terms

__all__ = [
    "CountRow",
    "RejectRow",
    "SourceStatus",
    "Summary",
]


class CountRow(Contract):
    """A value and its number of postings."""

    value: str
    postings_count: Count


class RejectRow(Contract):
    """Quarantined records of one source, reason and state."""

    source: str
    reason_code: str
    state: str
    records_count: Count
    last_seen_at: str | None


class SourceStatus(Contract):
    """A source's freshness, and whether its last load reconciled."""

    source: str
    postings_count: Count
    last_load_at: str | None
    age_hours: float | None
    max_age_hours: float
    stale: bool
    reconciled: bool
    rejected: Count
    missing: Count
    newest_posting_day: date | None = Field(description="Null without postings.")
    newest_posting_age_days: int | None = Field(description="Days from then to today, UTC.")
    attribution: Attribution
    terms: Terms


class Summary(Contract):
    """Counts and freshness of the store, for the dashboard's filters and freshness panel."""

    content_version: str
    published_at: str
    as_of: date | None = Field(description="The day that windows are counted back from.")
    first_month: Month | None
    last_month: Month | None
    postings_count: Count
    duplicates_count: Count
    seniors_count: Count
    sources: list[SourceStatus]
    rejects: list[RejectRow]
    countries: list[CountRow]
