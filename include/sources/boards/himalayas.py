"""Himalayas: remote jobs worldwide.

API: https://himalayas.app/api, fields: https://himalayas.app/docs/data-dictionary (no key). At
most 20 records per request; ``nextCursor`` leads to the next page (``offset`` is deprecated). Too
many requests get 429. The terms require a link back to the posting and the source's name.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from include.postings.model import LevelBucket
from include.postings.places import country_of, place_called
from include.postings.result import Period
from include.sources import fields
from include.sources.answers import read_answer
from include.sources.source import (
    Attribution,
    Chunk,
    FetchContext,
    Page,
    ParsedRecord,
    Source,
    Terms,
)

__all__ = ["BOARD"]

_PAGE_RECORDS: Final = 20
_PERIODS: Final[dict[str, Period]] = {
    "annual": "year",
    "monthly": "month",
    "weekly": "week",
    "daily": "day",
    "hourly": "hour",
}
_NO_COMPANY: Final = "name"  # the feed has sent this literal in place of a company's name
_LEVELS: Final[dict[str, LevelBucket]] = {
    "Entry-level": "entry",
    "Mid-level": "junior_mid",
    "Senior": "senior_excluded",
    "Manager": "senior_excluded",
    "Director": "senior_excluded",
    "Executive": "senior_excluded",
}


class Himalayas(Source):
    """Pages by cursor, newest first."""

    name: ClassVar[str] = "himalayas"
    attribution = Attribution("Himalayas", "https://himalayas.app/")
    terms = Terms(
        url="https://himalayas.app/api",
        may_be_passed_on=False,
        quote="Anyone can use the interface, but please link back to the URL found on "
        "Himalayas AND mention Himalayas as the original source. Please do not submit "
        "Himalayas jobs to third-party websites, including but not limited to Jooble, "
        "Neuvoo, Google Jobs, or LinkedIn Jobs.",
    )
    base_url = "https://himalayas.app"

    def pages(self, context: FetchContext, chunk: Chunk) -> Iterator[Page]:
        """Yield the pages up to the one without a cursor."""
        params: dict[str, Any] | None = {"limit": _PAGE_RECORDS}
        while params:
            answer = context.client.request_parsed(
                "GET", "jobs/api", lambda body: read_answer(body, "jobs"), params=params
            )
            yield Page(answer.records)
            cursor = answer.envelope.get("nextCursor")
            more = isinstance(cursor, str | int) and cursor
            params = {"limit": _PAGE_RECORDS, "cursor": cursor} if more else None

    def parse(self, payload: dict[str, Any]) -> ParsedRecord:
        """Return the stated fields; ``guid`` is the posting's URL without tracking parameters."""
        names = _names(payload.get("locationRestrictions"))
        places = tuple(place_called(name) for name in names)
        levels = {_LEVELS.get(name) for name in _names(payload.get("seniority"))}
        return ParsedRecord(
            key=fields.key(payload, "guid"),
            url=fields.link(payload, "guid", "applicationLink"),
            title=fields.title(payload),
            company=_company(payload),
            description=fields.text(payload, "description") or "",
            location=", ".join(names) or None,
            date_posted=fields.unix_timestamp(payload.get("pubDate")),
            country=country_of(places),
            places=places,
            places_stated=payload["locationRestrictions"] if names else None,
            remote="remote",
            salary=fields.salary_between(
                payload.get("minSalary"),
                payload.get("maxSalary"),
                payload.get("currency"),
                _PERIODS.get(fields.text(payload, "salaryPeriod") or "annual"),
            ),
            # Several levels fall into different buckets: the classifier decides from the text.
            level=levels.pop() if len(levels) == 1 else None,
        )


def _company(payload: dict[str, Any]) -> str:
    name = fields.line(payload, "companyName")
    if name is None or name == _NO_COMPANY:
        return fields.line(payload, "companySlug") or ""
    return name


def _names(value: Any) -> list[str]:
    """Return the names in a list of strings or of objects with a ``name``; the API sends both."""
    entries = value if isinstance(value, list) else []
    named = (entry.get("name") if isinstance(entry, dict) else entry for entry in entries)
    texts = (html.unescape(name).strip() for name in named if isinstance(name, str))
    return [name for name in texts if name]


BOARD = Himalayas()
