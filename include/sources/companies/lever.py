"""Lever: boards of technology companies.

API: https://github.com/lever/postings-api ("published postings are publicly viewable. These jobs
may be scraped by third parties"). The whole board in one answer, an array. A board is at the
American or at the European host, the other answers 404. A record names no company, and no time of
its last change; ``description`` lacks the requirements, which are in ``lists``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from include.postings.result import Period, Remote, Salary
from include.sources import fields
from include.sources.answers import read_array
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import country_code, pay_between, places_of, way_of_working
from include.sources.system import Ask, BoardAnswer, Home, System

__all__ = ["SYSTEM"]

_MODES: Final[dict[str, Remote]] = {"remote": "remote", "hybrid": "hybrid", "on-site": "onsite",
                                    "onsite": "onsite"}  # fmt: skip
_PERIODS: Final[dict[str, Period]] = {
    "per-year-salary": "year", "per-month-salary": "month", "per-week-salary": "week",
    "per-day-wage": "day", "per-hour-wage": "hour",
}  # fmt: skip


class Lever(System):
    """One answer a board, of up to 40 MB."""

    name: ClassVar[str] = "lever"
    attribution = Attribution("Lever", "https://www.lever.co/")
    terms = Terms(
        url="https://github.com/lever/postings-api",
        may_be_passed_on=True,
        quote="all job postings in the `published` state are publicly viewable. These jobs "
        "may be scraped by third parties.",
    )
    homes = (
        Home("lever_default", "https://api.lever.co"),
        Home("lever_eu_default", "https://api.eu.lever.co"),
    )
    personal = frozenset({"owner", "hiringManager", "recruiter", "user", "followers"})
    # The largest boards take more than 10 s to begin.
    read_timeout_seconds: ClassVar[float] = 60.0

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the one answer."""
        yield BoardAnswer(read_array(ask(f"v0/postings/{board}", {"mode": "json"})))

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields; ``createdAt`` is in milliseconds."""
        labels, country = _labels(payload), country_code(payload.get("country"))
        places = places_of(labels, country)
        return ParsedRecord(
            key=fields.key(payload),
            url=fields.link(payload, "hostedUrl", "applyUrl"),
            title=fields.title(payload, "text"),
            company="",
            description=_description(payload),
            location="; ".join(labels) or None,
            date_posted=fields.unix_timestamp(payload.get("createdAt")),
            country=fields.country_shared(places),
            places=places,
            remote=_remote(payload, labels),
            salary=_salary(payload.get("salaryRange")),
        )


def _labels(payload: dict[str, Any]) -> list[str]:
    categories = payload.get("categories")
    if not isinstance(categories, dict):
        return []
    every = categories.get("allLocations")
    named = [label for label in every if isinstance(label, str)] if isinstance(every, list) else []
    first = fields.line(categories, "location")
    return [label for label in dict.fromkeys([*([first] if first else []), *named]) if label]


def _remote(payload: dict[str, Any], labels: list[str]) -> Remote | None:
    stated = _MODES.get(fields.text(payload, "workplaceType") or "")
    if stated:
        return stated
    modes = {way_of_working(label) for label in labels}
    return modes.pop() if len(modes) == 1 else None


def _description(payload: dict[str, Any]) -> str:
    """Return opening and body, the lists with their headings, and what comes after them."""
    lists = payload.get("lists")
    parts = [fields.text(payload, "description")]
    for entry in lists if isinstance(lists, list) else []:
        if isinstance(entry, dict):
            heading = fields.text(entry, "text")
            parts.append(f"<h3>{heading}</h3>" if heading else None)
            parts.append(f"<ul>{fields.text(entry, 'content') or ''}</ul>")
    parts += [fields.text(payload, "additional"), fields.text(payload, "salaryDescription")]
    return "\n".join(part for part in parts if part)


def _salary(pay: Any) -> Salary | None:
    if not isinstance(pay, dict):
        return None
    period = _PERIODS.get(fields.text(pay, "interval") or "")
    return pay_between(pay.get("min"), pay.get("max"), pay.get("currency"), period)


SYSTEM = Lever()
