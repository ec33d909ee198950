"""Yearly pays that jobs state, in cells of like jobs: what changes, and what pays more."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain, compress

from include.insights.counted import GREY, selected
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.index.sets import digest, roaring_of
from include.insights.models import PayGrowth, PayPremium
from include.insights.statistics.medians import (
    CELL_VALUES,
    change_by_cells,
    design_effect,
    interval_of_median,
    quantile,
)
from include.insights.store import Snapshot
from include.insights.trends import months_before

__all__ = ["FACETS", "Cell", "Pays", "Premiums", "cells_of", "growth", "premiums_among", "stating"]

Cell = tuple[str | None, str | None, str | None]
"""Role, level and country."""
FACETS = {"role": "job_role", "level": "job_level", "country": "country"}
_YEAR = 12


@dataclass(frozen=True)
class Pays:
    """Stated pays in one currency. What a posting states once for several jobs counts once."""

    index: FacetIndex
    positions: Sequence[int]

    @classmethod
    def of(cls, index: FacetIndex, positions: Iterable[int]) -> Pays:
        """Return the pays at these positions, each of a posting's once."""
        positions = list(positions)
        stated = map(index.stated_once.__getitem__, positions)
        return cls(index, list(dict(zip(stated, positions, strict=True)).values()))

    def __len__(self) -> int:
        return len(self.positions)

    @cached_property
    def middles(self) -> list[float]:
        """The middle of each range; a range with one end counts as that end."""
        low, high = self.index.pay.low, self.index.pay.high
        return [(low[at] + high[at]) / 2 for at in self.positions]

    @cached_property
    def ordered(self) -> list[float]:
        """The middles, ascending."""
        return sorted(self.middles)

    @property
    def companies(self) -> int:
        """How many companies state them; one that is unnamed counts by itself."""
        clusters = self.index.companies.clusters
        return len({clusters[at] for at in self.positions})

    def median(self) -> dict[str, float | None]:
        """Return the pooled median with its interval; null where too few states it."""
        if len(self) < GREY:
            return {"pooled_median": None, "low": None, "high": None}
        clusters = self.index.companies.clusters
        middle = quantile(self.ordered, 0.5)
        effect = design_effect(self.middles, [clusters[at] for at in self.positions], middle)
        ends = interval_of_median(self.ordered, effect) or (None, None)
        return {"pooled_median": middle, "low": ends[0], "high": ends[1]}


def stating(index: FacetIndex, bits: int) -> dict[str, list[int]]:
    """Return the positions of the jobs that state yearly pay, by currency."""
    numbers, currencies = index.pay.currency, index.pay.currencies
    found: defaultdict[str, list[int]] = defaultdict(list)
    for at in index.positions(bits & index.pay.stated):
        found[currencies[numbers[at]]].append(at)
    return found


def cells_of(
    index: FacetIndex, positions: Iterable[int], currency: str, parts: Sequence[str]
) -> Mapping[Cell, list[int]]:
    """Return positions by role, level and country, those of them that ``parts`` names.

    A job counts in each of its roles and levels; one whose posting names several countries, or
    none, is in no cell of a country.
    """
    values = [
        index.pay.values(FACETS[part], currency) if part in parts else None for part in FACETS
    ]
    found: defaultdict[Cell, list[int]] = defaultdict(list)
    for at in positions:
        roles, levels, countries = (
            (None,) if of_part is None else of_part[at] for of_part in values
        )
        for role in roles:
            for level in levels:
                for country in countries:
                    found[role, level, country].append(at)
    return found


def growth(snapshot: Snapshot, wanted: JobFilter, currencies: Sequence[str]) -> Iterator[PayGrowth]:
    """Yield the change from the twelve whole months before to the newest twelve, by currency."""
    newest = snapshot.newest_complete_month
    if newest is None:
        return
    last = min(newest, wanted.months[1]) if wanted.months else newest
    now = (months_before(last, _YEAR - 1), last)
    before = (months_before(last, 2 * _YEAR - 1), months_before(last, _YEAR))
    index = snapshot.index
    spans = [
        stating(index, selected(snapshot, replace(wanted, months=span, days=None)).bits)
        for span in (now, before)
    ]
    for currency in currencies:
        of_cell = (_pays_by_kind(index, span.get(currency, ()), currency) for span in spans)
        if found := change_by_cells(*of_cell):
            low, high = found.interval or (None, None)
            yield PayGrowth(
                currency=currency,
                change=found.change,
                low=low,
                high=high,
                cells=found.cells,
                jobs_now=found.now,
                jobs_before=found.before,
                now=list(now),
                before=list(before),
            )


class Premiums:
    """Pay with a technology against pay without it, within kinds of jobs and a year.

    Of the year, too: technologies come, and pay grows.
    """

    def __init__(self, stated: Pays, currency: str, bits: int = 0) -> None:
        """``bits`` has the jobs that state them, for ``of_technology``."""
        self._index, self._set = stated.index, roaring_of(bits)
        cell_of, positions, middles = (
            stated.index.pay_cells(currency), stated.positions, stated.middles
        )  # fmt: skip
        cells: defaultdict[int, list[int]] = defaultdict(list)
        # By pay, so that the pays of a cell are ascending, with a technology and without.
        for at in sorted(range(len(positions)), key=middles.__getitem__):
            cells[cell_of[positions[at]]].append(at)
        cells.pop(0, None)
        # The other cells have too few to compare: most of them.
        large = [of_cell for of_cell in cells.values() if len(of_cell) >= 2 * CELL_VALUES]
        self._ends = array("I", accumulate(map(len, large)))
        self._pays = array("d", (middles[at] for of_cell in large for at in of_cell))
        self._places = array("I", bytes(4 * stated.index.size))
        """By position, the place in ``_pays`` and one more; 0 of a pay that is not there."""
        for place, at in enumerate(chain.from_iterable(large), 1):
            self._places[positions[at]] = place

    def of_technology(self, technology_id: str) -> PayPremium | None:
        """Return the premium of the pays whose posting names a technology.

        Not kept: which ones are asked for may depend on a person's skills.
        """
        naming = self._index.bitmaps.roaring("skill", technology_id)
        return self.of((self._set & naming).to_array())

    def of(self, having: Iterable[int]) -> PayPremium | None:
        """Return the premium of the pays at these positions; None with fewer than six cells."""
        places = sorted(place - 1 for at in having if (place := self._places[at]))
        others = bytearray(b"\1") * len(self._pays)
        for place in places:
            others[place] = 0
        with_it: dict[int, Sequence[float]] = {}
        without: dict[int, Sequence[float]] = {}
        start = first = 0
        for end in self._ends:
            after = bisect_left(places, end, first)
            if CELL_VALUES <= after - first <= end - start - CELL_VALUES:
                with_it[end] = [self._pays[place] for place in places[first:after]]
                without[end] = list(compress(self._pays[start:end], others[start:end]))
            start, first = end, after
        found = change_by_cells(with_it, without)
        if found is None or found.interval is None:
            return None
        return PayPremium(
            change=found.change,
            low=found.interval.low,
            high=found.interval.high,
            cells=found.cells,
            n=found.now,
            n_without=found.before,
        )


def premiums_among(snapshot: Snapshot, stated: int, currency: str) -> Premiums:
    """Return the premiums of a set of jobs, all of which state pay in this currency; cached."""
    key = digest(stated), currency
    kept: Premiums | None = snapshot.memory.premiums.get(key)
    if kept is None:
        pays = Pays.of(snapshot.index, snapshot.index.positions(stated))
        kept = Premiums(pays, currency, stated)
        snapshot.memory.premiums.put(key, kept)
    return kept


def _pays_by_kind(
    index: FacetIndex, positions: Iterable[int], currency: str
) -> Mapping[int, list[float]]:
    of_all = index.pay.kinds(currency)
    kinds: defaultdict[int, list[int]] = defaultdict(list)
    for at in positions:
        if kind := of_all[at]:
            kinds[kind].append(at)
    return {kind: Pays.of(index, at).ordered for kind, at in kinds.items()}
