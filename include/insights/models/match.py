"""How the jobs that a filter selects fit what a person can do."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from include.insights.models.base import Contract, Count, Enough, Share
from include.insights.models.counted import CountedPageMeta
from include.insights.models.pay import PayPremium
from include.insights.models.postings import PostingRow

__all__ = ["Fit", "FitRow", "MatchMeta", "MatchRow", "Opening", "SkillName"]

Fit = Literal["all", "all_but_one", "all_but_two", "half", "some", "none"]


class SkillName(Contract):
    """A technology of the taxonomy."""

    technology_id: str
    name: str


class FitRow(Contract):
    """The jobs of which one has so much of what their postings name."""

    fit: Fit = Field(
        description="`all`; `all_but_one` and `all_but_two`, with at least one; `half` or more of "
        "them; `some`, fewer; `none`."
    )
    jobs: Count
    postings: Count
    companies: Count = Field(description="Companies with such a job; each may have others.")
    share: Share | None = Field(description="Of the jobs that name a technology.")
    low: Share | None = Field(description="Lower end of its 95 % interval, by company.")
    high: Share | None = Field(description="Upper end.")


class Opening(SkillName):
    """A skill, and the jobs that lack just this one: with it one has all that they name."""

    jobs: Count
    postings: Count
    companies: Count
    share: Share = Field(description="Of `share_of`, those that name a technology.")
    low: Share = Field(description="Lower end of its 95 % interval.")
    high: Share = Field(description="Upper end.")
    about_equal_to_first: bool = Field(
        description="Whether its interval overlaps that of the first, so that chance may order "
        "them."
    )
    premium: PayPremium | None = Field(
        description="Pay of the jobs that name it against jobs that do not; null: too few state it."
    )


class MatchRow(PostingRow):
    """A posting with what one has, and lacks, of the technologies that it names."""

    fit: Fit
    has: list[str] = Field(description="Names, in the order of `skills`.")
    missing: list[str]


class MatchMeta(CountedPageMeta):
    """What all of the jobs ask for; ``total_count`` counts the postings of the list."""

    skills: list[SkillName] = Field(description="What was asked with, as the taxonomy names it.")
    fits: list[FitRow] = Field(description="Best first; jobs add up to `naming_jobs`.")
    naming_jobs: Count = Field(description="Jobs whose posting names a technology.")
    naming_companies: Count
    unnamed_jobs: Count = Field(description="Jobs whose posting names none: nothing is said.")
    unnamed_postings: Count
    lacking_one_jobs: Count = Field(description="Jobs that lack just one technology, any.")
    openings: list[Opening] = Field(description="The skills that would open most jobs first.")
    share_of: Literal["companies", "postings"] = Field(
        description="What an opening's share is of: of postings if the filter names a company."
    )
    enough: Enough = Field(description="Of `share_of`, those that name a technology.")
    currency: str | None = Field(description="Of the premiums; null: no job states pay.")
