"""One company: its names and why they were joined, its boards, its months."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from include.insights.models.base import Contract, Count, Enough, Month
from include.insights.models.counted import CountedMeta

__all__ = [
    "CompanyAbstract",
    "CompanyBoard",
    "CompanyFacts",
    "CompanyName",
    "CompanyPageMeta",
    "CompanyPageRow",
    "JoinReason",
    "MonthActivity",
    "StatedCount",
    "StatedPay",
]


class JoinReason(Contract):
    """A kind of evidence that ties postings of a name to the company."""

    by: Literal["domain", "board", "author", "name", "override"] = Field(
        description="The best evidence of these postings: an own domain, a board, the author "
        "within one name, the name alone, or `override`: companies.csv."
    )
    postings: Count
    links: list[str] = Field(description="The domains, or the boards as system:slug.")


class CompanyName(Contract):
    """A spelling of the company's name."""

    name: str
    postings: Count
    first_month: Month
    last_month: Month
    joined: list[JoinReason] = Field(description="The most postings first.")


class CompanyBoard(Contract):
    """A board of the company on an applicant tracking system."""

    board: str = Field(description="As system:slug.")
    is_read: bool = Field(description="Whether its jobs are in the store, so that closings are.")


class CompanyAbstract(Contract):
    """A company in short."""

    company_key: str
    name: str
    asked_as: str = Field(description="The value of `company` that names it alone.")
    postings: Count = Field(description="Of all time, repeated ones too.")
    first_month: Month | None
    last_month: Month | None


class CompanyPageRow(CompanyAbstract):
    """A company that the parameter names."""

    names: list[CompanyName] = Field(description="The most postings first.")
    domains: list[str] = Field(description="Its own.")
    boards: list[CompanyBoard]
    sources: list[str]


class StatedCount(Contract):
    """A value and the postings with it."""

    value: str
    postings: Count


class StatedPay(Contract):
    """A yearly pay as stated, and the postings that state it."""

    currency: str
    low: float
    high: float
    postings: Count


class CompanyFacts(Contract):
    """What a few postings say, counted: too few for shares and medians."""

    skills: list[StatedCount]
    roles: list[StatedCount]
    levels: list[StatedCount]
    ways: list[StatedCount]
    countries: list[StatedCount]
    pay: list[StatedPay]


class MonthActivity(Contract):
    """A month of the company."""

    month: Month
    postings: Count
    jobs: Count
    open_jobs: Count | None = Field(
        description="Jobs that its boards show in the month's last week; null where none is read."
    )


class CompanyPageMeta(CountedMeta):
    """What the filter leaves of the company, or of several of one name."""

    enough: Enough
    few: CompanyFacts | None = Field(description="Where fewer than ten postings match.")
    open_now: Count | None = Field(
        description="Postings that its boards still show; null where no board is read."
    )
    months: list[MonthActivity] = Field(description="Those with a posting or an open job.")
    same_name: list[CompanyAbstract] = Field(
        description="Other companies with one of its names, kept apart."
    )
