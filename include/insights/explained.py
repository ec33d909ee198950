"""One posting, read again from the text in the store, with the words that gave each answer."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from pydantic import Field

from include.insights.models import Contract, EvidenceRow
from include.insights.store import Snapshot
from include.postings.explained import explain_posting
from include.postings.extract import HACKER_NEWS
from include.serving.schema import POSTINGS

__all__ = ["EvidenceRow", "ExplainedPosting", "explained"]

_READ = ("id", "source", "url", "title", "company", "description_raw", "classifier_version")


class ExplainedPosting(Contract):
    """A posting's text, what is read in it, and which words gave each answer."""

    id: str
    source: str
    url: str
    title: str | None = Field(description="The title of a board's record; null for a comment.")
    text: str = Field(description="The posting as plain text, at most 100,000 characters.")
    answers: dict[str, Any] = Field(
        description="As `classify` prints them; what a board's record states is published instead."
    )
    evidence: list[EvidenceRow]
    classifier_version: str = Field(
        description="The version that read the published answers; these are of the code that runs."
    )


def explained(snapshot: Snapshot, posting_id: str) -> ExplainedPosting | None:
    """Return a posting with the words that gave each answer; None if the store has none of the id.

    It is read by the code that runs, within the time that one reading and its explanation take.
    """
    query = sa.select(*(POSTINGS.c[name] for name in _READ)).where(POSTINGS.c.id == posting_id)
    row = snapshot.connection.execute(query).mappings().first()
    if row is None:
        return None
    # The title and the company of a comment were read, a board's record states them.
    stated = {} if row["source"] == HACKER_NEWS else {key: row[key] for key in ("title", "company")}
    found = explain_posting(row["description_raw"], source=row["source"], **stated)
    return ExplainedPosting(
        **{key: row[key] for key in ("id", "source", "url", "classifier_version")},
        title=found.title,
        text=found.text,
        answers=found.fields.to_dict(),
        evidence=[EvidenceRow(**one) for one in found.to_dict()["evidence"]],
    )
