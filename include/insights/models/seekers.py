"""Those who look for work on Hacker News, month by month."""

from __future__ import annotations

from pydantic import Field

from include.insights.models.base import Contract, Count, Enough, Meta, Month, Share

__all__ = ["SeekerMeta", "SeekerPoint", "SeekerSkill"]


class SeekerPoint(Contract):
    """A whole thread: those who look for work, and the jobs of the month's "Who is hiring?"."""

    month: Month
    seekers: Count = Field(description="Those who name the technology, if one is asked for.")
    offers: Count = Field(description="Comments that offer work: they are no seekers.")
    jobs: Count | None = Field(
        description="Jobs of Hacker News, all of them; null while the month is not complete, and "
        "for a technology: it is the posting that names it."
    )
    postings: Count | None = Field(description="Their postings; those that name the technology.")
    per_seeker: float | None = Field(
        description="Jobs a seeker; for a technology postings a seeker. Null with fewer than 10 "
        "seekers or postings."
    )
    low: float | None = Field(description="Lower end of per_seeker's 95 % interval.")
    high: float | None = Field(description="Upper end.")
    enough: Enough


class SeekerSkill(Contract):
    """A technology in the months shown."""

    technology_id: str
    name: str
    seekers: Count
    share: Share = Field(description="Of all seekers of these months.")
    low: Share = Field(description="Lower end of the share's 95 % interval.")
    high: Share = Field(description="Upper end.")
    postings: Count = Field(description="Postings of the same months that name it.")


class SeekerMeta(Meta):
    """Metadata of seekers: months without a whole thread have no row."""

    kind: str
    technology: str | None
    start_date: Month
    end_date: Month
    technologies: list[SeekerSkill] = Field(description="The most named first.")
