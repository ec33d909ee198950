"""Yearly pays that jobs state, in cells of like jobs, and how they change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from include.insights.counted import GREY, selected
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.index.sets import digest
from include.insights.models import PayGrowth
from include.insights.statistics.medians import (
    change_by_cells,
    design_effect,
    interval_of_median,
    quantile,
)
from include.insights.store import Snapshot
from include.insights.trends import months_before

if TYPE_CHECKING:
    from include.insights.premiums import Premiums

__all__ = ["FACETS", "Cell", "Pays", "cells_of", "growth", "premiums_among", "stating"]

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
    index: FacetIndex, positions: Iterable[int], parts: Sequence[str]
) -> Mapping[Cell, list[int]]:
    """Return positions by role, level and country, those of them that ``parts`` names.

    A job counts in each of its roles and levels; one whose posting names several countries, or
    none, is in no cell of a country.
    """
    values = [index.pay.values(FACETS[part]) if part in parts else None for part in FACETS]
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
        of_cell = (_pays_by_kind(index, span.get(currency, ())) for span in spans)
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


def premiums_among(snapshot: Snapshot, bits: int, currency: str) -> Premiums:
    """Return the premiums among those of a set of jobs that state pay in a currency; cached."""
    # pyarrow is imported when first used: most processes that import the index sort no pay.
    from include.insights.premiums import Premiums

    index = snapshot.index
    stated = bits & index.pay.stated_in(currency)
    key = digest(stated), currency
    kept: Premiums | None = snapshot.memory.premiums.get(key)
    if kept is None:
        order = index.pay_order(currency)
        kept = Premiums(order.where(order.has(index.shared_pay.once(stated))))
        snapshot.memory.premiums.put(key, kept)
    return kept


def _pays_by_kind(index: FacetIndex, positions: Iterable[int]) -> Mapping[int, list[float]]:
    of_all = index.pay.kinds
    kinds: defaultdict[int, list[int]] = defaultdict(list)
    for at in positions:
        if kind := of_all[at]:
            kinds[kind].append(at)
    return {kind: Pays.of(index, at).ordered for kind, at in kinds.items()}
