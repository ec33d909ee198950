"""What the pages of a static site ask: the questions of static/js for one filter.

A question is known by its endpoint and its parameters, which are the name of its file. How many
rows the page asks for is not part of it: a file has what is written here. A browser test compares
them: it opens each page and each view, and fails for a file that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

from include.insights.models import Summary
from include.insights.pay import By
from include.insights.trends import months_before
from include.web.site.choices import Choice

__all__ = [
    "CARDS",
    "Question",
    "Views",
    "page_questions",
    "shared_questions",
    "trend_questions",
]

CARDS = frozenset(
    {
        "skills", "movers", "trends", "volume", "ways", "roles", "levels", "pay", "places",
        "companies", "pairs", "open", "postings", "freshness",
    }
)  # fmt: skip
"""The cards that work without a server: others are not shown."""
_SIZES = ("top", "limit")
_ROWS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "insights": {"top": "25"},
        "movers": {"top": "8"},
        "pairs": {"top": "10"},
        "places": {"top": "100"},
        "companies": {"top": "10"},
        "postings": {"limit": "12"},
    }
)
"""Rows of each list: what the cards show, and of postings more, since there is no next page."""


@dataclass(frozen=True)
class Question:
    """An endpoint, by the last part of its path, and its parameters."""

    endpoint: str
    parameters: Mapping[str, str]

    @property
    def file(self) -> str:
        """The file of its answer, relative to ``data/``; ``fileOf`` in static/js/site.js."""
        pairs = sorted(self.parameters.items())
        named = [f"{_safe(name)}_{_safe(value)}" for name, value in pairs if name not in _SIZES]
        return f"{self.endpoint}/{'.'.join(named) or 'all'}.json"


@dataclass(frozen=True)
class Views:
    """What one may choose on a page: months shown, technologies, and places to look into."""

    months: tuple[str, ...]
    technologies: tuple[str, ...]
    places: tuple[str, ...]


def shared_questions() -> Iterator[Question]:
    """Yield the questions that no filter changes."""
    yield Question("summary", {})
    yield Question("technologies", {})


def page_questions(choice: Choice, views: Views, summary: Summary) -> Iterator[Question]:
    """Yield each question that the page of a filter asks, in any view."""
    for endpoint, parameters in _of_the_window(choice, views):
        yield Question(endpoint, {**parameters, **_ROWS.get(endpoint, {})})
    for span in _spans(views.months, summary):
        for endpoint, parameters in _of_months(views):
            yield Question(endpoint, {**choice.population, **span, **parameters})


def trend_questions(choice: Choice, months: Sequence[str], summary: Summary) -> Iterator[Question]:
    """Yield the questions of the trends before one chooses technologies."""
    for span in _spans(months, summary):
        yield Question("trends", {**choice.population, **span})


def _of_the_window(choice: Choice, views: Views) -> Iterator[tuple[str, dict[str, str]]]:
    window = choice.window
    yield "insights", window
    for order in ("newest", "relevance") if "q" in window else ("newest",):
        yield "postings", {**window, "order": order}
    for months in ("12", "3"):
        yield "movers", {**choice.population, "months": months}
    for listed in ({}, {"order": "newest", "seen": "first_time"}, {"seen": "returning"}):
        yield "companies", {**window, "order": "jobs", **listed}
    for technology in ("any", *views.technologies):
        yield "pairs", {**window, "technology": technology}
    for by in {*get_args(By)} - {"month"}:
        yield "salaries", {**window, "by": by}
    for kind in ({"kind": "country"}, {}):
        yield "places", {**window, **kind}
        for place in views.places:
            yield "places", {**window, **kind, "within": place}


def _of_months(views: Views) -> Iterator[tuple[str, dict[str, str]]]:
    yield "volume", {}
    yield "trends", {}
    for technology in views.technologies:
        yield "trends", {"tech_ids": technology}
    for dimension in ("way", "roles", "levels"):
        yield "market", {"dimension": dimension}
    yield "salaries", {"by": "month"}
    yield "open", {"by": "role"}


def _spans(months: Sequence[str], summary: Summary) -> Iterator[dict[str, str]]:
    """Yield the first and last month of the charts over time; 0 months are all."""
    first, last = summary.first_month, summary.last_month
    if first and last:
        for count in map(int, months):
            start = max(first, months_before(last, count - 1)) if count else first
            yield {"start_date": start, "end_date": last}


def _safe(text: str) -> str:
    # Letters of ASCII, digits and hyphens: every file system and web server takes them as they are.
    return re.sub(r"[^a-z0-9]+", "-", text.lower())
