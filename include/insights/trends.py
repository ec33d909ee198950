"""Technologies and months.

The marts count Hacker News postings only, the one source with an unbroken history.
"""

from __future__ import annotations

import json

import sqlalchemy as sa

from include.insights.filters import JobFilter
from include.insights.models import Envelope, Meta, TechnologyRow
from include.insights.store import Snapshot
from include.postings.taxonomy import load_taxonomy
from include.serving.schema import DIM_TECHNOLOGIES, MONTHLY_TRENDS

__all__ = [
    "AS_THE_MARTS",
    "TRENDS_SOURCE",
    "months_before",
    "months_between",
    "most_named",
    "technologies",
]

TRENDS_SOURCE = "hacker_news"
AS_THE_MARTS = JobFilter(source=TRENDS_SOURCE, repeats=True)
"""What the monthly marts count: every posting of the source."""
_TREND = MONTHLY_TRENDS.c


def months_before(month: str, count: int) -> str:
    """Return the month (``YYYY-MM``) that is ``count`` months earlier."""
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 - count
    return f"{number // 12:04}-{number % 12 + 1:02}"


def months_between(first: str, last: str) -> list[str]:
    """Return the months from first to last, both included, ``YYYY-MM``; none if out of order."""
    count = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1
    return [months_before(last, back) for back in range(count - 1, -1, -1)]


def technologies(snapshot: Snapshot, text: str = "") -> Envelope[TechnologyRow, Meta]:
    """Return the technologies with an id, name or alias that contains ``text``, by name."""
    # lower(): both databases compare by code points, which puts all capitals first.
    rows = snapshot.connection.execute(
        sa.select(DIM_TECHNOLOGIES).order_by(sa.func.lower(DIM_TECHNOLOGIES.c.name))
    )
    known = load_taxonomy().by_id
    data = [
        TechnologyRow(
            technology_id=row.technology_id,
            name=row.name,
            category=row.category,
            aliases=json.loads(row.aliases),
            spellings=list(known[row.technology_id].cased) if row.technology_id in known else [],
        )
        for row in rows
    ]
    if wanted := text.casefold():
        data = [one for one in data if _is_called(one, wanted)]
    return Envelope[TechnologyRow, Meta](data=data, meta=Meta(total_count=len(data)))


def _is_called(technology: TechnologyRow, text: str) -> bool:
    names = (technology.technology_id, technology.name, *technology.aliases)
    return any(text in name.casefold() for name in names)


def most_named(snapshot: Snapshot, month: str, count: int) -> list[str]:
    """Return the ids of the ``count`` most mentioned technologies of a month."""
    # The id breaks ties, so that two servers choose the same technologies.
    query = (
        sa.select(_TREND.technology_id)
        .where(_TREND.month == f"{month}-01")
        .order_by(_TREND.mention_count.desc(), _TREND.technology_id)
        .limit(count)
    )
    return list(snapshot.connection.scalars(query))
