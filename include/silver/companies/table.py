"""The companies of the warehouse's postings, as Arrow."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from include.settings import get_settings
from include.silver.companies.evidence import Evidence
from include.silver.companies.overrides import read_overrides
from include.silver.companies.resolve import Resolved, resolve

if TYPE_CHECKING:
    import duckdb

__all__ = ["read_companies"]

_SAID = ("company", "domains", "boards", "author", "first_month")
_FOUND = pa.schema(
    [
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
    rows = _grouped(jobs, items).to_arrow_table().combine_chunks()
    said = zip(*(rows[column].to_pylist() for column in _SAID), strict=True)
    overrides = read_overrides(get_settings().companies_path)
    with _no_search_for_cycles():
        found = resolve([_piece(*one) for one in said], overrides)
    named = pa.array([one is not None for one in found], pa.bool_())
    return _of_each_posting(
        rows["posting_ids"].filter(named).combine_chunks(), [one for one in found if one]
    )


def _of_each_posting(posting_ids: Any, found: Sequence[Resolved]) -> pa.Table:
    """Return a row a posting; ``posting_ids`` has a list for each company."""
    columns = zip(*found, strict=True) if found else ((),) * len(_FOUND)
    arrays = [pa.array(c, kind) for c, kind in zip(columns, _FOUND.types, strict=True)]
    companies = pa.table(arrays, schema=_FOUND).take(pc.list_parent_indices(posting_ids))
    return companies.add_column(0, "posting_id", pc.list_flatten(posting_ids))


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Pause the garbage collector: of half a million tuples none is in a cycle.

    Looking again and again whether one is takes two fifths of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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


def _piece(
    company: str,
    domains: Sequence[str] | None,
    boards: Sequence[str] | None,
    author: str | None,
    first: dt.date,
) -> Evidence:
    return Evidence(company, tuple(domains or ()), tuple(boards or ()), author, first)
