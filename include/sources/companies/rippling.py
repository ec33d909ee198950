"""Rippling: boards of young companies. Read only if a setting names it.

``GET /platform/api/ats/v1/board/<board>/jobs``: its reference asks for a login. The list has a row
a place, so a job in two places comes twice: its rows are one record, with ``workLocations``. The
way of working is a prefix of a place. Text, pay and company come with one request a job.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from include.postings.result import Period, Salary
from include.sources import fields
from include.sources.answers import read_array
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import modes_together, pay_between, places_of, way_of_working
from include.sources.system import Ask, BoardAnswer, Home, System

__all__ = ["SYSTEM"]

_PERIODS: Final[dict[str, Period]] = {"YEAR": "year", "MONTH": "month", "WEEK": "week",
                                      "DAY": "day", "HOUR": "hour"}  # fmt: skip


class Rippling(System):
    """One answer a board."""

    name: ClassVar[str] = "rippling"
    attribution = Attribution("Rippling", "https://www.rippling.com/")
    terms = Terms(
        url="https://www.rippling.com/",
        may_be_passed_on=False,
        note="No public feed is documented, so nothing allows passing its jobs on.",
    )
    homes = (Home("rippling_default", "https://api.rippling.com"),)
    personal = frozenset({"recruiter", "hiringManager", "createdBy"})
    is_documented: ClassVar[bool] = False
    id_field: ClassVar[str] = "uuid"
    keeps_case: ClassVar[bool] = True

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the one answer."""
        rows = read_array(ask(f"platform/api/ats/v1/board/{board}/jobs", {}))
        yield BoardAnswer(list(_merged(rows)))

    def text_path(self, board: str, own_id: str) -> str | None:
        """Return the path of a job's detail, with all of its places."""
        return f"platform/api/ats/v1/board/{board}/jobs/{own_id}"

    def company_of(self, value: dict[str, Any]) -> str | None:
        """Return the company that a record names."""
        return fields.line(value, "companyName")

    def hidden(self, value: dict[str, Any]) -> str:
        """Return "unlisted" for a job that has a link of its own, but is not shown."""
        return "unlisted" if value.get("unlistedFromSearch") is True else ""

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields, of an entry of the list or of a job's detail."""
        labels = _labels(payload)
        places = places_of(labels)
        text = payload.get("description")
        parts = (
            [fields.text(text, p) for p in ("company", "role")] if isinstance(text, dict) else []
        )
        return ParsedRecord(
            key=fields.key(payload, "uuid"),
            url=fields.link(payload, "url"),
            title=fields.title(payload, "name"),
            company=fields.line(payload, "companyName") or "",
            description="\n".join(part for part in parts if part),
            location="; ".join(labels) or None,
            date_posted=fields.iso_timestamp(payload.get("createdOn")),
            country=fields.country_shared(places),
            places=places,
            remote=modes_together(map(way_of_working, labels)),
            salary=_salary(payload.get("payRangeDetails")),
        )


def _merged(rows: list[tuple[Any, str]]) -> Iterator[tuple[Any, str]]:
    """Yield each job once, with the places of all its rows; a lone row as it was sent."""
    groups: dict[Any, list[tuple[Any, str]]] = {}
    for number, (value, text) in enumerate(rows):
        own = fields.key(value, "uuid") if isinstance(value, dict) else ""
        groups.setdefault(own or number, []).append((value, text))
    for group in groups.values():
        if len(group) == 1:
            yield group[0]
        else:
            labels = [label for value, _ in group for label in _labels(value)]
            merged = {**group[0][0], "workLocations": list(dict.fromkeys(labels))}
            yield merged, json.dumps(merged)


def _labels(payload: dict[str, Any]) -> list[str]:
    listed = payload.get("workLocations")
    if isinstance(listed, list) and listed:
        return [label for label in listed if isinstance(label, str)]
    lone = payload.get("workLocation")
    label = fields.line(lone, "label") if isinstance(lone, dict) else None
    return [label] if label else []


def _salary(ranges: Any) -> Salary | None:
    """Return the widest of the ranges, in either of the two shapes that have been seen."""
    found = [s for r in ranges if (s := _range(r))] if isinstance(ranges, list) else []
    if not found or len({(s.currency, s.period) for s in found}) > 1:
        return None
    low, high = min(s.min for s in found), max(s.max for s in found)
    return Salary(low, high, found[0].currency, found[0].period)


def _range(pay: Any) -> Salary | None:
    if not isinstance(pay, dict):
        return None
    period = fields.text(pay, "payPeriod") or fields.text(pay, "frequency") or ""
    low = pay.get("minPay", pay.get("rangeStart"))
    high = pay.get("maxPay", pay.get("rangeEnd"))
    return pay_between(low, high, pay.get("currency"), _PERIODS.get(period.upper()))


SYSTEM = Rippling()
