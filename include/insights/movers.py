"""Technologies whose share rises or falls beyond noise."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from include.insights.comparison import Comparison, Windows
from include.insights.counted import count, selected
from include.insights.filters import JobFilter
from include.insights.models import Envelope, MoverMeta, MoverRow, MoverWindows
from include.insights.statistics.changes import Difference, q_values
from include.insights.store import Snapshot

__all__ = ["Q_LIMIT", "movers"]

Q_LIMIT = 0.10
"""At most this share of the technologies shown is expected to be noise."""
_MIN_MENTIONS = 20  # in both windows together; with fewer, any change may be noise


class _Tested(NamedTuple):
    technology_id: str
    mentions: int
    earlier: int
    difference: Difference


def movers(
    snapshot: Snapshot, wanted: JobFilter, windows: Windows | None, top: int
) -> Envelope[MoverRow, MoverMeta]:
    """Return what rose and fell beyond noise, ``top`` of each, the surest change first.

    All technologies with 20 mentions are tested, by company (statistics/changes.py); those with
    q <= Q_LIMIT are shown, by the end of their interval that is nearest to no change. Rising first.
    """
    if windows is None:
        return Envelope[MoverRow, MoverMeta](data=[], meta=_meta(wanted))
    selection = selected(snapshot, replace(wanted, months=windows.now, days=None))
    comparison = Comparison.of(snapshot, wanted, windows)
    tested = list(_tested(comparison))
    q = q_values([one.difference.p for one in tested])
    changed = [_row(snapshot, comparison, *found) for found in zip(tested, q, strict=True)]
    rows = sorted((row for row in changed if row.q <= Q_LIMIT), key=_sureness, reverse=True)
    shown = [
        *[row for row in rows if row.direction == "rising"][:top],
        *[row for row in rows if row.direction == "falling"][:top],
    ]
    meta = _meta(
        wanted,
        total_count=len(shown),
        tested=len(tested),
        start_date=windows.now[0],
        end_date=windows.now[1],
        windows=MoverWindows(now=list(windows.now), before=list(windows.before)),
        counted=count(snapshot, selection),
    )
    return Envelope[MoverRow, MoverMeta](data=shown, meta=meta)


def _tested(comparison: Comparison) -> Iterator[_Tested]:
    # Where all postings name it, as the filter asks, there is no change to test.
    named = itertools.starmap(_Tested, comparison.changes_of_skills(_MIN_MENTIONS))
    return (one for one in named if one.difference.change)


def _row(snapshot: Snapshot, comparison: Comparison, one: _Tested, q: float) -> MoverRow:
    total, earlier = comparison.counts(comparison.now | comparison.before)
    change = one.difference.change
    direction: Literal["rising", "falling"] = "rising" if change > 0 else "falling"
    return MoverRow(
        technology_id=one.technology_id,
        name=snapshot.names.get(one.technology_id, one.technology_id),
        direction=direction,
        kind="new" if not one.earlier else direction,
        mention_count=one.mentions,
        total_jobs=total,
        earlier_mention_count=one.earlier,
        earlier_total_jobs=earlier,
        share=one.mentions / total,
        earlier_share=one.earlier / earlier,
        change_points=_points(change),
        low=_points(one.difference.low),
        high=_points(one.difference.high),
        p=one.difference.p,
        q=q,
    )


def _points(change: float) -> float:
    return round(100 * change, 2)


def _sureness(row: MoverRow) -> tuple[float, str]:
    return min(abs(row.low), abs(row.high)), row.technology_id


def _meta(wanted: JobFilter, total_count: int = 0, tested: int = 0, **known: Any) -> MoverMeta:
    return MoverMeta(
        **{"start_date": None, "end_date": None, "windows": None, **known},
        source=wanted.source,
        total_count=total_count,
        tested=tested,
        q_limit=Q_LIMIT,
    )
