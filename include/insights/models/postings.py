"""Postings and loads."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from include.insights.models.base import Contract, Count
from include.sources.source import Attribution

__all__ = [
    "Excerpt",
    "JobRow",
    "LoadRow",
    "PostingRow",
]


class JobRow(Contract):
    """A job of a posting: what is said of it alone, or of the posting if it is its only one."""

    title: str
    roles: list[str]
    levels: list[str]
    family: str
    remote: str | None
    locations: list[str]
    salary_min: float | None
    salary_max: float | None
    salary_currency: str | None
    salary_period: str | None


class Excerpt(Contract):
    """A part of a posting in which words of the search stand."""

    field: Literal["title", "company", "text"]
    text: str = Field(description="Plain text: escape it before it is shown.")
    start: int = Field(ge=0, description="Where it stands in the title, company or text.")
    spans: list[tuple[int, int]] = Field(
        description="The words found: start and end (exclusive), in characters of this text."
    )


class PostingRow(Contract):
    """A posting in a list: stated fields, extracted fields, and attribution."""

    id: str
    source: str
    url: str
    title: str
    company: str
    location: str | None
    country: str | None = Field(description="Set only if all places are in it.")
    countries: list[str] = Field(description="The countries of all places, ISO 3166-1 alpha-2.")
    remote: str
    date_posted: str | None
    posted_day: date
    retrieved_at: str
    role_bucket: str
    level_bucket: str
    salary_min: float | None
    salary_max: float | None
    salary_currency: str | None
    salary_period: str | None
    visa: str
    jobs: list[JobRow]
    skills: list[str]
    matched: list[Excerpt] = Field(
        default_factory=list, description="Where the words of `q` stand; empty without `q`."
    )
    attribution: Attribution


class LoadRow(Contract):
    """A load of the ledger, with its reconciliation."""

    load_id: str
    source: str
    partition: str | None
    run_id: str | None
    started_at: str | None
    committed_at: str
    expected: Count
    fetched: Count
    inserted: Count
    unchanged: Count
    tombstones: Count
    rejected: Count
    missing: Count
    updated: Count = Field(description="Those of the inserted that are new versions.")
    filtered: Count = Field(description="Served, but not asked for: neither expected nor fetched.")
    reconciled: bool = Field(
        description="expected = fetched + missing and fetched = inserted + unchanged + rejected."
    )
