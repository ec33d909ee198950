"""Skills asked for together."""

from __future__ import annotations

from pydantic import Field

from include.insights.models.base import Contract, Count, Month, Share
from include.insights.models.counted import CountedMeta

__all__ = ["PairMeta", "PairRow"]


class PairRow(Contract):
    """Two skills that postings ask for together."""

    skill_a: str
    skill_b: str
    name_a: str
    name_b: str
    postings_count: Count
    share: Share | None
    lift: float | None = Field(description="Times as often as by chance; 1: independent.")
    companies_count: Count = Field(description="Companies with a posting that names both.")
    lift_low: float = Field(ge=0, description="Lower end of the lift's 95 % interval.")
    g2: float = Field(
        ge=0,
        description="Log-likelihood ratio against independence, over the design effect; rows are "
        "ordered by it, those less often together than by chance last.",
    )
    q: float = Field(ge=0, le=1, description="Expected share of noise in a list down to this row.")


class PairMeta(CountedMeta):
    """Metadata of pairs."""

    start_date: Month | None = Field(description="The first month counted, where months are.")
    end_date: Month | None
    tested: Count = Field(description="Pairs of skills tested, shown or not.")
    design_effect: float = Field(
        ge=1, description="Postings of equal worth to one of another company: companies repeat."
    )
