"""Technologies and the market month by month."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from include.insights.models.base import Contract, Count, Growth, Month, Share
from include.insights.models.counted import CountedMeta
from include.insights.models.seekers import SeekerPoint

__all__ = [
    "MarketMeta",
    "MarketMixRow",
    "MixChange",
    "MoverMeta",
    "MoverRow",
    "MoverWindows",
    "PooledShare",
    "RunningMonth",
    "TechnologyRow",
    "TrendChange",
    "TrendMeta",
    "TrendPoint",
    "TrendSeries",
    "VolumeMeta",
    "VolumePoint",
    "WholeShare",
]


class MoverWindows(Contract):
    """The months compared, each span by its first and last."""

    now: list[Month]
    before: list[Month]


class SeriesMeta(CountedMeta):
    """Metadata of a series: the months it covers and the source it counts."""

    start_date: Month | None
    end_date: Month | None
    source: str


class TrendChange(Contract):
    """The change of a share in fractions of 1, with its 95 % interval by company."""

    total: float
    low: float
    high: float


class TrendMeta(SeriesMeta):
    """Metadata of trends, with the change of 12 whole months against the 12 before."""

    change: dict[str, TrendChange] = Field(default={}, description="By technology.")
    windows: MoverWindows | None = None


class MoverMeta(SeriesMeta):
    """Metadata of movers; an empty list means that nothing changed beyond noise."""

    tested: Count = Field(description="Technologies with 20 mentions or more in both windows.")
    q_limit: float = Field(description="Rows have a q-value of at most this.")
    windows: MoverWindows | None


class VolumePoint(Contract):
    """A month's postings."""

    month: Month
    postings: Count
    jobs: Count
    companies: Count
    adjusted: float | None = Field(
        description="Postings adjusted for the season; null for a running month, and with fewer "
        "than four years of whole months or 30 postings a month."
    )
    is_running: bool = Field(description="Whether the month was not over when it was read.")


class RunningMonth(Contract):
    """The month that is not over."""

    month: Month
    as_of: date
    postings: Count = Field(description="So far.")
    usual_share_by_now: Share | None = Field(
        description="Of a month's postings, those that usually are there as many days after its "
        "first one: the median of the twelve months before."
    )


class VolumeMeta(CountedMeta):
    """Metadata of the volume: its months, its season, its running month."""

    start_date: Month
    end_date: Month
    season: list[float] | None = Field(
        description="12 factors, January first, with the geometric mean 1: count / adjusted."
    )
    running: RunningMonth | None
    control: list[SeekerPoint] = Field(
        default=[],
        description='Hacker News\' own size: jobs a seeker of "Who wants to be hired?", of the '
        "whole threads among these months, whatever the filter but for a single technology. Empty "
        "unless these threads are read (TECHPULSE_HN_SEEKERS).",
    )


class TechnologyRow(Contract):
    """A technology of the taxonomy."""

    technology_id: str
    name: str
    category: str
    aliases: list[str]
    spellings: list[str] = Field(
        default=[], description="More names, which postings are searched for only as written here."
    )


class TrendPoint(Contract):
    """One month of a technology."""

    month: Month
    mention_count: Count
    total_jobs: Count
    share: Share | None
    mom_growth_pct: Growth
    yoy_growth_pct: Growth
    pooled_share: Share | None = Field(
        description="Of this month and the two before together; null for a running month."
    )
    low: Share | None = Field(description="Lower end of pooled_share's interval.")
    high: Share | None = Field(description="Upper end.")
    is_running: bool = Field(description="Whether the month was not over when it was read.")


class TrendSeries(Contract):
    """A technology month by month."""

    technology_id: str
    name: str
    category: str
    points: list[TrendPoint]


class MoverRow(Contract):
    """A technology's share in the newest months, compared with that of the months before."""

    technology_id: str
    name: str
    direction: Literal["rising", "falling"]
    mention_count: Count
    total_jobs: Count
    earlier_mention_count: Count
    earlier_total_jobs: Count
    share: Share
    earlier_share: Share
    change_points: float = Field(description="Change of the share, in percentage points.")
    kind: Literal["rising", "falling", "new"] = Field(
        description="`new`: nobody named it before, so there is no ratio."
    )
    low: float = Field(description="Lower end of the change's 95 % interval, in points.")
    high: float = Field(description="Upper end.")
    p: float = Field(ge=0, le=1, description="Of a change this large by chance, by company.")
    q: float = Field(ge=0, le=1, description="Expected share of noise in a list down to this row.")


class MarketMixRow(Contract):
    """A month's share of one value of a dimension."""

    month: Month
    dimension: str
    value: str
    postings_count: Count
    total_jobs: Count
    share: Share | None
    share_of_stated: Share | None = Field(
        default=None, description="Of the postings that state the dimension at all."
    )
    pooled_share: Share | None = Field(
        default=None, description="Of those that state it, in this month and the two before."
    )
    low: Share | None = Field(default=None, description="Lower end of pooled_share's interval.")
    high: Share | None = Field(default=None, description="Upper end.")
    is_running: bool = Field(description="Whether the month was not over when it was read.")


class PooledShare(Contract):
    """A share of the last three whole months."""

    share: Share
    low: Share
    high: Share


class WholeShare(PooledShare):
    """A share over all the months asked for."""

    postings: Count
    stated: Count = Field(description="Postings that state the dimension, which the share is of.")


class MixChange(Contract):
    """The change of a share of those stated, in fractions of 1, 12 whole months against 12."""

    share: Share
    earlier_share: Share
    total: float
    low: float = Field(description="Lower end of total's 95 % interval, by company.")
    high: float = Field(description="Upper end.")
    within: float = Field(description="Of total, what changed among jobs of a kind and level.")
    mix: float = Field(description="Of total, what more or fewer of these jobs explain.")


class MarketMeta(CountedMeta):
    """Metadata of a mix."""

    change: dict[str, MixChange] = Field(default={}, description="By value of the dimension.")
    windows: MoverWindows | None = None
    any_remote: PooledShare | None = Field(
        default=None, description="`remote` or `mixed`, of the dimensions `remote` and `way`."
    )
    whole: dict[str, WholeShare] = Field(
        default={},
        description="Of one company, whose months are small: by value, all months together. Empty "
        "where fewer than ten postings state the dimension.",
    )
