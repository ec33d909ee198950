"""The filter nearest to one that leaves too little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from itertools import combinations
from typing import Any

from include.insights.counted import FULL, Selection, count, selected, units
from include.insights.filters import JobFilter
from include.insights.models import Nearest
from include.insights.store import Snapshot
from include.insights.trends import months_before

__all__ = ["nearest"]

_WINDOWS = (90, 365, 1_825, 36_500)  # the last is all of time
_MONTHS_EARLIER = (12, 60)
_FIRST_MONTH = "2000-01"
_KEPT = frozenset({"days", "months", "unstated", "seniors", "repeats", "by_posting"})
"""Windows are made longer; the others say what is counted and are no restriction to drop."""


def nearest(snapshot: Snapshot, selection: Selection) -> Nearest | None:
    """Return the filter with a restriction less, or a longer window, that leaves enough.

    Of several the one that adds the fewest; two changes only where no single one suffices, all of
    them where no two do. None where the filter leaves enough itself, or the store has not enough.
    """
    if _units(selection) >= FULL:
        return None
    changes = list(_changes(selection.wanted))
    longest = dict(changes)
    for tried in (combinations(changes, 1), combinations(changes, 2), [tuple(longest.items())]):
        if found := list(_enough(snapshot, selection, tried)):
            _, dropped, wider = min(found, key=lambda one: one[:2])
            parameters = wider.wanted.parameters()
            return Nearest(drop=dropped, filter=parameters, counted=count(snapshot, wider))
    return None


_Change = tuple[str, dict[str, Any]]


def _enough(
    snapshot: Snapshot, selection: Selection, tried: Iterable[tuple[_Change, ...]]
) -> Iterator[tuple[int, str, Selection]]:
    """Yield units, names and jobs of the changed filters that leave enough."""
    for changes in tried:
        names = dict.fromkeys(name for name, _ in changes)
        changed: dict[str, Any] = {}
        for _, change in changes:
            changed |= change
        if len(names) == len(changes):
            wanted = replace(selection.wanted, **changed)
            wider = selected(snapshot, wanted, selection.as_of)
            if (n := _units(wider)) >= FULL:
                yield n, ",".join(names), wider


def _units(selection: Selection) -> int:
    if units(selection.wanted) == "companies":
        return selection.index.companies.count(selection.bits)
    return selection.postings.bit_count()


def _changes(wanted: JobFilter) -> Iterator[_Change]:
    """Yield each change of the filter that makes it wider; of a window the longest last."""
    for one in fields(wanted):
        if one.name not in _KEPT and getattr(wanted, one.name) != one.default:
            yield one.name, {one.name: one.default}
    if wanted.days is not None:
        yield from (("days", {"days": days}) for days in _WINDOWS if days > wanted.days)
    if wanted.months is not None:
        first, last = wanted.months
        for earlier in (*(months_before(first, n) for n in _MONTHS_EARLIER), _FIRST_MONTH):
            if earlier < first:
                yield "start_date", {"months": (earlier, last)}
