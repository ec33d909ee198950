"""All that is known of one posting, in one answer."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from include.insights.explained import explained
from include.insights.models import EvidenceRow, PostingPage
from include.insights.posting.contacts import without_contacts
from include.insights.posting.history import history
from include.insights.posting.marks import MAX_MARK_CHARS, marked_text
from include.insights.posting.same_job import same_job
from include.insights.postings import posting_rows
from include.insights.store import Snapshot
from include.serving.schema import POSTINGS

__all__ = ["Heading", "heading", "posting_page"]


class Heading(NamedTuple):
    """What a posting is called."""

    title: str
    company: str


def heading(snapshot: Snapshot, posting_id: str) -> Heading | None:
    """Return what a posting is called; None if the store has none of the id."""
    columns = POSTINGS.c
    query = sa.select(columns.title, columns.company).where(columns.id == posting_id)
    row = snapshot.connection.execute(query).first()
    return Heading(row.title, row.company) if row else None


def posting_page(snapshot: Snapshot, posting_id: str) -> PostingPage | None:
    """Return all that is known of a posting; None if the store has none of the id.

    It is read again by the code that runs, as ``explained`` does; e-mail addresses and phone
    numbers are left out.
    """
    if (read := explained(snapshot, posting_id)) is None:
        return None
    columns = POSTINGS.c
    query = sa.select(columns.description_raw, columns.duplicate_of)
    row = snapshot.connection.execute(query.where(columns.id == posting_id)).one()
    spans = [(one.start, one.end) if one.part == "text" else (0, 0) for one in read.evidence]
    text, is_formatted = marked_text(row.description_raw, read.text, spans)
    same, same_count = same_job(snapshot, posting_id, row.duplicate_of or posting_id)
    (posting,) = posting_rows(snapshot, [posting_id])
    return PostingPage(
        posting=posting,
        text=text,
        is_formatted=is_formatted,
        title=read.title,
        evidence=[_shown(one) for one in read.evidence],
        classifier_version=read.classifier_version,
        same_job=same,
        same_job_count=same_count,
        history=history(snapshot, posting_id),
    )


def _shown(evidence: EvidenceRow) -> EvidenceRow:
    words = without_contacts(evidence.words)
    if len(words) > MAX_MARK_CHARS:
        words = words[:MAX_MARK_CHARS] + " …"
    return evidence.model_copy(update={"words": words})
