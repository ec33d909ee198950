"""Salaries by month; skill pairs."""

from __future__ import annotations

import sqlalchemy as sa

from include.insights.models import Envelope, Meta, PairRow, SalaryRow
from include.insights.rows import columns_of, rows_as
from include.insights.store import Snapshot
from include.serving.schema import MONTHLY_SALARIES, SKILL_PAIRS

__all__ = ["salaries", "skill_pairs"]

_PAIR_MIN_POSTINGS = 10  # with fewer, a lift is noise


def salaries(snapshot: Snapshot, first: str, last: str) -> Envelope[SalaryRow, Meta]:
    """Return the yearly pay by month and currency, months from first to last."""
    columns = MONTHLY_SALARIES.c
    query = (
        sa.select(*columns_of(MONTHLY_SALARIES, SalaryRow))
        .where(columns.month >= f"{first}-01", columns.month <= f"{last}-01")
        .order_by(columns.currency, columns.month)
    )
    data = rows_as(SalaryRow, snapshot.connection, query)
    return Envelope[SalaryRow, Meta](data=data, meta=Meta(total_count=len(data)))


def skill_pairs(snapshot: Snapshot, technology: str, top: int) -> Envelope[PairRow, Meta]:
    """Return the most frequent skill pairs, of one technology or of ``any``."""
    columns = SKILL_PAIRS.c
    shown = columns_of(SKILL_PAIRS, PairRow)
    query = sa.select(*shown).where(columns.postings_count >= _PAIR_MIN_POSTINGS)
    if technology != "any":
        query = query.where(sa.or_(columns.skill_a == technology, columns.skill_b == technology))
    ordered = query.order_by(columns.postings_count.desc(), columns.skill_a, columns.skill_b)
    data = [
        PairRow(
            name_a=snapshot.names.get(row["skill_a"], row["skill_a"]),
            name_b=snapshot.names.get(row["skill_b"], row["skill_b"]),
            **row,
        )
        for row in snapshot.connection.execute(ordered.limit(top)).mappings()
    ]
    return Envelope[PairRow, Meta](data=data, meta=Meta(total_count=len(data)))
