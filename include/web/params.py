"""The API's query parameters, validated and documented in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from werkzeug.datastructures import MultiDict

from include.errors import ConfigurationError
from include.insights.trends import months_before
from include.postings.model import Level, LevelBucket, QueryLevel, Role, RoleBucket
from include.serving.facets import UNSPECIFIED

__all__ = [
    "MAX_NAMED_PARAMETERS",
    "MAX_NAME_CHARACTERS",
    "ExplainParams",
    "InsightsParams",
    "LoadsParams",
    "MarketParams",
    "MoversParams",
    "NoParams",
    "OpenParams",
    "PairsParams",
    "Params",
    "PostingsParams",
    "SalariesParams",
    "TrendsParams",
    "listed",
    "named",
    "parse",
]

ParamsType = TypeVar("ParamsType", bound="Params")

MAX_TECHNOLOGIES = 10
MAX_NAMED_PARAMETERS = 20
"""Invalid parameters that an error names; it only counts the others, to bound its size."""
MAX_NAME_CHARACTERS = 64
"""Maximum length of a parameter's name in an error."""
MAX_TREND_MONTHS = 60
MAX_MARKET_MONTHS = 240

Location = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(
        description='A place and all that lies in it ("Dallas, TX", "California", "Europe"), an '
        'unknown one as whole words; "Remote" for jobs that can be done remotely, "Remote, '
        'Germany" for those that one may do from there; or "Anywhere".'
    ),
]
Source = Annotated[
    str, Field(pattern=r"^[a-z0-9_]{1,40}$", description='A source\'s id, or "any".')
]
MonthText = Annotated[
    str,
    Field(
        pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?$",
        description="YYYY-MM or YYYY-MM-DD; the whole month counts.",
    ),
]
Technology = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_.+#-]{1,64}$", description="A technology's id.")
]
Cursor = Annotated[
    str, Field(min_length=1, max_length=200, description="meta.next_cursor of the page before.")
]


def _one_or_more(values: Sequence[str]) -> str:
    """Return the pattern of one or more of the values, set apart by commas."""
    one = "|".join((*values, UNSPECIFIED))
    return rf"^({one})(,({one}))*$"


JobRoles = Annotated[
    str,
    Field(
        pattern=_one_or_more(get_args(Role)),
        max_length=200,
        description="Roles, set apart by commas: postings with a job that has one of them and, if "
        "`levels` is given, one of those levels. `unspecified`: a job without a role.",
    ),
]
JobLevels = Annotated[
    str,
    Field(
        pattern=_one_or_more(get_args(Level)),
        max_length=100,
        description="Levels, set apart by commas: postings with a job that has one of them and, if "
        "`roles` is given, one of those roles. `unspecified`: a job without a level.",
    ),
]
Days = Annotated[
    int, Field(ge=1, le=36_500, description="Days back from the reference day (TechPulse-As-Of).")
]


class Params(BaseModel):
    """Parameters of one endpoint; an unknown one is an error."""

    # A misspelled filter that is ignored would answer another question.
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoParams(Params):
    """No parameters."""


class InsightsParams(Params):
    """The postings to count."""

    location: Location = "Anywhere"
    role: RoleBucket = "any"
    level: QueryLevel = "any"
    days: Days = 30
    top: int = Field(default=25, ge=1, le=25, description="Maximum number of skills.")
    source: Source = "any"
    roles: JobRoles | None = None
    levels: JobLevels | None = None


class PostingsParams(Params):
    """The postings to list."""

    location: Location = "Anywhere"
    role: RoleBucket = "any"
    level: LevelBucket = "any"
    source: Source = "any"
    technology: Technology | None = None
    roles: JobRoles | None = None
    levels: JobLevels | None = None
    days: Days | None = None
    limit: int = Field(default=25, ge=1, le=100, description="Postings a page.")
    cursor: Cursor | None = None


class ExplainParams(Params):
    """The posting to explain."""

    id: Annotated[
        str, Field(pattern=r"^[0-9a-f]{32}$", description="A posting's id, as /postings lists it.")
    ]


class LoadsParams(Params):
    """The loads to list."""

    source: Source = "any"
    limit: int = Field(default=25, ge=1, le=100, description="Loads a page.")
    cursor: Cursor | None = None


class _Months(Params):
    start_date: MonthText | None = None
    end_date: MonthText | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start_date and self.end_date and self.start_date[:7] > self.end_date[:7]:
            raise ValueError("start_date is after end_date")
        return self


class _MonthRange(_Months):
    def months(self, newest: str, default: int, most: int) -> tuple[str, str]:
        """Return the first and last month; by default the newest ``default`` months.

        Raises ConfigurationError for more than ``most`` months.
        """
        # An absent start counts from the given end, so that either date can stand alone.
        last = (self.end_date or newest)[:7]
        first = (self.start_date or months_before(last, default - 1))[:7]
        if first < months_before(last, most - 1) or first > last:
            raise ConfigurationError(
                f"start_date and end_date must span 1 to {most} months.",
                next_step="ask for a shorter span.",
            )
        return first, last


class TrendsParams(_MonthRange):
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


class MarketParams(_MonthRange):
    """A dimension of the market, and months; by default the last 60."""

    dimension: Literal["remote", "role", "level", "visa", "company"] = "remote"


class SalariesParams(_MonthRange):
    """Months; by default the last 60."""


class OpenParams(_Months):
    """The groups that days open are given for, and months that bound the weeks."""

    by: Literal["family", "role"] = "family"

    @property
    def bounds(self) -> tuple[str | None, str | None]:
        """The first and last month, None if not bounded."""
        return self.start_date and self.start_date[:7], self.end_date and self.end_date[:7]


class MoversParams(Params):
    """The number of rising and of falling technologies."""

    top: int = Field(default=8, ge=1, le=25)


class PairsParams(Params):
    """The skill whose pairs are listed, and their number."""

    technology: Technology = "any"
    top: int = Field(default=12, ge=1, le=100)


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


def listed(values: str | None) -> list[str]:
    """Return the values of a list parameter, each once, in their order."""
    return list(dict.fromkeys(values.split(","))) if values else []


def named(first: list[str], others: int) -> str:
    """Return the first names and the number of the others, for an error message."""
    return ", ".join(first) + (f" and {others:,} more" if others else "")
