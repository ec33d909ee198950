"""How much a row was measured on: what its warehouse holds."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

__all__ = ["describe", "sizes_of"]

_SIZES = """
    select
        (select count(*) from gold.fct_postings) as postings,
        (select count(distinct month) from gold.fct_postings) as months,
        (select count(*) from gold.dim_technologies) as technologies,
        (select count(distinct skill) from gold.fct_posting_skills) as "technologies named",
        (select count(*) from gold.fct_posting_skills) as "skills of postings",
        (
            select count(*)
            from (select distinct location, locations, country from gold.fct_postings)
        ) as "distinct place texts",
        (select count(distinct lower(company)) from gold.fct_postings) as companies,
        (select count(distinct title) from gold.fct_postings) as "distinct titles",
        (
            select coalesce(round(avg(length(description_raw))), 0)::bigint from gold.fct_postings
        ) as "characters a text"
"""


def sizes_of(warehouse: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many of each a warehouse's gold tables hold, by name."""
    found = warehouse.execute(_SIZES)
    names = [column[0] for column in found.description]
    return dict(zip(names, found.fetchall()[0], strict=True))


def describe(sizes: Mapping[str, int | str]) -> str:
    """Return sizes as a sentence's end: ``200,000 postings, 187 months``."""
    return ", ".join(
        f"{size:,} {name}" if isinstance(size, int) else f"{size} {name}"
        for name, size in sizes.items()
    )
