"""Remotive: remote jobs, one answer.

API: https://github.com/remotive-com/remote-jobs-api, https://remotive.com/api-documentation (no
key). At most 4 calls a day are advised and more than 2 a minute are blocked; the posting's own URL
must be linked and Remotive be named wherever it is shown. Jobs are shown 24 hours late.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from include.sources import fields
from include.sources.answers import read_answer
from include.sources.source import Attribution, Chunk, FetchContext, Page, ParsedRecord, Source
from include.state.budget import CallLimit

__all__ = ["BOARD"]


class Remotive(Source):
    """Everything comes in one answer; ``search`` may be ignored there, so filters are ours."""

    name: ClassVar[str] = "remotive"
    attribution = Attribution("Remotive", "https://remotive.com/")
    base_url = "https://remotive.com/api"
    call_limits = (CallLimit(calls=2, seconds=60), CallLimit(calls=4, seconds=86_400))

    def pages(self, context: FetchContext, chunk: Chunk) -> Iterator[Page]:
        """Yield the one page."""
        answer = context.client.request_parsed(
            "GET", "remote-jobs", lambda body: read_answer(body, "jobs")
        )
        yield Page(answer.records)

    def parse(self, payload: dict[str, Any]) -> ParsedRecord:
        """Return what a record states; its date has no zone and is taken as UTC."""
        location = fields.line(payload, "candidate_required_location")
        return ParsedRecord(
            key=fields.key(payload),
            url=fields.link(payload, "url"),
            title=fields.title(payload),
            company=fields.line(payload, "company_name") or "",
            description=fields.text(payload, "description") or "",
            location=location,
            date_posted=fields.iso_moment(payload.get("publication_date")),
            country=fields.country_named(location),
            remote="remote",
            salary=fields.salary_in_words(fields.text(payload, "salary")),
        )


BOARD = Remotive()
