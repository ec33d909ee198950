"""Companies and places of the jobs that a filter selects."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from include.insights.models.base import Contract, Count, Month, Share
from include.insights.models.counted import CountedMeta

__all__ = ["CompanyMeta", "CompanyMonth", "CompanyRow", "PlaceMeta", "PlaceName", "PlaceRow"]

PlaceKind = Literal["city", "metro", "state", "country", "region"]


class CompanyRow(Contract):
    """A company, its jobs among those counted, and when it was ever seen."""

    company_key: str = Field(description="Its key, which the filter `company` takes.")
    name: str
    asked_as: str = Field(
        description="The value of `company` that names it alone: its key, with `~` after it where "
        "others have the key as their name."
    )
    jobs: Count
    postings: Count
    first_month: Month | None = Field(description="Of all its postings, whatever the filter.")
    last_month: Month | None
    is_first_time: bool = Field(description="Whether its first month is among those counted.")


class CompanyMonth(Contract):
    """The companies of a month."""

    month: Month
    first_time: Count = Field(description="Companies that no earlier month has, of any posting.")
    returning: Count
    is_running: bool = Field(description="Whether the month is not yet complete.")


class CompanyMeta(CountedMeta):
    """Metadata of companies."""

    months: list[CompanyMonth] = Field(description="The months counted, oldest first.")


class PlaceName(Contract):
    """A place of the tree."""

    place_id: str
    name: str
    kind: PlaceKind


class PlaceRow(PlaceName):
    """A place and the jobs in it, or that one may do from it; a job may be in several places."""

    parent_id: str
    jobs: Count
    postings: Count
    companies: Count
    share: Share = Field(description="Of the companies (`share_of`) with a job within the place.")
    low: Share
    high: Share


class PlaceMeta(CountedMeta):
    """Metadata of places."""

    share_of: Literal["companies", "postings"] = Field(
        description="What shares are of: of a single company its postings."
    )
    path: list[PlaceName] = Field(description="From the world down to the place asked for.")
    companies: Count = Field(description="Companies with a job within the place asked for.")
    unstated: Count = Field(description="Jobs that name no place of the tree, counted nowhere.")
