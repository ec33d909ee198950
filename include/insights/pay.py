"""Yearly pay that jobs state: by month, role, level and country, and its growth within cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa

from include.insights.counted import FULL, GREY, Selection, count, enough, selected
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.models import Envelope, PayGrowth, SalaryMeta, SalaryRow
from include.insights.nearest import nearest
from include.insights.rows import columns_of
from include.insights.statistics.medians import (
    change_by_cells,
    design_effect,
    interval_of_median,
    months_to_pool,
    quantile,
)
from include.insights.store import Snapshot
from include.insights.trends import months_before
from include.serving.schema import MONTHLY_SALARIES

__all__ = ["By", "salaries"]

By = Literal["month", "all", "role", "level", "country", "role_level_country"]
"""``all``: one group of all jobs."""
_Cell = tuple[str | None, str | None, str | None]
"""Role, level and country."""
_FACETS = {"role": "job_role", "level": "job_level", "country": "country"}
_YEAR = 12


@dataclass(frozen=True)
class _Pays:
    """Stated pays in one currency. What a posting states once for several jobs counts once."""

    index: FacetIndex
    positions: Sequence[int]

    @classmethod
    def of(cls, index: FacetIndex, positions: Iterable[int]) -> _Pays:
        low, high, posting = index.pay.low, index.pay.high, index.postings.numbers
        once = {(posting[at], low[at], high[at]): at for at in positions}
        return cls(index, list(once.values()))

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def ordered(self) -> list[float]:
        """The middle of each range, ascending; a range with one end counts as that end."""
        low, high = self.index.pay.low, self.index.pay.high
        return sorted((low[at] + high[at]) / 2 for at in self.positions)

    @property
    def companies(self) -> int:
        clusters = self.index.companies.clusters
        return len({clusters[at] for at in self.positions})

    def median(self) -> dict[str, float | None]:
        """Return the pooled median with its interval; null where too few states it."""
        if len(self) < GREY:
            return {"pooled_median": None, "low": None, "high": None}
        low, high = self.index.pay.low, self.index.pay.high
        ordered = self.ordered
        middle = quantile(ordered, 0.5)
        effect = design_effect(
            [(low[at] + high[at]) / 2 for at in self.positions],
            [self.index.companies.clusters[at] for at in self.positions],
            middle,
        )
        interval = interval_of_median(ordered, effect)
        ends = interval or (None, None)
        return {"pooled_median": middle, "low": ends[0], "high": ends[1]}


def salaries(
    snapshot: Snapshot,
    wanted: JobFilter,
    months: tuple[str, str],
    *,
    by: By = "month",
    currency: str | None = None,
    as_the_mart: bool = False,
) -> Envelope[SalaryRow, SalaryMeta]:
    """Return yearly pay by currency, by month or by the jobs' properties, months first to last.

    ``as_the_mart`` takes a month's own count and quartiles from monthly_salaries, as contract 1.0.0
    does: they are of postings, not of their jobs. Other groups than months have ten pays or more.
    """
    if wanted.days is None:
        wanted = replace(wanted, months=months)
    selection = selected(snapshot, wanted)
    currencies = _currencies(selection, currency)
    rows: list[SalaryRow] = []
    for one in currencies:
        found = _by_month if by == "month" else _by_cell
        rows += found(selection, one, by)
    if as_the_mart and by == "month":
        rows = list(_with_mart(snapshot, rows, months, currency))
    meta = SalaryMeta(
        total_count=len(rows),
        counted=count(snapshot, selection),
        nearest=nearest(snapshot, selection),
        growth=list(_growth(snapshot, wanted, currencies)),
    )
    return Envelope[SalaryRow, SalaryMeta](data=rows, meta=meta)


def _currencies(selection: Selection, currency: str | None) -> list[str]:
    """Return the currencies that are stated, the most frequent first, or the one asked for."""
    pay = selection.index.pay
    if currency:
        return [currency]
    found = Counter(map(pay.currency.__getitem__, _stating(selection.index, selection.bits)))
    return [pay.currencies[n] for n in sorted(found, key=lambda n: (-found[n], n))]


def _stating(index: FacetIndex, bits: int, currency: str | None = None) -> Iterable[int]:
    stated = index.pay.stated_in(currency) if currency else index.pay.stated
    return index.positions(bits & stated)


def _by_month(selection: Selection, currency: str, _by: By) -> Iterator[SalaryRow]:
    """Yield the months that state pay, each pooled with those before until they suffice."""
    index = selection.index
    of_month: defaultdict[int, list[int]] = defaultdict(list)
    for at in _stating(index, selection.bits, currency):
        of_month[index.month_numbers[at]].append(at)
    of_month.pop(len(index.months), None)
    span = range(min(of_month, default=0), max(of_month, default=-1) + 1)
    pays = [_Pays.of(index, of_month[month]) for month in span]
    counts = [len(month) for month in pays]
    for at, month in enumerate(span):
        if counts[at]:
            pooled = months_to_pool(counts, at, FULL)
            chosen = [p for one in pays[at + 1 - pooled : at + 1] for p in one.positions]
            jobs = selection.bits & index.month(index.months[month])
            yield _row(
                currency,
                pays[at],
                _Pays(index, chosen),
                jobs,
                month=index.months[month],
                pooled_months=pooled,
            )


def _by_cell(selection: Selection, currency: str, by: By) -> Iterator[SalaryRow]:
    """Yield the groups of ten pays or more, those of most pays first."""
    index = selection.index
    parts = by.split("_")
    cells = _cells(index, _stating(index, selection.bits, currency), currency, parts)
    groups = {cell: _Pays.of(index, at) for cell, at in cells.items()}
    shown = [cell for cell, pays in groups.items() if len(pays) >= GREY]
    months = sum(bool(selection.bits & index.month(month)) for month in index.months)
    for cell in sorted(shown, key=lambda cell: (-len(groups[cell]), str(cell))):
        role, level, country = cell
        jobs = selection.bits
        for part, value in zip(("role", "level", "country"), cell, strict=True):
            if value is not None:
                jobs &= index.bits(_FACETS[part], value)
        yield _row(
            currency,
            groups[cell],
            groups[cell],
            jobs,
            role=role,
            level=level,
            country=country,
            pooled_months=months,
        )


def _row(
    currency: str, own: _Pays, pooled: _Pays, jobs: int, *, pooled_months: int, **group: str | None
) -> SalaryRow:
    ordered = own.ordered
    return SalaryRow(
        **{"month": None} | group,
        currency=currency,
        postings_count=len(own),
        p25=quantile(ordered, 0.25),
        median=quantile(ordered, 0.5),
        p75=quantile(ordered, 0.75),
        n=len(pooled),
        companies_count=pooled.companies,
        pooled_months=pooled_months,
        **pooled.median(),
        enough=enough(len(pooled)),
        share_stating=(jobs & own.index.pay.stated).bit_count() / jobs.bit_count(),
    )


def _cells(
    index: FacetIndex, positions: Iterable[int], currency: str, parts: Sequence[str]
) -> Mapping[_Cell, list[int]]:
    """Return positions by role, level and country, those of them that ``parts`` names.

    A job counts in each of its roles and levels; one whose posting names several countries, or
    none, is in no cell of a country.
    """
    values = [
        index.pay.values(_FACETS[part], currency) if part in parts else None for part in _FACETS
    ]
    found: defaultdict[_Cell, list[int]] = defaultdict(list)
    for at in positions:
        roles, levels, countries = (
            (None,) if of_part is None else of_part.get(at, ()) for of_part in values
        )
        for role in roles:
            for level in levels:
                for country in countries:
                    found[role, level, country].append(at)
    return found


def _growth(
    snapshot: Snapshot, wanted: JobFilter, currencies: Sequence[str]
) -> Iterator[PayGrowth]:
    """Yield the change from the twelve whole months before to the newest twelve, by currency."""
    newest = snapshot.newest_complete_month
    if newest is None:
        return
    last = min(newest, wanted.months[1]) if wanted.months else newest
    now = (months_before(last, _YEAR - 1), last)
    before = (months_before(last, 2 * _YEAR - 1), months_before(last, _YEAR))
    spans = [
        selected(snapshot, replace(wanted, months=span, days=None)).bits for span in (now, before)
    ]
    for currency in currencies:
        of_cell = (_pays_by_cell(snapshot.index, bits, currency) for bits in spans)
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


def _pays_by_cell(
    index: FacetIndex, bits: int, currency: str
) -> Mapping[tuple[Sequence[str], ...], list[float]]:
    """Return the pays by all roles of a job, all its levels, and its country.

    Each job is in one cell, so that cells are independent; without a country it is in none.
    """
    values = [index.pay.values(facet, currency) for facet in _FACETS.values()]
    cells: defaultdict[tuple[Sequence[str], ...], list[int]] = defaultdict(list)
    for at in _stating(index, bits, currency):
        if at in values[-1]:
            cells[tuple(tuple(of_facet[at]) for of_facet in values)].append(at)
    return {cell: _Pays.of(index, at).ordered for cell, at in cells.items()}


def _with_mart(
    snapshot: Snapshot, rows: Sequence[SalaryRow], months: tuple[str, str], currency: str | None
) -> Iterator[SalaryRow]:
    """Yield the rows of the mart in its order, with what the bitmaps add to them."""
    columns = MONTHLY_SALARIES.c
    query = (
        sa.select(*columns_of(MONTHLY_SALARIES, SalaryRow))
        .where(columns.month >= f"{months[0]}-01", columns.month <= f"{months[1]}-01")
        .order_by(columns.currency, columns.month)
    )
    if currency:
        query = query.where(columns.currency == currency)
    found = {(row.currency, row.month): row for row in rows}
    nothing = {"n": 0, "companies_count": 0, "pooled_months": 0, "enough": "none"}
    nothing |= dict.fromkeys(("pooled_median", "low", "high", "share_stating"))
    for row in snapshot.connection.execute(query).mappings():
        known = found.get((row["currency"], row["month"]))
        yield SalaryRow(**((known.model_dump() if known else nothing) | dict(row)))
