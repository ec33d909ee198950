"""The parameters of the filter, which every endpoint that counts jobs takes alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from include.errors import ConfigurationError
from include.insights.filters import JobFilter
from include.insights.index import ANYWHERE
from include.insights.trends import months_before
from include.postings.family import FAMILIES
from include.postings.model import Level, LevelBucket, Role, RoleBucket
from include.serving.facets import UNSPECIFIED
from include.serving.text.query import MAX_QUERY_CHARS, parse_query

__all__ = [
    "MAX_TECHNOLOGIES",
    "Company",
    "Days",
    "FilterParams",
    "MonthsParams",
    "Params",
    "SeriesParams",
    "Source",
    "SpanParams",
    "Technology",
    "Text",
    "listed",
]

MAX_TECHNOLOGIES = 10
_FIRST_MONTH, _LAST_MONTH = "2000-01", "2179-01"
"""Of a store: the months before and after hold no day of the index."""
_WAYS = ("remote", "hybrid", "onsite", "mixed")

Source = Annotated[
    str, Field(pattern=r"^[a-z0-9_]{1,40}$", description='A source\'s id, or "any".')
]
Technology = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_.+#-]{1,64}$", description="A technology's id.")
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Location = Annotated[
    Text,
    Field(
        description='A place and all that lies in it ("Dallas, TX", "California", "Europe"), an '
        'unknown one as whole words; "Remote" for jobs that can be done remotely, "Remote, '
        'Germany" for those that one may do from there; or "Anywhere".'
    ),
]
ApplyFrom = Annotated[
    Text,
    Field(
        description="A place: the jobs in it that are not remote, and the remote jobs that one may "
        "do from there."
    ),
]
Company = Annotated[
    Text, Field(description="A company's key, or its name in any spelling that a posting has.")
]


def _is_query(text: str) -> str:
    parse_query(text)
    return text


Search = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY_CHARS),
    AfterValidator(_is_query),
    Field(
        description='Words of title, company and text, all of them; "a phrase", OR, -word, '
        "title:word, company:word, text:word and parentheses; see docs/api.md."
    ),
]
MonthText = Annotated[
    str,
    Field(
        pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?$",
        description="YYYY-MM or YYYY-MM-DD; the whole month counts.",
    ),
]
Days = Annotated[
    int, Field(ge=1, le=36_500, description="Days back from the reference day (TechPulse-As-Of).")
]
Kept = Literal["include", "exclude"]


def _one_or_more(values: Sequence[str]) -> str:
    """Return the pattern of one or more of the values, set apart by commas."""
    one = "|".join(values)
    return rf"^({one})(,({one}))*$"


def _some(values: Sequence[str], what: str) -> object:
    """Return the rule of a list parameter of these values."""
    return Field(
        pattern=_one_or_more(values),
        max_length=200,
        description=f"{what}, set apart by commas: the job has one of them.",
    )


class Params(BaseModel):
    """Parameters of one endpoint; an unknown one is an error."""

    # A misspelled filter that is ignored would answer another question.
    model_config = ConfigDict(extra="forbid", frozen=True)


class MonthsParams(Params):
    """A first and a last month."""

    start_date: MonthText | None = None
    end_date: MonthText | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start_date and self.end_date and self.start_date[:7] > self.end_date[:7]:
            raise ValueError("start_date is after end_date")
        return self


class SpanParams(MonthsParams):
    """A span of months."""

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


class FilterParams(MonthsParams):
    """A set of jobs. All lists that are given hold for the same job."""

    contract_1_0_0: ClassVar[frozenset[str]] = frozenset()
    """The parameters of the endpoint that contract 1.0.0 has: alone, they mean what they meant."""

    location: Location = "Anywhere"
    apply_from: ApplyFrom | None = None
    unstated: Annotated[
        Kept, Field(description="With `apply_from`: remote jobs that name no region.")
    ] = "include"
    remote: (
        Annotated[str, _some((*_WAYS, UNSPECIFIED), "Ways of working (`mixed`: several)")] | None
    ) = None
    roles: Annotated[str, _some((*get_args(Role), UNSPECIFIED), "Roles")] | None = None
    levels: Annotated[str, _some((*get_args(Level), UNSPECIFIED), "Levels")] | None = None
    families: Annotated[str, _some(FAMILIES, "Families")] | None = None
    role: Annotated[RoleBucket, Field(description="The posting's bucket of 1.0.0.")] = "any"
    level: Annotated[LevelBucket, Field(description="The posting's bucket of 1.0.0.")] = "any"
    source: Source = "any"
    sources: (
        Annotated[
            str,
            Field(
                pattern=r"^[a-z0-9_]{1,40}(,[a-z0-9_]{1,40}){0,19}$",
                description="Sources, set apart by commas: the posting is of one of them.",
            ),
        ]
        | None
    ) = None
    company: Company | None = None
    q: Search | None = None
    technology: Technology | None = None
    technologies: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z0-9_.+#-]{1,64}(,[A-Za-z0-9_.+#-]{1,64}){0,9}$",
                description=f"Up to {MAX_TECHNOLOGIES} technologies, set apart by commas: the "
                "posting names all of them.",
            ),
        ]
        | None
    ) = None
    days: Days | None = None
    state: Annotated[
        Literal["posted", "open"],
        Field(description="`open`: those that a company's board still shows."),
    ] = "posted"
    seniors: Annotated[
        Kept | None, Field(description="Postings whose every level is senior; see docs/api.md.")
    ] = None
    repeats: Annotated[Kept | None, Field(description="Postings that repeat an earlier one.")] = (
        None
    )

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if "days" in self.model_fields_set and (self.start_date or self.end_date):
            raise ValueError("give either days or start_date and end_date")
        return self

    @property
    def given(self) -> frozenset[str]:
        """The parameters of the filter that restrict it, or say what it counts."""
        fields = type(self).model_fields
        given = {n for n in _FILTER if getattr(self, n) != fields[n].default}
        return frozenset(given - ({"location"} if self.location.casefold() in ANYWHERE else set()))

    @property
    def asks_1_1_0(self) -> bool:
        """Whether a parameter is given that the endpoint lacks in contract 1.0.0."""
        return bool(self.given - self.contract_1_0_0)

    def job_filter(self) -> JobFilter:
        """Return the filter: seniors in and repeats out, unless the request says otherwise."""
        named = (self.technology,) if self.technology else ()
        return JobFilter(
            location=self.location,
            apply_from=self.apply_from,
            unstated=self.unstated,
            remote=listed(self.remote),
            roles=listed(self.roles),
            levels=listed(self.levels),
            families=listed(self.families),
            role=self.role,
            level=self.level,
            source=self.source,
            sources=listed(self.sources),
            company=self.company,
            q=self.q,
            technologies=tuple(dict.fromkeys((*named, *listed(self.technologies)))),
            days=None if self._months else self.days,
            months=self._months,
            state=self.state,
            seniors=self.seniors != "exclude",
            repeats=self.repeats == "include",
        )

    @property
    def _months(self) -> tuple[str, str] | None:
        if not (self.start_date or self.end_date):
            return None
        return (self.start_date or _FIRST_MONTH)[:7], (self.end_date or _LAST_MONTH)[:7]


_FILTER = frozenset(FilterParams.model_fields)


class SeriesParams(FilterParams, SpanParams):
    """A set of jobs, month by month."""

    contract_1_0_0: ClassVar[frozenset[str]] = frozenset({"start_date", "end_date"})


def listed(values: str | None) -> tuple[str, ...]:
    """Return the values of a list parameter, each once, in their order."""
    return tuple(dict.fromkeys(values.split(","))) if values else ()
