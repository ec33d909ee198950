"""The API's query parameters, validated and documented in one place."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, model_validator
from werkzeug.datastructures import MultiDict

from include.errors import ConfigurationError
from include.insights.companies import Order, SeenBefore
from include.insights.filters import JobFilter
from include.insights.fits import FITS
from include.insights.pay import By
from include.insights.suggestions import SuggestionKind
from include.postings.model import QueryLevel
from include.postings.places.tree import WORLD
from include.web.filter_params import (
    MAX_TECHNOLOGIES,
    Company,
    Days,
    FilterParams,
    Params,
    SeriesParams,
    Source,
    SpanParams,
    Technology,
    Text,
    listed,
)

__all__ = [
    "MAX_NAMED_PARAMETERS",
    "MAX_NAME_CHARACTERS",
    "POSTING_ID",
    "CompaniesParams",
    "CompanyParams",
    "ExplainParams",
    "FilterParams",
    "InsightsParams",
    "LoadsParams",
    "MarketParams",
    "MatchParams",
    "MoversParams",
    "NoParams",
    "OpenParams",
    "PairsParams",
    "Params",
    "PlacesParams",
    "PostingParams",
    "PostingsParams",
    "SalariesParams",
    "SeekersParams",
    "SeriesParams",
    "SuggestionsParams",
    "TechnologiesParams",
    "TrendsParams",
    "VolumeParams",
    "named",
    "parse",
]

ParamsType = TypeVar("ParamsType", bound="Params")

MAX_NAMED_PARAMETERS = 20
"""Invalid parameters that an error names; it only counts the others, to bound its size."""
MAX_NAME_CHARACTERS = 64
"""Maximum length of a parameter's name in an error."""
MAX_TREND_MONTHS = 240
MAX_MARKET_MONTHS = 240
MAX_SKILLS = 50
"""Of one person."""

Cursor = Annotated[
    str, Field(min_length=1, max_length=200, description="meta.next_cursor of the page before.")
]


class NoParams(Params):
    """No parameters."""


class TechnologiesParams(Params):
    """The technologies to list."""

    text: Annotated[
        str, Field(max_length=64, description="Part of an id, a name or an alias; empty: all.")
    ] = ""


class InsightsParams(FilterParams):
    """The jobs whose skills are counted."""

    contract_1_0_0: ClassVar[frozenset[str]] = frozenset(
        {"location", "role", "level", "days", "source"}
    )

    level: Annotated[QueryLevel, Field(description="The posting's bucket of 1.0.0.")] = "any"
    days: Days = 30
    top: int = Field(default=25, ge=1, le=25, description="Maximum number of skills.")


class PostingsParams(FilterParams):
    """The postings to list."""

    contract_1_0_0: ClassVar[frozenset[str]] = frozenset(
        {"location", "role", "level", "source", "technology", "days"}
    )

    order: Annotated[
        Literal["newest", "relevance"],
        Field(description="`relevance`: of `q`; its words in the title first."),
    ] = "newest"
    limit: int = Field(default=25, ge=1, le=100, description="Postings a page.")
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _relevance_of_a_search(self) -> Self:
        if self.order == "relevance" and self.q is None:
            raise ValueError("order=relevance needs q")
        return self


class MatchParams(FilterParams):
    """What one can do, and the jobs that it is compared with."""

    skills: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2_000,
            description=f"Up to {MAX_SKILLS} technologies, set apart by commas: id, name or alias.",
        ),
    ]
    fit: (
        Annotated[
            str,
            Field(
                pattern=rf"^({'|'.join(FITS)})(,({'|'.join(FITS)}))*$",
                max_length=200,
                description="Fits of the postings listed, set apart by commas; by default all.",
            ),
        ]
        | None
    ) = None
    top: int = Field(default=10, ge=1, le=25, description="Maximum number of openings.")
    currency: (
        Annotated[
            str,
            Field(pattern=r"^[A-Z]{3}$", description="Of premiums, ISO 4217; by default of most."),
        ]
        | None
    ) = None
    limit: int = Field(default=25, ge=1, le=100, description="Postings a page.")
    cursor: Cursor | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The skills as they are written, each once; raises ConfigurationError for too many."""
        named = dict.fromkeys(filter(None, (part.strip() for part in self.skills.split(","))))
        if not 0 < len(named) <= MAX_SKILLS:
            raise ConfigurationError(
                f"skills must name 1 to {MAX_SKILLS} technologies.", next_step="name others."
            )
        return tuple(named)


POSTING_ID = r"^[0-9a-f]{32}$"
PostingId = Annotated[
    str, Field(pattern=POSTING_ID, description="A posting's id, as /postings lists it.")
]


class ExplainParams(Params):
    """The posting to explain."""

    id: PostingId


class PostingParams(Params):
    """The posting to show."""

    id: PostingId


class SuggestionsParams(Params):
    """What is being typed, and what it names."""

    kind: SuggestionKind = "place"
    text: Annotated[str, Field(max_length=100, description="The first letters.")] = ""
    top: int = Field(default=8, ge=1, le=25, description="Maximum number of names.")


class LoadsParams(Params):
    """The loads to list."""

    source: Source = "any"
    limit: int = Field(default=25, ge=1, le=100, description="Loads a page.")
    cursor: Cursor | None = None


class TrendsParams(SeriesParams):
    """Technologies and months; by default the 5 most named, the last 12 months."""

    tech_ids: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z0-9_.+#-]{1,64}(,[A-Za-z0-9_.+#-]{1,64}){0,9}$",
                description=f"Up to {MAX_TECHNOLOGIES} technology ids, separated by commas.",
            ),
        ]
        | None
    ) = None


class MarketParams(SeriesParams):
    """A dimension of the market, and months; by default the last 60."""

    dimension: Annotated[
        Literal[
            "remote", "role", "level", "visa", "company",
            "way", "roles", "levels", "family", "source", "country",
        ],
        Field(
            description="Of the posting: `remote`, `role`, `level`, `visa`, `company`, `source`. "
            "Of each of its jobs, so that shares may add up to more than 1: `way` of working, "
            "`roles`, `levels`, `family`, `country`."
        ),
    ] = "remote"  # fmt: skip


class VolumeParams(SeriesParams):
    """A set of jobs, and months; by default the last 60."""


class SeekersParams(SpanParams):
    """A kind of thread and months, by default the last 60; a skill that the seekers name."""

    kind: Annotated[
        Literal["wants", "freelancer"],
        Field(description='"Who wants to be hired?" or "Freelancer? Seeking freelancer?".'),
    ] = "wants"
    technology: Technology | None = None
    top: int = Field(default=25, ge=1, le=100, description="Maximum number of technologies.")


class SalariesParams(SeriesParams):
    """Months, by default the last 60, and what pay is given by."""

    by: Annotated[
        By, Field(description="`all`: one group. All but `month`: groups of ten pays or more.")
    ] = "month"
    currency: (
        Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217; by default all.")] | None
    ) = None


class PlacesParams(FilterParams):
    """The place that is divided, and into what."""

    within: Annotated[
        Text, Field(description="A place's id or name; only one place, the largest of its name.")
    ] = WORLD
    kind: Annotated[
        Literal["region", "country", "state", "metro"] | None,
        Field(description="All places of a kind; by default those directly in the place."),
    ] = None
    top: int = Field(default=60, ge=1, le=300, description="Maximum number of places.")


class CompaniesParams(FilterParams):
    """The companies that are listed first, and their number."""

    order: Annotated[
        Order, Field(description="`jobs`: most jobs first; `newest`: first seen last.")
    ] = "jobs"
    seen: Annotated[
        SeenBefore,
        Field(
            description="`first_time`: those whose first month, of any posting, is among the "
            "months counted; `returning`: the others."
        ),
    ] = "any"
    top: int = Field(default=25, ge=1, le=2_000, description="Maximum number of companies.")


class CompanyParams(FilterParams):
    """The company, and which of its postings are counted; by default all but repeated ones."""

    company: Company


class OpenParams(FilterParams):
    """The groups that days open are given for. ``days`` and months bound the weeks."""

    contract_1_0_0: ClassVar[frozenset[str]] = frozenset({"by", "days", "start_date", "end_date"})

    by: Literal["family", "role"] = "family"


class MoversParams(FilterParams):
    """The months compared and the number of rising and of falling technologies.

    By default the newest 12 whole months with the 12 before. ``start_date`` and ``end_date`` say
    the newer months; they are compared with the same ones whole years before.
    """

    # A query's values are text, which no number of a Literal equals.
    months: Annotated[
        Literal[12, 3],
        BeforeValidator(int),
        Field(description="Months compared; 3: with the same of the year before."),
    ] = 12
    top: int = Field(default=8, ge=1, le=25)

    @model_validator(mode="after")
    def _whole_months(self) -> Self:
        if self.days:
            raise ValueError("movers compare whole months: give start_date and end_date, not days")
        return self


class PairsParams(FilterParams):
    """The skill whose pairs are listed, and their number."""

    contract_1_0_0: ClassVar[frozenset[str]] = frozenset({"technology"})

    technology: Technology = "any"
    top: int = Field(default=12, ge=1, le=100)

    def job_filter(self) -> JobFilter:
        """Return the filter; ``technology`` chooses pairs, not jobs."""
        return replace(super().job_filter(), technologies=listed(self.technologies))


def parse(model: type[ParamsType], arguments: MultiDict[str, str]) -> ParamsType:
    """Return the validated parameters of a request.

    Raises pydantic's ValidationError, or ConfigurationError for a name that is given twice.
    """
    # to_dict() below would silently take the first of several values.
    twice = sorted(name for name, values in arguments.lists() if len(values) > 1)
    if twice:
        first = [name[:MAX_NAME_CHARACTERS] for name in twice[:MAX_NAMED_PARAMETERS]]
        raise ConfigurationError(
            f"Given more than once: {named(first, len(twice) - len(first))}.",
            next_step="give each parameter once.",
        )
    return model.model_validate(arguments.to_dict())


def named(first: list[str], others: int) -> str:
    """Return the first names and the number of the others, for an error message."""
    return ", ".join(first) + (f" and {others:,} more" if others else "")
