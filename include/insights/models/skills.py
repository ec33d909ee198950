"""Skill insights: part of the posting contract (include/postings/model.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field, RootModel

from include.insights.filters import Unstated
from include.insights.models.base import Contract, Count, Enough, Month, Share
from include.insights.models.counted import Counted, Nearest
from include.postings.model import IngestionQuery

__all__ = [
    "MAX_SKILLS",
    "InsightsAnswer",
    "JobFilters",
    "JobInsightsResponse",
    "JobSkill",
    "JobWindow",
    "SkillCount",
    "SkillInsightsResponse",
    "Totals",
    "Window",
]

MAX_SKILLS = 25


class Window(Contract):
    """The time that an answer covers: so many days up to the reference day."""

    days: int = Field(ge=1)


class Totals(Contract):
    """How much an answer rests on."""

    postings_count: Count
    unique_companies_count: Count


class SkillCount(Contract):
    """A skill, the postings that name it, and their whole percentage of all postings filtered."""

    name: str
    count: Count
    pct: int = Field(ge=0, le=100)


class SkillInsightsResponse(Contract):
    """Which skills the postings that match a query ask for."""

    title: str
    subtitle: str
    window: Window
    filters: IngestionQuery
    totals: Totals
    skills: Sequence[SkillCount] = Field(max_length=MAX_SKILLS)
    generated_at: AwareDatetime | None = Field(
        default=None, description="When the data that the answer rests on were published."
    )
    schema_version: str | None = None


class JobFilters(IngestionQuery):
    """The filter of the answer: contract 1.1.0. Of a list one value suffices; empty: any."""

    apply_from: str | None = None
    unstated: Unstated = "include"
    remote: list[str] = Field(default=[])
    roles: list[str] = Field(default=[], description="One of the roles of the job; empty: any.")
    levels: list[str] = Field(default=[], description="One of the levels of the job; empty: any.")
    families: list[str] = Field(default=[])
    source: str = "any"
    sources: list[str] = Field(default=[])
    company: str | None = None
    technologies: list[str] = Field(default=[], description="All of them are named.")
    state: Literal["posted", "open"] = "posted"
    seniors: Literal["include", "exclude"] = "include"
    repeats: Literal["include", "exclude"] = "exclude"
    start_date: Month | None = None
    end_date: Month | None = None


class JobWindow(Window):
    """The same, and its first and last day: contract 1.1.0."""

    first_day: date | None = None
    last_day: date | None = None


class JobSkill(SkillCount):
    """The same, and the share of companies that ask for it: contract 1.1.0."""

    id: str | None = None
    companies: Count | None = None
    share: Share | None = Field(default=None, description="Of `share_of`, a fraction of 1.")
    low: Share | None = Field(default=None, description="Lower end of the share's 95 % interval.")
    high: Share | None = Field(default=None, description="Upper end of it.")
    about_equal_to_next: bool | None = Field(
        default=None, description="Whether its interval overlaps that of the next."
    )


class JobInsightsResponse(SkillInsightsResponse):
    """Which skills the postings with a matching job ask for: contract 1.1.0."""

    window: JobWindow
    filters: JobFilters
    skills: Sequence[JobSkill] = Field(max_length=MAX_SKILLS)
    counted: Counted | None = None
    share_of: Literal["companies", "postings"] | None = Field(
        default=None,
        description="What shares are of: of postings if the filter names a company.",
    )
    enough: Enough | None = None
    nearest: Nearest | None = None


class InsightsAnswer(RootModel[JobInsightsResponse | SkillInsightsResponse]):
    """Contract 1.1.0 if the request has a parameter that 1.0.0 lacks, else 1.0.0."""
