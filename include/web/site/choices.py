"""The filters of a static site: every question is answered beforehand, so they are few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from pydantic import ValidationError

from include.errors import ConfigurationError
from include.web.filter_params import FilterParams

__all__ = ["CHOICES", "Choice", "chosen"]

_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "families": "engineering,data",
        "seniors": "include",
        "repeats": "exclude",
        "unstated": "include",
        "state": "posted",
        "days": "90",
    }
)
"""The filter of the page without any choice: FILTER of static/js/state.js."""
_FIELDS = frozenset(
    {
        "location", "apply_from", "unstated", "remote", "roles", "levels", "families", "sources",
        "company", "technologies", "q", "days", "state", "seniors", "repeats",
    }
)  # fmt: skip
"""The fields of the filter bar but its months, which are chosen above the charts."""
_SILENT = ("unstated", "state")
"""What the page does not send while it is the default."""


@dataclass(frozen=True)
class Choice:
    """A filter by name: parameters of the API that differ from the page's own defaults."""

    name: str
    filter: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The query of its page's address."""
        return f"?{urlencode(self.filter)}" if self.filter else ""

    @property
    def population(self) -> dict[str, str]:
        """The parameters of each question but those of time, as static/js/state.js sends them."""
        whole = {**_DEFAULTS, **self.filter}
        quiet = {name for name in _SILENT if whole[name] == _DEFAULTS[name]} | {"days"}
        return {name: value for name, value in whole.items() if name not in quiet}

    @property
    def window(self) -> dict[str, str]:
        """The parameters of a question about the filter's window."""
        return {**self.population, "days": self.filter.get("days", _DEFAULTS["days"])}


CHOICES = (
    Choice("Engineering and data"),
    Choice("Last 12 months", {"days": "365"}),
    Choice("Backend", {"roles": "backend"}),
    Choice("Frontend", {"roles": "frontend"}),
    Choice("Full-stack", {"roles": "fullstack"}),
    Choice("Data", {"roles": "data"}),
    Choice("Machine learning", {"roles": "ml"}),
    Choice("DevOps", {"roles": "devops"}),
    Choice("Entry level", {"levels": "intern,entry"}),
    Choice("Remote", {"remote": "remote,mixed"}),
    Choice("United States", {"location": "United States"}),
    Choice("Europe", {"location": "Europe"}),
)
"""The page without a filter first."""


def chosen(wanted: Sequence[str]) -> tuple[Choice, ...]:
    """Return the page without a filter, and a choice for each ``NAME: name=value&name=value``.

    Without any, ``CHOICES``. Raises ConfigurationError for what is no filter of the dashboard.
    """
    return (CHOICES[0], *map(_choice, wanted)) if wanted else CHOICES


def _choice(text: str) -> Choice:
    name, colon, query = text.partition(":")
    given = dict(parse_qsl(query.strip()))
    if not (name.strip() and colon and given):
        raise _unreadable(text, "it has no name, or no parameter")
    if others := sorted(given.keys() - _FIELDS):
        raise _unreadable(text, f"{others[0]} is no field of the filter bar")
    try:
        FilterParams.model_validate(given)
    except ValidationError as error:
        raise _unreadable(text, str(error.errors()[0]["msg"])) from error
    return Choice(name.strip(), given)


def _unreadable(text: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"This is no filter of the site: {why}.",
        record=text,
        next_step='write it as "Berlin: location=Berlin&days=365", by the parameters of the API.',
    )
