"""Pay: medians with their intervals, and its change within cells."""

from __future__ import annotations

from pydantic import Field

from include.insights.models.base import Contract, Count, Enough, Month, Share
from include.insights.models.counted import CountedMeta

__all__ = ["PayGrowth", "PayPremium", "SalaryMeta", "SalaryRow"]


class PayPremium(Contract):
    """Pay with a technology against pay without it, within cells: like with like."""

    change: float = Field(description="Median over the cells, a fraction of the pay without it.")
    low: float = Field(description="95 % interval.")
    high: float
    cells: Count = Field(
        description="Cells of roles, levels, country and year with five pays on both sides."
    )
    n: Count = Field(description="Pays with the technology in these cells.")
    n_without: Count


class SalaryRow(Contract):
    """Yearly pay in one currency, of a month or of one of the groups that are asked for."""

    month: Month | None = Field(description="Null unless by month.")
    currency: str
    postings_count: Count
    p25: float | None = Field(description="Of the month alone; null below ten jobs unless by month")
    median: float | None
    p75: float | None
    role: str | None = Field(default=None, description="Set by role; a job may have several.")
    level: str | None = None
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2.")
    technology_id: str | None = None
    premium: PayPremium | None = Field(
        default=None, description="By technology; null with fewer than six cells to compare in."
    )
    is_running: bool = Field(default=False, description="Whether the month is not yet complete.")
    n: Count = Field(description="Jobs that state pay, in the pooled months.")
    companies_count: Count = Field(description="Companies of these; unnamed ones count as one job.")
    pooled_months: Count = Field(
        description="Months pooled, back from this one, until 30 jobs state pay; at most 12."
    )
    pooled_median: float | None = Field(description="Of the pooled months; null below ten jobs.")
    low: float | None = Field(
        description="Lower end of the 95 % interval of pooled_median, by order statistics, wider "
        "where companies repeat; null where too few jobs bound it."
    )
    high: float | None
    enough: Enough
    share_stating: Share | None = Field(
        description="Jobs of the month or group that state yearly pay in any currency."
    )


class PayGrowth(Contract):
    """The change of median pay within cells of role, level and country: like with like."""

    currency: str
    change: float = Field(description="Median over the cells, a fraction of 1.")
    low: float | None = Field(description="95 % interval; null with fewer than six cells.")
    high: float | None
    cells: Count = Field(description="Cells with at least five jobs in both windows.")
    jobs_now: Count
    jobs_before: Count
    now: list[Month] = Field(description="First and last month of the newest whole twelve.")
    before: list[Month]


class SalaryMeta(CountedMeta):
    """Metadata of pay."""

    growth: list[PayGrowth] = Field(description="By currency, most jobs first; empty: no cell.")
