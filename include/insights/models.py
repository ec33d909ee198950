"""The response models of the API and the CLI: closed, immutable.

`SkillInsightsResponse` is part of the posting contract (version in include/postings/model.py);
its JSON Schema is a file in ``schemas/``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel

from include.postings.model import IngestionQuery
from include.sources.source import Attribution

__all__ = [
    "Contract",
    "CountRow",
    "Envelope",
    "InsightsAnswer",
    "JobFilters",
    "JobInsightsResponse",
    "JobRow",
    "LoadRow",
    "MarketMixRow",
    "Meta",
    "MoverRow",
    "PageMeta",
    "PairRow",
    "PostingRow",
    "RejectRow",
    "SalaryRow",
    "SkillCount",
    "SkillInsightsResponse",
    "SourceStatus",
    "Summary",
    "TechnologyRow",
    "Totals",
    "TrendMeta",
    "TrendPoint",
    "TrendSeries",
    "Window",
]

MAX_SKILLS = 25

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1, description="A fraction of 1.")]
Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", description="YYYY-MM.")]
Growth = Annotated[
    float | None,
    Field(description="Per cent change of the share; null when the earlier share is 0 or missing."),
]


class Contract(BaseModel):
    """A closed, immutable model."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    skills: list[SkillCount] = Field(max_length=MAX_SKILLS)
    generated_at: AwareDatetime | None = Field(
        default=None, description="When the data that the answer rests on were published."
    )
    schema_version: str | None = None


class JobFilters(IngestionQuery):
    """A query for jobs: contract 1.1.0."""

    roles: list[str] = Field(default=[], description="One of the roles of the job; empty: any.")
    levels: list[str] = Field(default=[], description="One of the levels of the job; empty: any.")


class JobInsightsResponse(SkillInsightsResponse):
    """Which skills the postings with a matching job ask for: contract 1.1.0."""

    filters: JobFilters


class InsightsAnswer(RootModel[JobInsightsResponse | SkillInsightsResponse]):
    """Contract 1.1.0 if the request names ``roles`` or ``levels``, else 1.0.0."""


class Meta(Contract):
    """Metadata of a list."""

    total_count: Count


class PageMeta(Meta):
    """Metadata of a page; ``next_cursor`` requests the next one, null on the last."""

    next_cursor: str | None = None


class TrendMeta(Meta):
    """Metadata of trends: the months they cover and the source they count."""

    start_date: Month | None
    end_date: Month | None
    source: str


Item = TypeVar("Item")
MetaItem = TypeVar("MetaItem", bound=Meta)


class Envelope(Contract, Generic[Item, MetaItem]):
    """A list with its metadata."""

    data: list[Item]
    meta: MetaItem


class TechnologyRow(Contract):
    """A technology of the taxonomy."""

    technology_id: str
    name: str
    category: str
    aliases: list[str]


class TrendPoint(Contract):
    """One month of a technology."""

    month: Month
    mention_count: Count
    total_jobs: Count
    share: Share | None
    mom_growth_pct: Growth
    yoy_growth_pct: Growth


class TrendSeries(Contract):
    """A technology month by month."""

    technology_id: str
    name: str
    category: str
    points: list[TrendPoint]


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


class MarketMixRow(Contract):
    """A month's share of one value of a dimension."""

    month: Month
    dimension: str
    value: str
    postings_count: Count
    total_jobs: Count
    share: Share | None


class SalaryRow(Contract):
    """A month's yearly pay in one currency."""

    month: Month
    currency: str
    postings_count: Count
    p25: float | None
    median: float | None
    p75: float | None


class PairRow(Contract):
    """Two skills that postings ask for together."""

    skill_a: str
    skill_b: str
    name_a: str
    name_b: str
    postings_count: Count
    share: Share | None
    lift: float | None


class MoverRow(Contract):
    """A technology's share in the newest months, compared with the same months a year before."""

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
    attribution: Attribution


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
