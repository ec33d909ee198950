"""The API's endpoints: path, parameters, response model and the function that answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from include.errors import ConfigurationError
from include.insights import (
    companies,
    company,
    match,
    mix,
    movers,
    open_jobs,
    pairs,
    pay,
    places,
    postings,
    seekers,
    status,
    suggestions,
    trend_series,
    trends,
    volume,
)
from include.insights.comparison import last_whole_month, windows_of
from include.insights.explained import ExplainedPosting, explained
from include.insights.filters import JobFilter
from include.insights.fits import FITS
from include.insights.models import (
    CompanyMeta,
    CompanyPageMeta,
    CompanyPageRow,
    CompanyRow,
    CountedPageMeta,
    Envelope,
    InsightsAnswer,
    LoadRow,
    MarketMeta,
    MarketMixRow,
    Meta,
    MoverMeta,
    MoverRow,
    PageMeta,
    PairMeta,
    PairRow,
    PlaceMeta,
    PlaceRow,
    PostingPage,
    PostingRow,
    SalaryMeta,
    SalaryRow,
    SeekerMeta,
    SeekerPoint,
    Summary,
    TechnologyRow,
    TrendMeta,
    TrendSeries,
    VolumeMeta,
    VolumePoint,
)
from include.insights.models.match import MatchMeta, MatchRow
from include.insights.monthly import Monthly
from include.insights.posting import posting_page
from include.insights.similar import similar
from include.insights.skill_names import nearest_names, skills_called
from include.insights.store import Snapshot
from include.insights.trends import months_between
from include.web.filter_params import listed
from include.web.params import (
    MAX_MARKET_MONTHS,
    MAX_TREND_MONTHS,
    CompaniesParams,
    CompanyParams,
    ExplainParams,
    FilterParams,
    InsightsParams,
    LoadsParams,
    MarketParams,
    MatchParams,
    MoversParams,
    NoParams,
    OpenParams,
    PairsParams,
    Params,
    PlacesParams,
    PostingParams,
    PostingsParams,
    SalariesParams,
    SeekersParams,
    SuggestionsParams,
    TechnologiesParams,
    TrendsParams,
    VolumeParams,
)
from include.web.problems import (
    UnknownCompanyError,
    UnknownPostingError,
    UnknownSkillError,
    UnknownTechnologyError,
)
from include.web.skills import answered

__all__ = ["Endpoint", "endpoints"]

_DEFAULT_TREND_TECHNOLOGIES = 5
_DEFAULT_TREND_MONTHS = 12
_DEFAULT_MARKET_MONTHS = 60


@dataclass(frozen=True)
class Endpoint:
    """An endpoint; ``answer`` returns a model or its JSON, which depends on version and time."""

    path: str
    summary: str
    params: type[Params]
    model: type[BaseModel]
    answer: Callable[[Snapshot, Any], BaseModel | str]
    is_cached: bool = True
    """False for answers that are large and rarely asked for twice."""
    is_personal: bool = False
    """True for answers about a person, which no cache keeps, the browser's included."""
    is_slow: bool = False
    """True where a filter of many jobs takes several times as long as insights do: one thread of
    its own answers these, so that they do not hold up the others (docs/benchmarks.md)."""


def _technologies(snapshot: Snapshot, params: TechnologiesParams) -> Envelope[TechnologyRow, Meta]:
    return trends.technologies(snapshot, params.text)


def _trends(snapshot: Snapshot, params: TrendsParams) -> str:
    newest = _newest_month(snapshot)
    first, last = params.months(newest, _DEFAULT_TREND_MONTHS, MAX_TREND_MONTHS)
    monthly = Monthly.of(snapshot, _series_filter(params), first, last)
    if params.tech_ids is not None:
        chosen = list(dict.fromkeys(params.tech_ids.split(",")))
    elif params.asks_1_1_0:
        chosen = trend_series.most_named(monthly, _DEFAULT_TREND_TECHNOLOGIES)
    else:
        chosen = trends.most_named(snapshot, newest, _DEFAULT_TREND_TECHNOLOGIES)
    # An unknown id is an error (404): an empty series would look like a technology nobody names.
    _require_known(snapshot, chosen)
    answer = trend_series.filtered_trends if params.asks_1_1_0 else trend_series.marts_trends
    return answer(monthly, chosen)


def _movers(snapshot: Snapshot, params: MoversParams) -> Envelope[MoverRow, MoverMeta]:
    last = last_whole_month(snapshot, params.end_date)
    months: int = params.months
    if last and params.start_date:
        months = len(months_between(params.start_date[:7], last))
    if months > MAX_MARKET_MONTHS:
        # The same months before would begin before there are dates.
        raise ConfigurationError(
            f"start_date must be within {MAX_MARKET_MONTHS} months of the last whole one.",
            next_step="ask for a shorter span.",
        )
    windows = windows_of(last, months) if last and months else None
    return movers.movers(snapshot, _series_filter(params), windows, params.top)


def _volume(snapshot: Snapshot, params: VolumeParams) -> Envelope[VolumePoint, VolumeMeta]:
    newest = _newest_month(snapshot)
    first, last = params.months(newest, _DEFAULT_MARKET_MONTHS, MAX_MARKET_MONTHS)
    return volume.volume(snapshot, params.job_filter(), first, last)


def _seekers(snapshot: Snapshot, params: SeekersParams) -> Envelope[SeekerPoint, SeekerMeta]:
    if params.technology:
        _require_known(snapshot, [params.technology])
    months = params.months(_newest_month(snapshot), _DEFAULT_MARKET_MONTHS, MAX_MARKET_MONTHS)
    return seekers.seekers(snapshot, params.kind, months, params.technology, params.top)


def _market(snapshot: Snapshot, params: MarketParams) -> Envelope[MarketMixRow, MarketMeta]:
    newest = _newest_month(snapshot)
    first, last = params.months(newest, _DEFAULT_MARKET_MONTHS, MAX_MARKET_MONTHS)
    return mix.market_mix(snapshot, _series_filter(params), params.dimension, first, last)


def _salaries(snapshot: Snapshot, params: SalariesParams) -> Envelope[SalaryRow, SalaryMeta]:
    months = params.months(_newest_month(snapshot), _DEFAULT_MARKET_MONTHS, MAX_MARKET_MONTHS)
    return pay.salaries(
        snapshot,
        _series_filter(params),
        months,
        by=params.by,
        currency=params.currency,
        as_the_mart=not params.asks_1_1_0,
    )


def _pairs(snapshot: Snapshot, params: PairsParams) -> Envelope[PairRow, PairMeta]:
    if params.technology != "any":
        _require_known(snapshot, [params.technology])
    return pairs.skill_pairs(snapshot, params.job_filter(), params.technology, params.top)


def _places(snapshot: Snapshot, params: PlacesParams) -> Envelope[PlaceRow, PlaceMeta]:
    if (within := places.place_named(params.within)) is None:
        raise ConfigurationError(
            "within names no place of the tree.", next_step="ask /api/v1/suggestions for places."
        )
    return places.places(snapshot, params.job_filter(), within, params.kind, params.top)


def _companies(snapshot: Snapshot, params: CompaniesParams) -> Envelope[CompanyRow, CompanyMeta]:
    wanted = params.job_filter()
    return companies.companies(snapshot, wanted, params.order, params.top, params.seen)


def _company(
    snapshot: Snapshot, params: CompanyParams
) -> Envelope[CompanyPageRow, CompanyPageMeta]:
    if (found := company.company(snapshot, params.job_filter())) is None:
        like = similar(snapshot, params.company)
        raise UnknownCompanyError([one.name for one in like])
    return found


def _open(snapshot: Snapshot, params: OpenParams) -> open_jobs.OpenJobs:
    wanted = params.job_filter()
    window = wanted.window(snapshot.index.spans.read_until)
    # The window is of the weeks, not of the days on which jobs were posted.
    jobs = replace(wanted, days=None, months=None) if params.asks_1_1_0 else None
    return open_jobs.open_jobs(snapshot, params.by, jobs, window)


def _postings(snapshot: Snapshot, params: PostingsParams) -> Envelope[PostingRow, CountedPageMeta]:
    # Contract 1.0.0 reads places and ways of working of the posting as a whole.
    wanted = replace(params.job_filter(), by_posting=not params.asks_1_1_0)
    today = datetime.now(UTC).date()
    return postings.postings(
        snapshot,
        wanted,
        today,
        limit=params.limit,
        cursor=params.cursor,
        by_relevance=params.order == "relevance",
    )


def _match(snapshot: Snapshot, params: MatchParams) -> Envelope[MatchRow, MatchMeta]:
    skills, unknown = skills_called(snapshot, params.named)
    if unknown:
        raise UnknownSkillError(nearest_names(snapshot, unknown))
    return match.match(
        snapshot,
        params.job_filter(),
        skills,
        datetime.now(UTC).date(),
        limit=params.limit,
        cursor=params.cursor,
        fits=listed(params.fit) or FITS,
        top=params.top,
        currency=params.currency,
    )


def _explain(snapshot: Snapshot, params: ExplainParams) -> ExplainedPosting:
    if (found := explained(snapshot, params.id)) is None:
        raise UnknownPostingError(params.id)
    return found


def _posting(snapshot: Snapshot, params: PostingParams) -> PostingPage:
    if (found := posting_page(snapshot, params.id)) is None:
        raise UnknownPostingError(params.id)
    return found


def _suggestions(
    snapshot: Snapshot, params: SuggestionsParams
) -> Envelope[suggestions.SuggestionRow, Meta]:
    return suggestions.suggestions(snapshot, params.kind, params.text, params.top)


def _loads(snapshot: Snapshot, params: LoadsParams) -> Envelope[LoadRow, PageMeta]:
    return postings.loads(snapshot, limit=params.limit, cursor=params.cursor, source=params.source)


def _summary(limits: status.AgeLimits) -> Callable[[Snapshot, NoParams], Summary]:
    def answer(snapshot: Snapshot, _params: NoParams) -> Summary:
        return status.summary(snapshot, limits)

    return answer


def _series_filter(params: FilterParams) -> JobFilter:
    """Return the filter; without any parameter of it, what the marts count."""
    return params.job_filter() if params.asks_1_1_0 else trends.AS_THE_MARTS


def _newest_month(snapshot: Snapshot) -> str:
    # Without trends any month does: the answer is empty.
    return snapshot.newest_month or f"{datetime.now(UTC):%Y-%m}"


def _require_known(snapshot: Snapshot, technology_ids: list[str]) -> None:
    if unknown := [one for one in technology_ids if one not in snapshot.names]:
        raise UnknownTechnologyError(unknown)


def endpoints(limits: status.AgeLimits) -> tuple[Endpoint, ...]:
    """Return all endpoints; ``limits`` is the maximum age of each source's data."""
    return (
        Endpoint(
            "/api/v1/insights",
            "Skills that the matching postings ask for",
            InsightsParams,
            InsightsAnswer,
            answered,
        ),
        Endpoint(
            "/api/v1/technologies",
            "The taxonomy",
            TechnologiesParams,
            Envelope[TechnologyRow, Meta],
            _technologies,
        ),
        Endpoint(
            "/api/v1/trends",
            "Technologies month by month",
            TrendsParams,
            Envelope[TrendSeries, TrendMeta],
            _trends,
        ),
        Endpoint(
            "/api/v1/movers",
            "Technologies whose share changed beyond noise",
            MoversParams,
            Envelope[MoverRow, MoverMeta],
            _movers,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/volume",
            "Postings month by month, adjusted for the season",
            VolumeParams,
            Envelope[VolumePoint, VolumeMeta],
            _volume,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/seekers",
            "Those who look for work on Hacker News by month, and the jobs a seeker",
            SeekersParams,
            Envelope[SeekerPoint, SeekerMeta],
            _seekers,
        ),
        Endpoint(
            "/api/v1/market",
            "Ways of working, roles, levels, sources and countries month by month",
            MarketParams,
            Envelope[MarketMixRow, MarketMeta],
            _market,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/salaries",
            "Yearly pay by month, role, level or country",
            SalariesParams,
            Envelope[SalaryRow, SalaryMeta],
            _salaries,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/pairs",
            "Skills asked for together, the surest first",
            PairsParams,
            Envelope[PairRow, PairMeta],
            _pairs,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/places",
            "Where the jobs are: places in a place",
            PlacesParams,
            Envelope[PlaceRow, PlaceMeta],
            _places,
        ),
        Endpoint(
            "/api/v1/companies",
            "Companies by jobs, and first-time and returning ones by month",
            CompaniesParams,
            Envelope[CompanyRow, CompanyMeta],
            _companies,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/company",
            "A company: names that were joined and why, its boards, its months",
            CompanyParams,
            Envelope[CompanyPageRow, CompanyPageMeta],
            _company,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/open",
            "Jobs of companies' boards by week, and how long they stay open",
            OpenParams,
            open_jobs.OpenJobs,
            _open,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/postings",
            "Postings, newest first",
            PostingsParams,
            Envelope[PostingRow, CountedPageMeta],
            _postings,
        ),
        Endpoint(
            "/api/v1/match",
            "Jobs by how much of what they ask one has, and which skill would open more",
            MatchParams,
            Envelope[MatchRow, MatchMeta],
            _match,
            is_personal=True,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/posting",
            "A posting in full: its text, jobs, repetitions and history",
            PostingParams,
            PostingPage,
            _posting,
            is_cached=False,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/explain",
            "A posting, and which of its words gave each answer",
            ExplainParams,
            ExplainedPosting,
            _explain,
            is_cached=False,
            is_slow=True,
        ),
        Endpoint(
            "/api/v1/suggestions",
            "Names of places or companies that begin with a text",
            SuggestionsParams,
            Envelope[suggestions.SuggestionRow, Meta],
            _suggestions,
        ),
        Endpoint(
            "/api/v1/loads",
            "The load ledger, newest first",
            LoadsParams,
            Envelope[LoadRow, PageMeta],
            _loads,
        ),
        Endpoint(
            "/api/v1/summary",
            "What the store holds and how fresh it is",
            NoParams,
            Summary,
            _summary(limits),
        ),
    )
