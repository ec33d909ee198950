"""How the market divides month by month: ways of working, roles, levels, sources, countries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from pyroaring import BitMap

from include.insights.comparison import Comparison, Split, last_whole_month, windows_of
from include.insights.counted import GREY, units
from include.insights.filters import JobFilter
from include.insights.index.sets import roaring_of
from include.insights.models import (
    Envelope,
    MarketMeta,
    MarketMixRow,
    MixChange,
    MoverWindows,
    PooledShare,
    WholeShare,
)
from include.insights.monthly import Monthly
from include.insights.point_forms import POOLED_DIGITS
from include.insights.statistics.changes import Difference
from include.insights.statistics.intervals import POOLED_MONTHS, pool, wilson
from include.insights.store import Snapshot
from include.insights.trends import AS_THE_MARTS, months_before, months_between
from include.serving.facets import UNSPECIFIED
from include.serving.schema import MONTHLY_MARKET_MIX

__all__ = ["COMPANY", "DIMENSIONS", "market_mix"]

COMPANY = "company"
_OF_POSTING = {
    "remote": "posting_remote", "role": "role", "level": "level", "visa": "visa",
    "source": "source",
}  # fmt: skip
_OF_JOB = {"way": "remote", "roles": "job_role", "levels": "job_level", "family": "family"}
"""A posting has each value that one of its jobs has, so that shares add up to more than 1."""
DIMENSIONS = (*_OF_POSTING, *_OF_JOB, "country", COMPANY)
_UNSTATED = frozenset({UNSPECIFIED, "any"})
"""In ``role`` and ``level``, the buckets of 1.0.0, "any" is a posting that names none."""
_ANY_REMOTE = "any_remote"
_REMOTE_VALUES = ("remote", "mixed")
_REMOTE_DIMENSIONS = ("remote", "way")
_POOLED_BEFORE = POOLED_MONTHS - 1
_SHOWN = 25  # companies and countries
_MONTHS_COMPARED = 12
_KINDS = {
    "role": ("job_level",), "roles": ("job_level",), "family": ("job_level",),
    "level": ("job_role",), "levels": ("job_role",),
}  # fmt: skip
"""Within what a change is: of roles, within levels; of others, within roles and levels."""


@dataclass(frozen=True)
class _Dimension:
    """The postings of a filter by the value of a dimension."""

    name: str
    by_value: Mapping[str, BitMap]

    @cached_property
    def stated(self) -> BitMap:
        """The postings that state a value."""
        return self.any_of(self.by_value.keys() - _UNSTATED)

    def any_of(self, values: Iterable[str]) -> BitMap:
        """Return the postings with one of the values."""
        sets = (self.by_value[value] for value in values if value in self.by_value)
        return BitMap.union(BitMap(), *sets)


def market_mix(
    snapshot: Snapshot, wanted: JobFilter, dimension: str, first: str, last: str
) -> Envelope[MarketMixRow, MarketMeta]:
    """Return each value's share of a month's postings, months from first to last."""
    monthly = Monthly.of(snapshot, wanted, first, last)
    if dimension == COMPANY:
        rows = _companies_of_marts(monthly) if wanted == AS_THE_MARTS else _companies(monthly)
        meta = MarketMeta(total_count=len(rows), **monthly.said)
        return Envelope[MarketMixRow, MarketMeta](data=rows, meta=meta)
    divided = _divided(monthly, dimension)
    rows = _rows(monthly, divided, dense=wanted != AS_THE_MARTS)
    rows.sort(key=lambda row: (row.month, row.value))
    meta = MarketMeta(
        total_count=len(rows),
        any_remote=_any_remote(monthly, divided),
        whole=_whole(monthly, divided) if units(wanted) == "postings" else {},
        **_changes(monthly, divided),
        **monthly.said,
    )
    return Envelope[MarketMixRow, MarketMeta](data=rows, meta=meta)


def _divided(monthly: Monthly, dimension: str) -> _Dimension:
    selection, index = monthly.selection, monthly.selection.index
    if dimension == "country":
        return _Dimension(dimension, _countries(monthly))
    if facet := _OF_POSTING.get(dimension):
        found = {v: selection.postings & index.bits(facet, v) for v in index.values(facet)}
    else:
        facet = _OF_JOB[dimension]
        found = {v: index.fold(selection.bits & index.bits(facet, v)) for v in index.values(facet)}
    return _Dimension(dimension, {value: roaring_of(bits) for value, bits in found.items() if bits})


def _countries(monthly: Monthly) -> dict[str, BitMap]:
    """Return the postings with a place in a country: of the most frequent ones, and without any."""
    selection, index = monthly.selection, monthly.selection.index
    codes = list(index.values("country"))
    there = map(index.fold, index.places.among(selection.bits, codes))
    placed = dict(zip(codes, map(roaring_of, there), strict=True))
    common = monthly.shown.posting_set.intersection_cardinality
    most = Counter({code: common(postings) for code, postings in placed.items()})
    found = {code: placed[code] for code, count in most.most_common(_SHOWN) if count}
    # A country that is too rare to be shown is stated all the same.
    somewhere = BitMap.union(BitMap(), *placed.values())
    return {**found, UNSPECIFIED: selection.posting_set - somewhere}


class _Months:
    """The months shown and the two before, which the first ones pool, with their postings."""

    def __init__(self, monthly: Monthly, divided: _Dimension) -> None:
        self.keys = months_between(months_before(monthly.first, _POOLED_BEFORE), monthly.last)
        self._index = monthly.selection.index
        self.sizes = self.counts(monthly.selection.posting_set)
        self.stated = self.counts(divided.stated)
        self.running = [monthly.is_running(month) for month in self.keys]

    def counts(self, postings: BitMap) -> list[int]:
        """Return how many of these postings each month has."""
        return self._index.counts_by_month(postings, self.keys)


def _rows(monthly: Monthly, divided: _Dimension, *, dense: bool) -> list[MarketMixRow]:
    """Return a row a month and value with postings; ``dense``: or with some two months before."""
    months = _Months(monthly, divided)
    rows = []
    for value, postings in divided.by_value.items():
        counts = months.counts(postings)
        stated = months.sizes if value in _UNSTATED else months.stated
        pooled = pool(list(zip(counts, stated, strict=True)))
        for at in range(_POOLED_BEFORE, len(counts)):
            share, band = (None if months.running[at] else pooled[at]) or (None, None)
            if counts[at] or (dense and share):
                rows.append(
                    MarketMixRow(
                        month=months.keys[at],
                        dimension=divided.name,
                        value=value,
                        postings_count=counts[at],
                        total_jobs=months.sizes[at],
                        share=_share(counts[at], months.sizes[at]),
                        share_of_stated=None
                        if value in _UNSTATED
                        else _share(counts[at], months.stated[at]),
                        pooled_share=share and round(share, POOLED_DIGITS),
                        low=band and round(band.low, POOLED_DIGITS),
                        high=band and round(band.high, POOLED_DIGITS),
                        is_running=months.running[at],
                    )
                )
    return rows


def _share(count: int, total: int) -> float | None:
    return count / total if total else None


def _any_remote(monthly: Monthly, divided: _Dimension) -> PooledShare | None:
    """Return the share of remote jobs, always or at times, in the newest three whole months."""
    last = last_whole_month(monthly.snapshot, monthly.last)
    if divided.name not in _REMOTE_DIMENSIONS or last is None:
        return None
    months = _Months(replace(monthly, first=last, last=last), divided)
    counts = months.counts(divided.any_of(_REMOTE_VALUES))
    found = pool(list(zip(counts, months.stated, strict=True)))[-1]
    return found and PooledShare(share=found[0], low=found[1].low, high=found[1].high)


def _whole(monthly: Monthly, divided: _Dimension) -> dict[str, WholeShare]:
    """Return the share of each value over the months shown, for a company's postings."""
    shown = monthly.shown.posting_set
    stated = divided.stated.intersection_cardinality(shown)
    if stated < GREY:
        return {}
    found = {}
    for value, postings in divided.by_value.items():
        if value not in _UNSTATED and (n := postings.intersection_cardinality(shown)):
            low, high = wilson(n, stated)
            found[value] = WholeShare(
                share=n / stated, low=low, high=high, postings=n, stated=stated
            )
    return found


def _changes(monthly: Monthly, divided: _Dimension) -> dict[str, Any]:
    """Return how the shares of those stated changed: newest whole year against the one before."""
    last = last_whole_month(monthly.snapshot, monthly.last)
    if last is None:
        return {}
    windows = windows_of(last, _MONTHS_COMPARED)
    comparison = monthly.comparison(windows).among(divided.stated)
    split = Split(
        comparison, comparison.index.kinds(*_KINDS.get(divided.name, ("job_role", "job_level")))
    )
    values = {v: p for v, p in divided.by_value.items() if v not in _UNSTATED}
    if divided.name in _REMOTE_DIMENSIONS:
        values[_ANY_REMOTE] = divided.any_of(_REMOTE_VALUES)
    # None of them if a window has no posting.
    changes = dict(zip(values, comparison.changes(values.values()), strict=False))
    return {
        "windows": MoverWindows(now=list(windows.now), before=list(windows.before)),
        "change": {
            value: _change(comparison, split, values[value], change)
            for value, change in changes.items()
        },
    }


def _change(
    comparison: Comparison, split: Split, postings: BitMap, difference: Difference
) -> MixChange:
    count, earlier = comparison.counts(postings)
    cause = split.of(postings)
    return MixChange(
        share=count / len(comparison.now),
        earlier_share=earlier / len(comparison.before),
        total=difference.change,
        low=difference.low,
        high=difference.high,
        within=cause.within,
        mix=cause.mix,
    )


def _companies(monthly: Monthly) -> list[MarketMixRow]:
    """Return the companies with the most postings of each month."""
    index, rows = monthly.selection.index, []
    named = index.companies.all
    for month in monthly.months:
        postings = monthly.postings(month)
        numbers = map(index.companies.numbers.__getitem__, index.positions(postings))
        counts = Counter(named[number].name for number in numbers if number < len(named))
        # By name last, so that a tie at the limit is cut alike everywhere.
        most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN]
        rows += [_company(monthly, month, *one, postings.bit_count()) for one in sorted(most)]
    return rows


def _companies_of_marts(monthly: Monthly) -> list[MarketMixRow]:
    """Return the companies by the name as posted, as contract 1.0.0 has them."""
    columns = MONTHLY_MARKET_MIX.c
    query = (
        sa.select(columns.month, columns.value, columns.postings_count, columns.total_jobs)
        .where(columns.dimension == COMPANY)
        .where(columns.month >= f"{monthly.first}-01", columns.month <= f"{monthly.last}-01")
        .order_by(columns.month, columns.value)
    )
    found = monthly.snapshot.connection.execute(query)
    return [_company(monthly, row[0][:7], row[1], row[2], row[3]) for row in found]


def _company(monthly: Monthly, month: str, name: str, count: int, total: int) -> MarketMixRow:
    return MarketMixRow(
        month=month,
        dimension=COMPANY,
        value=name,
        postings_count=count,
        total_jobs=total,
        share=_share(count, total),
        is_running=monthly.is_running(month),
    )
