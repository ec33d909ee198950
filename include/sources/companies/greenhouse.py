"""Greenhouse: boards of technology companies, mostly American.

API: https://developers.greenhouse.io/job-board.html ("Job Board data is publicly available, so
authentication is not required"). The whole board in one answer; boards of its European site are at
the same host. ``content`` is HTML whose markup is escaped once inside the JSON, entities in it
twice. There is no flag for remote work: words in the location, in the company's own fields
(``metadata``) or in the offices say so. Pay is in cents, without a period.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from include.postings.result import Period, Remote, Salary
from include.sources import fields
from include.sources.answers import read_answer
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import modes_together, pay_between, places_of, way_of_working
from include.sources.system import Ask, BoardAnswer, Home, System

__all__ = ["SYSTEM"]

# Several places in one text: "London, UK; Remote, Norway | Oslo", "NO-Remote, NO-Oslo".
_BETWEEN = re.compile(r"\s*[;|]\s*|\s*,\s*(?=[A-Z]{2}-)")
# The company's own fields that name a way of working; any other may hold the word by chance.
_WORKPLACE = re.compile(r"workplace|location|remote|work (?:type|model|arrangement)", re.IGNORECASE)
_YEAR_FROM, _HOUR_TO = 10_000, 500
"""Pay has no period: a year's is above the first, an hour's below the second."""


class Greenhouse(System):
    """One answer a board; ``meta.total`` counts its jobs."""

    name: ClassVar[str] = "greenhouse"
    attribution = Attribution("Greenhouse", "https://www.greenhouse.com/")
    terms = Terms(
        url="https://developers.greenhouse.io/job-board.html",
        may_be_passed_on=True,
        quote="Job Board data is publicly available, so authentication is not required",
    )
    homes = (Home("greenhouse_default", "https://boards-api.greenhouse.io"),)
    personal = frozenset({"user", "users", "email", "recruiter", "coordinator", "hiring_manager"})

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the one answer."""
        params = {"content": "true", "pay_transparency": "true"}
        answer = read_answer(ask(f"v1/boards/{board}/jobs", params), "jobs")
        meta = answer.envelope.get("meta")
        total = meta.get("total") if isinstance(meta, dict) else None
        yield BoardAnswer(answer.records, total=total if type(total) is int else None)

    def company_of(self, value: dict[str, Any]) -> str | None:
        """Return the company that a record names."""
        return fields.line(value, "company_name")

    def cleaned(self, value: dict[str, Any]) -> dict[str, Any]:
        """Drop the company's own fields that hold a person, too."""
        found = super().cleaned(value)
        if isinstance(own := found.get("metadata"), list):
            found["metadata"] = [f for f in own if _kind(f) not in ("user", "users")]
        return found

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields."""
        location = _name(payload.get("location"))
        labels = [part for part in _BETWEEN.split(location or "") if part]
        offices = [_office(office) for office in _list(payload, "offices")]
        places = places_of(labels) or places_of([o for o in offices if o])
        return ParsedRecord(
            key=fields.key(payload),
            url=fields.link(payload, "absolute_url"),
            title=fields.title(payload),
            company=fields.line(payload, "company_name") or "",
            description=html.unescape(fields.text(payload, "content") or ""),
            location=location,
            date_posted=fields.iso_timestamp(payload.get("first_published"))
            or fields.iso_timestamp(payload.get("updated_at")),
            country=fields.country_shared(places),
            places=places,
            remote=_remote(labels, payload),
            salary=_salary(_list(payload, "pay_input_ranges")),
        )


def _remote(labels: list[str], payload: dict[str, Any]) -> Remote | None:
    own = [way_of_working(_value(f)) for f in _list(payload, "metadata") if _is_about_place(f)]
    offices = [way_of_working(_name(office)) for office in _list(payload, "offices")]
    return (
        modes_together(way_of_working(label) for label in labels)
        or modes_together(mode for mode in own if mode)
        or modes_together(offices)
    )


def _salary(ranges: list[Any]) -> Salary | None:
    """Return the widest of the ranges of all zones; cents become units."""
    known = [r for r in ranges if isinstance(r, dict) and type(r.get("min_cents")) is int
             and type(r.get("max_cents")) is int]  # fmt: skip
    if not known or len({r.get("currency_type") for r in known}) > 1:
        return None
    low = min(r["min_cents"] for r in known) / 100
    high = max(r["max_cents"] for r in known) / 100
    period: Period | None = "year" if low >= _YEAR_FROM else "hour" if high <= _HOUR_TO else None
    return pay_between(low, high, known[0].get("currency_type"), period)


def _list(payload: dict[str, Any], name: str) -> list[Any]:
    found = payload.get(name)
    return found if isinstance(found, list) else []


def _name(value: Any) -> str | None:
    return fields.line(value, "name") if isinstance(value, dict) else None


def _office(value: Any) -> str | None:
    return (fields.line(value, "location") or _name(value)) if isinstance(value, dict) else None


def _kind(field: Any) -> Any:
    return field.get("value_type") if isinstance(field, dict) else None


def _is_about_place(field: Any) -> bool:
    return bool(_WORKPLACE.search(_name(field) or ""))


def _value(field: Any) -> str | None:
    return fields.line(field, "value") if isinstance(field, dict) else None


SYSTEM = Greenhouse()
