"""Remotive: remote jobs in one answer.

API: https://github.com/remotive-com/remote-jobs-api, https://remotive.com/api-documentation (no
key). It advises at most 4 calls a day and blocks more than 2 a minute. Wherever a posting is shown,
its own URL must be linked and Remotive named. Jobs appear with a delay of 24 hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from include.postings.places import find_places
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
from include.state.budget import CallLimit

__all__ = ["BOARD"]

# Time zones in a list of places: "Europe, UK, European timezones", "USA, CST (UTC-6)".
_ZONE = re.compile(r"time ?zone|\(UTC", re.IGNORECASE)


class Remotive(Source):
    """One answer with every job; the server may ignore ``search``, so filtering is local."""

    name: ClassVar[str] = "remotive"
    attribution = Attribution("Remotive", "https://remotive.com/")
    terms = Terms(
        url="https://remotive.com/api-documentation",
        may_be_passed_on=False,
        quote="Please do not submit Remotive jobs to third Party websites, including but "
        "not limited to: Jooble, Neuvoo, Google Jobs, LinkedIn Jobs. Please link back "
        "to the URL found on Remotive AND mention Remotive as a source in order to "
        "Remotive to get traffic from your listing. If you don't do that, we'll "
        "terminate your API access, sorry!",
    )
    base_url = "https://remotive.com/api"
    call_limits = (CallLimit(calls=2, seconds=60), CallLimit(calls=4, seconds=86_400))

    def pages(self, context: FetchContext, chunk: Chunk) -> Iterator[Page]:
        """Yield the only page."""
        answer = context.client.request_parsed(
            "GET", "remote-jobs", lambda body: read_answer(body, "jobs")
        )
        yield Page(answer.records)

    def parse(self, payload: dict[str, Any]) -> ParsedRecord:
        """Return the stated fields; the date has no zone and is read as UTC."""
        location = fields.line(payload, "candidate_required_location")
        stated = (part for part in (location or "").split(",") if not _ZONE.search(part))
        places = find_places(",".join(stated))
        return ParsedRecord(
            key=fields.key(payload),
            url=fields.link(payload, "url"),
            title=fields.title(payload),
            company=fields.line(payload, "company_name") or "",
            description=fields.text(payload, "description") or "",
            location=location,
            date_posted=fields.iso_timestamp(payload.get("publication_date")),
            country=fields.country_shared(places),
            places=tuple(places),
            remote="remote",
            salary=fields.salary_in_words(fields.text(payload, "salary")),
        )


BOARD = Remotive()
