"""Which postings of the serving store match a saved search."""

from __future__ import annotations

import datetime as dt

from include.insights.counted import selected
from include.insights.store import Snapshot
from include.searches.definition import SavedSearch
from include.searches.ledger import Candidates
from include.sources.registry import terms_of

__all__ = ["candidates", "is_shown"]


def candidates(snapshot: Snapshot, search: SavedSearch) -> Candidates:
    """Return the function that lists a search's postings, oldest first, from a day on."""
    index = snapshot.index
    postings = selected(snapshot, search.filter.job_filter()).postings
    for source in index.values("source"):
        if not is_shown(search, source):
            postings &= ~index.bits("source", source)

    def posted_since(day: dt.date) -> list[str]:
        recent = postings & index.days.between(day, dt.date.max)
        return [posting_id for _, posting_id in index.newest(recent)][::-1]

    return posted_since


def is_shown(search: SavedSearch, source: str) -> bool:
    """Return whether a source's postings are shown.

    Others may read a feed: it leaves out sources whose terms forbid passing their postings on,
    unless the filter names them. A message goes to whom the operator names.
    """
    named = {search.filter.source, *(search.filter.sources or "").split(",")}
    return search.feed is None or source in named or terms_of(source).may_be_passed_on
