"""The market by month: mix of work modes, roles and levels."""

from __future__ import annotations

import sqlalchemy as sa

from include.insights.models import Envelope, MarketMixRow, Meta
from include.insights.rows import columns_of, rows_as
from include.insights.store import Snapshot
from include.serving.schema import MONTHLY_MARKET_MIX

__all__ = ["market_mix"]


def market_mix(
    snapshot: Snapshot, dimension: str, first: str, last: str
) -> Envelope[MarketMixRow, Meta]:
    """Return each value's share of a month's postings, months from first to last."""
    columns = MONTHLY_MARKET_MIX.c
    query = (
        sa.select(*columns_of(MONTHLY_MARKET_MIX, MarketMixRow))
        .where(columns.dimension == dimension)
        .where(columns.month >= f"{first}-01", columns.month <= f"{last}-01")
        .order_by(columns.month, columns.value)
    )
    data = rows_as(MarketMixRow, snapshot.connection, query)
    return Envelope[MarketMixRow, Meta](data=data, meta=Meta(total_count=len(data)))
