"""What the first questions of a process would else wait for, made before it is ready."""

from __future__ import annotations

from include.insights.filters import JobFilter
from include.insights.monthly import Monthly
from include.insights.pay import salaries
from include.insights.places import places
from include.insights.store import Snapshot
from include.insights.suggestions import suggestions
from include.insights.trend_series import filtered_trends, most_named
from include.postings.places.tree import WORLD

__all__ = ["warm_up"]


def warm_up(snapshot: Snapshot) -> None:
    """Read the index, and make what it makes when first used; once a published version.

    By asking: what a question needs is made by it, and kept (VersionCache, FacetIndex, the tree of
    places). No row of a posting is read.
    """
    if snapshot.memory.is_warm:
        return
    import pyarrow as pa

    # Arrow's own pool keeps what it frees, some 20 MB; the system's returns it.
    pa.set_memory_pool(pa.system_memory_pool())
    everything, months = JobFilter(), snapshot.index.months[-1:]
    snapshot.memory.text_starts(snapshot.connection)
    snapshot.index.companies.numbers_called("")
    for month in months:
        monthly = Monthly.of(snapshot, everything, month, month)
        filtered_trends(monthly, most_named(monthly, 1))
        salaries(snapshot, everything, (month, month), by="technology")
        salaries(snapshot, everything, (month, month), by="role_level_country")
    places(snapshot, everything, WORLD, "country", 1)
    _ = snapshot.index.seen.first_time, snapshot.index.asked, snapshot.spellings
    for kind in ("place", "company"):
        suggestions(snapshot, kind, "a", 1)
    # Sorting the pays took 30 MB at a million postings, which the allocator would keep.
    pa.default_memory_pool().release_unused()
    snapshot.memory.is_warm = True
