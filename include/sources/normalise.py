"""Convert a board's record to a posting of the contract."""

from __future__ import annotations

import datetime as dt
from typing import Any

from include.postings import extract_posting
from include.postings.model import JobPosting, posting_id
from include.postings.result import Remote
from include.sources.links import canonical_url
from include.sources.record import Reason
from include.sources.source import ParsedRecord, Source, UnreadableRecordError

__all__ = ["posting_url", "to_posting"]


def posting_url(source: str, stated: ParsedRecord) -> str:
    """Return a posting's URL as sent, or ``<source>://<id>`` if it has no page.

    The posting's id derives from its canonical form (include/sources/links.py). Raises
    UnreadableRecordError for a record with neither URL nor id.
    """
    if stated.url:
        return stated.url
    if stated.key:
        return f"{source}://{stated.key}"
    raise UnreadableRecordError(Reason.NO_IDENTITY, "the record has neither a URL nor an id")


def to_posting(
    source: Source,
    payload: dict[str, Any],
    retrieved_at: dt.datetime,
    stated: ParsedRecord | None = None,
) -> tuple[JobPosting, Remote]:
    """Return a record as a posting, and its working mode.

    ``stated`` is the result of ``source.parse(payload)``, if the caller has it. Stated fields take
    precedence over extracted ones, except for the level. The id is independent of tracking
    parameters. Raises UnreadableRecordError for a record that cannot be a posting.
    """
    stated = stated or source.parse(payload)
    url = posting_url(source.name, stated)
    reading = extract_posting(
        stated.description, title=stated.title, company=stated.company or None, source=source.name
    )
    read_level = reading.level_bucket
    posting = JobPosting(
        id=posting_id(source.name, canonical_url(url)),
        source=source.name,
        url=url,
        title=stated.title,
        company=stated.company,
        location=stated.location,
        date_posted=stated.date_posted,
        retrieved_at=retrieved_at,
        role_bucket=reading.role_bucket,
        level_bucket=(stated.level or "any") if read_level == "any" else read_level,
        description_raw=stated.description,
        raw=payload,
    )
    return posting, stated.remote or reading.remote
