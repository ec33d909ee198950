"""The filter nearest to one that leaves too little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
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
    """Return the filter with one restriction less, or a longer window, that leaves enough.

    Of several the one that adds the fewest. None where the filter leaves enough itself, or where
    no single change does.
    """
    if _units(selection) >= FULL:
        return None
    found: list[tuple[int, str, Selection]] = []
    for dropped, wanted in _wider(selection.wanted):
        wider = selected(snapshot, wanted, selection.as_of)
        if (n := _units(wider)) >= FULL:
            found.append((n, dropped, wider))
    if not found:
        return None
    _, dropped, wider = min(found, key=lambda one: one[:2])
    parameters = wider.wanted.parameters()
    return Nearest(drop=dropped, filter=parameters, counted=count(snapshot, wider))


def _units(selection: Selection) -> int:
    if units(selection.wanted) == "companies":
        return selection.index.companies.count(selection.bits)
    return selection.postings.bit_count()


def _wider(wanted: JobFilter) -> Iterator[tuple[str, JobFilter]]:
    for one in fields(wanted):
        if one.name not in _KEPT and getattr(wanted, one.name) != one.default:
            changed: dict[str, Any] = {one.name: one.default}
            yield one.name, replace(wanted, **changed)
    if wanted.days is not None:
        for days in _WINDOWS:
            if days > wanted.days:
                yield "days", replace(wanted, days=days)
    if wanted.months is not None:
        first, last = wanted.months
        for earlier in (*(months_before(first, n) for n in _MONTHS_EARLIER), _FIRST_MONTH):
            if earlier < first:
                yield "start_date", replace(wanted, months=(earlier, last))
