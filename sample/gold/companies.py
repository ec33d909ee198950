"""The companies of generated postings, resolved and joined as silver does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from include.silver.companies.evidence import Evidence
from include.silver.companies.names import read_name
from include.silver.companies.overrides import Overrides
from include.silver.companies.resolve import resolve
from sample.gold.models import fill_models

if TYPE_CHECKING:
    import duckdb

__all__ = ["fill_companies"]

# As companies write themselves: one posting in six in capitals, one in twelve with its legal form.
_SPELLINGS = """
    update gold.fct_postings set company = case
        when ('0x' || posting_id[1:4])::int % 12 = 0 then company || ', Inc.'
        when ('0x' || posting_id[1:4])::int % 6 = 1 then upper(company) else company end
    where company <> '' and company not like '%<%'
"""
_POSTINGS = "select posting_id, source, company, month from gold.fct_postings where company <> ''"
_KEYS = """
    update gold.fct_postings as p set company_key = c.company_key
    from silver.posting_companies as c where c.posting_id = p.posting_id
"""
_SCHEMA = pa.schema(
    [
        ("posting_id", pa.string()),
        ("company_key", pa.string()),
        ("matched_by", pa.string()),
        ("domains", pa.list_(pa.string())),
        ("boards", pa.list_(pa.string())),
    ]
)


def fill_companies(
    warehouse: duckdb.DuckDBPyConnection, overrides: Mapping[str, str] | None = None
) -> None:
    """Give the postings of ``fill_gold`` spellings, links and companies, and make their marts.

    ``overrides`` are companies by name, as lines of companies.csv.
    """
    warehouse.execute(_SPELLINGS)
    rows = warehouse.execute(_POSTINGS).to_arrow_table().to_pylist()
    keys = {(_key(name), ""): _key(owner) for name, owner in (overrides or {}).items()}
    found = resolve([_evidence(row) for row in rows], Overrides(keys))
    companies = pa.Table.from_pylist(
        [
            {"posting_id": row["posting_id"], **company._asdict()}
            for row, company in zip(rows, found, strict=True)
            if company
        ],
        schema=_SCHEMA,
    )
    warehouse.register("resolved_rows", companies)
    warehouse.execute("create or replace table silver.posting_companies as from resolved_rows")
    warehouse.unregister("resolved_rows")
    warehouse.execute(_KEYS)
    fill_models(warehouse, {"dim_companies": "gold", "company_names": "gold"})


def _evidence(row: dict[str, Any]) -> Evidence:
    """Return a posting's links: two in three name the domain, a board's posting its board."""
    key = _key(row["company"])
    domains = (f"{key}.test",) if int(row["posting_id"][4:6], 16) % 3 else ()
    boards = (f"{row['source']}:{key}",) if row["source"] != "hacker_news" else ()
    return Evidence(row["company"], domains, boards, None, row["month"])


def _key(name: str) -> str:
    read = read_name(name)
    return read.key if read else ""
