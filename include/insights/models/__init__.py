"""The response models of the API and the CLI: closed, immutable.

`SkillInsightsResponse` is part of the posting contract (version in include/postings/model.py);
its JSON Schema is a file in ``schemas/``.
"""

from include.insights.models.base import (
    Contract,
    Count,
    Enough,
    Envelope,
    Growth,
    Meta,
    Month,
    PageMeta,
    Share,
)
from include.insights.models.companies import (
    CompanyMeta,
    CompanyMonth,
    CompanyRow,
    PlaceMeta,
    PlaceName,
    PlaceRow,
)
from include.insights.models.counted import (
    Counted,
    CountedMeta,
    CountedPageMeta,
    Nearest,
    SourceCount,
)
from include.insights.models.pairs import PairMeta, PairRow
from include.insights.models.pay import PayGrowth, SalaryMeta, SalaryRow
from include.insights.models.postings import (
    Excerpt,
    JobRow,
    LoadRow,
    PostingRow,
)
from include.insights.models.series import (
    MarketMixRow,
    MoverMeta,
    MoverRow,
    MoverWindows,
    RunningMonth,
    TechnologyRow,
    TrendMeta,
    TrendPoint,
    TrendSeries,
    VolumeMeta,
    VolumePoint,
)
from include.insights.models.skills import (
    MAX_SKILLS,
    InsightsAnswer,
    JobFilters,
    JobInsightsResponse,
    JobSkill,
    JobWindow,
    SkillCount,
    SkillInsightsResponse,
    Totals,
    Window,
)
from include.insights.models.status import (
    CountRow,
    RejectRow,
    SourceStatus,
    Summary,
)

__all__ = [
    "MAX_SKILLS",
    "CompanyMeta",
    "CompanyMonth",
    "CompanyRow",
    "Contract",
    "Count",
    "CountRow",
    "Counted",
    "CountedMeta",
    "CountedPageMeta",
    "Enough",
    "Envelope",
    "Excerpt",
    "Growth",
    "InsightsAnswer",
    "JobFilters",
    "JobInsightsResponse",
    "JobRow",
    "JobSkill",
    "JobWindow",
    "LoadRow",
    "MarketMixRow",
    "Meta",
    "Month",
    "MoverMeta",
    "MoverRow",
    "MoverWindows",
    "Nearest",
    "PageMeta",
    "PairMeta",
    "PairRow",
    "PayGrowth",
    "PlaceMeta",
    "PlaceName",
    "PlaceRow",
    "PostingRow",
    "RejectRow",
    "RunningMonth",
    "SalaryMeta",
    "SalaryRow",
    "Share",
    "SkillCount",
    "SkillInsightsResponse",
    "SourceCount",
    "SourceStatus",
    "Summary",
    "TechnologyRow",
    "Totals",
    "TrendMeta",
    "TrendPoint",
    "TrendSeries",
    "VolumeMeta",
    "VolumePoint",
    "Window",
]
