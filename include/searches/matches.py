"""Which postings of the serving store match a saved search."""

from __future__ import annotations

import datetime as dt

from include.insights.counted import selected
from include.insights.store import Snapshot
from include.searches.definition import SavedSearch
from include.searches.ledger import Candidates

__all__ = ["candidates"]


def candidates(snapshot: Snapshot, search: SavedSearch) -> Candidates:
    """Return the function that lists a search's postings, oldest first, from a day on."""
    selection = selected(snapshot, search.filter.job_filter())

    def posted_since(day: dt.date) -> list[str]:
        recent = selection.postings & snapshot.index.days.between(day, dt.date.max)
        return [posting_id for _, posting_id in snapshot.index.newest(recent)][::-1]

    return posted_since
