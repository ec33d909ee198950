"""The companies of the warehouse's postings, as Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from include.settings import get_settings
from include.silver.companies.evidence import Evidence
from include.silver.companies.overrides import read_overrides
from include.silver.companies.resolve import resolve

if TYPE_CHECKING:
    import duckdb

__all__ = ["read_companies"]

_SCHEMA = pa.schema(
    [
        ("posting_id", pa.string()),
        ("company_key", pa.string()),
        ("matched_by", pa.string()),
        ("domains", pa.list_(pa.string())),
        ("boards", pa.list_(pa.string())),
    ]
)


def read_companies(jobs: duckdb.DuckDBPyRelation, items: duckdb.DuckDBPyRelation) -> pa.Table:
    """Return one row a posting that names its company.

    ``jobs`` is int_postings__jobs, ``items`` hn_items, which has the authors. Raises
    ConfigurationError for an invalid file of overrides, naming its line.
    """
    rows = _grouped(jobs, items).to_arrow_table().to_pylist()
    found = resolve([_piece(row) for row in rows], read_overrides(get_settings().companies_path))
    return pa.Table.from_pylist(
        [
            {"posting_id": posting_id, **company._asdict()}
            for row, company in zip(rows, found, strict=True)
            if company
            for posting_id in row["posting_ids"]
        ],
        schema=_SCHEMA,
    )


def _grouped(
    jobs: duckdb.DuckDBPyRelation, items: duckdb.DuckDBPyRelation
) -> duckdb.DuckDBPyRelation:
    """Return what postings say of their company, one row for all that say the same."""
    named = jobs.filter("company <> ''").select(
        "posting_id, company, domains, boards, month, "
        "case when source = 'hacker_news' then source_key end as item"
    )
    authors = items.select("item_id::varchar as item, author")
    said = "company, domains, boards, author"
    return named.join(authors, "item", how="left").aggregate(
        f"{said}, min(month) as first_month, list(posting_id) as posting_ids", said
    )


def _piece(row: dict[str, Any]) -> Evidence:
    domains, boards = tuple(row["domains"] or ()), tuple(row["boards"] or ())
    return Evidence(row["company"], domains, boards, row["author"], row["first_month"])
