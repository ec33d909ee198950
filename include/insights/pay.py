"""Yearly pay that jobs state: by month, role, level and country, and its growth within cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Literal, TypeVar

import sqlalchemy as sa

from include.insights.counted import FULL, GREY, Selection, count, enough, selected
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.models import Envelope, SalaryMeta, SalaryRow
from include.insights.nearest import nearest
from include.insights.pay_cells import FACETS, Pays, cells_of, growth, premiums_among, stating
from include.insights.rows import columns_of
from include.insights.statistics.medians import (
    months_to_pool,
    quantile,
)
from include.insights.store import Snapshot
from include.serving.schema import MONTHLY_SALARIES

__all__ = ["By", "salaries"]

Group = TypeVar("Group")
_MOST_TECHNOLOGIES = 50
By = Literal["month", "all", "role", "level", "country", "role_level_country", "technology"]
"""``all``: one group of all jobs."""


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
    stated = stating(selection.index, selection.bits)
    # The most frequent currency first.
    currencies = [currency] if currency else sorted(stated, key=lambda c: (-len(stated[c]), c))
    pooled = 0 if by == "month" else _months(selection)
    rows = [
        row
        for one in currencies
        for row in _rows(snapshot, selection, stated.get(one, []), one, by, pooled)
    ]
    if as_the_mart and by == "month":
        rows = list(_with_mart(snapshot, rows, months, currency))
    meta = SalaryMeta(
        total_count=len(rows),
        counted=count(snapshot, selection),
        nearest=nearest(snapshot, selection),
        growth=list(growth(snapshot, wanted, currencies)),
    )
    return Envelope[SalaryRow, SalaryMeta](data=rows, meta=meta)


def _rows(
    snapshot: Snapshot,
    selection: Selection,
    stated: Sequence[int],
    currency: str,
    by: By,
    months: int,
) -> Iterator[SalaryRow]:
    """Yield the rows of the jobs at the positions ``stated``, which state pay in a currency."""
    if by == "month":
        return _by_month(snapshot, selection, stated, currency)
    if by == "technology":
        return _by_technology(snapshot, selection, stated, currency, months)
    return _by_cell(selection, stated, currency, by.split("_"), months)


def _by_month(
    snapshot: Snapshot, selection: Selection, stated: Sequence[int], currency: str
) -> Iterator[SalaryRow]:
    """Yield the months that state pay, each pooled with those before until they suffice."""
    index, complete = selection.index, snapshot.newest_complete_month
    of_month: defaultdict[int, list[int]] = defaultdict(list)
    for at in stated:
        of_month[index.month_numbers[at]].append(at)
    of_month.pop(len(index.months), None)
    span = range(min(of_month, default=0), max(of_month, default=-1) + 1)
    pays = [Pays.of(index, of_month[month]) for month in span]
    counts = [len(month) for month in pays]
    for at, number in enumerate(span):
        if counts[at]:
            month, pooled = index.months[number], months_to_pool(counts, at, FULL)
            chosen = [p for one in pays[at + 1 - pooled : at + 1] for p in one.positions]
            yield _row(
                currency,
                pays[at],
                Pays(index, chosen) if pooled > 1 else pays[at],
                selection.bits & index.month(month),
                month=month,
                is_running=complete is not None and month > complete,
                pooled_months=pooled,
            )


def _by_cell(
    selection: Selection, stated: Sequence[int], currency: str, parts: Sequence[str], months: int
) -> Iterator[SalaryRow]:
    """Yield the groups of ten pays or more, those of most pays first."""
    index = selection.index
    cells = cells_of(index, stated, parts)
    for cell, pays in _largest(index, cells):
        jobs = selection.bits
        for facet, value in zip(FACETS.values(), cell, strict=True):
            if value is not None:
                jobs &= index.bits(facet, value)
        group = dict(zip(FACETS, cell, strict=True))
        yield _row(currency, pays, pays, jobs, pooled_months=months, **group)


def _by_technology(
    snapshot: Snapshot,
    selection: Selection,
    positions: Sequence[int],
    currency: str,
    months: int,
) -> Iterator[SalaryRow]:
    """Yield the technologies of most pays, and what each adds to pay within cells."""
    index = selection.index
    stated = Pays.of(index, positions)
    premiums = premiums_among(snapshot, selection.bits, currency)
    named = index.skill_lists.positions_of(stated.positions)
    groups = {index.skills[number].skill: at for number, at in named.items()}
    for technology, pays in islice(_largest(index, groups), _MOST_TECHNOLOGIES):
        naming = index.bits("skill", technology)
        yield _row(
            currency,
            pays,
            pays,
            selection.bits & naming,
            pooled_months=months,
            technology_id=technology,
            premium=premiums.of(naming),
        )


def _largest(
    index: FacetIndex, groups: Mapping[Group, Sequence[int]]
) -> Iterator[tuple[Group, Pays]]:
    """Yield the groups of ten pays or more, those of most pays first."""
    pays = ((group, Pays.of(index, at)) for group, at in groups.items())
    shown = [item for item in pays if len(item[1]) >= GREY]
    yield from sorted(shown, key=lambda item: (-len(item[1]), str(item[0])))


def _months(selection: Selection) -> int:
    index = selection.index
    return sum(bool(selection.bits & index.month(month)) for month in index.months)


def _row(
    currency: str, own: Pays, pooled: Pays, jobs: int, *, pooled_months: int, **group: Any
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
