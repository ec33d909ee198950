"""Which contract answers a question for skills."""

from __future__ import annotations

from include.insights.job_skills import job_insights
from include.insights.models import SkillInsightsResponse
from include.insights.skills import skill_insights
from include.insights.store import Snapshot
from include.postings.model import IngestionQuery
from include.web.params import InsightsParams

__all__ = ["answered"]


def answered(snapshot: Snapshot, params: InsightsParams) -> SkillInsightsResponse:
    """Return the answer of contract 1.1.0 if a parameter asks for it, else that of 1.0.0."""
    if params.asks_1_1_0:
        return job_insights(snapshot, params.job_filter(), top=params.top)
    query = IngestionQuery(
        location=params.location,
        role_bucket=params.role,
        level_bucket=params.level,
        days=params.days,
    )
    return skill_insights(snapshot, query, top=params.top, source=params.source)
