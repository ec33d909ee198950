"""Arbeitnow: jobs in Europe, mostly Germany, from applicant tracking systems.

API: https://www.arbeitnow.com/blog/job-board-api (no key). Pages start at 1, newest first by
``created_at``; ``links.next`` is null on the last one. Every answer has ``x-ratelimit-limit: 50``
without a period; its framework counts per minute. The terms require a link back to the posting and
the source's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

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


class Arbeitnow(Source):
    """Numbered pages. The last page is the one without a next link; a short page may not be."""

    name: ClassVar[str] = "arbeitnow"
    attribution = Attribution("Arbeitnow", "https://www.arbeitnow.com/")
    terms = Terms(
        url="https://www.arbeitnow.com/blog/job-board-api",
        may_be_passed_on=True,
        quote="This is a free public API for jobs, please do not abuse. I would appreciate "
        "linking back to the site. By using the API, you agree to the terms of "
        "service present on Arbeitnow.com",
    )
    base_url = "https://www.arbeitnow.com/api"
    call_limits = (CallLimit(calls=50, seconds=60),)

    def pages(self, context: FetchContext, chunk: Chunk) -> Iterator[Page]:
        """Yield the pages up to the one without a next link."""
        number = 1
        while number:
            answer = context.client.request_parsed(
                "GET",
                "job-board-api",
                lambda body: read_answer(body, "data"),
                params={"page": number},
            )
            yield Page(answer.records)
            links = answer.envelope.get("links")
            more = isinstance(links, dict) and links.get("next")
            # An empty page with a next link would never end.
            number = number + 1 if more and answer.records else 0

    def parse(self, payload: dict[str, Any]) -> ParsedRecord:
        """Return the stated fields; ``remote`` false does not rule out hybrid work."""
        location = fields.line(payload, "location")
        return ParsedRecord(
            key=fields.key(payload, "slug"),
            url=fields.link(payload, "url"),
            title=fields.title(payload),
            company=fields.line(payload, "company_name") or "",
            description=fields.text(payload, "description") or "",
            location=location,
            date_posted=fields.unix_timestamp(payload.get("created_at")),
            country=fields.country_named(location),
            remote="remote" if payload.get("remote") is True else None,
        )


BOARD = Arbeitnow()
