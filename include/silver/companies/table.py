"""The companies of the warehouse's postings, as Arrow."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from include.code_version import code_version
from include.settings import get_settings
from include.silver.companies.evidence import Evidence
from include.silver.companies.overrides import Overrides, read_overrides
from include.silver.companies.resolve import Resolved, resolve, ties_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["read_companies"]

_PIECE = ("company", "domains", "boards", "author", "month")
_FOUND = pa.schema(
    [
        ("company_key", pa.string()),
        ("matched_by", pa.string()),
        ("domains", pa.list_(pa.string())),
        ("boards", pa.list_(pa.string())),
        ("ties", pa.list_(pa.string())),
    ]
)

_EVIDENCE = """
    select
        named.posting_id,
        named.company,
        named.domains,
        named.boards,
        authors.author,
        named.month,
        hash(named.company, named.domains, named.boards, authors.author, named.month)
            as evidence_hash
    from (
        select *, if(source = 'hacker_news', source_key, null) as item
        from jobs
        where company <> ''
    ) as named
    left join (select item_id::varchar as item, author from items) as authors using (item)
"""

_CHANGED = """
    select
        coalesce(evidence.posting_id, known.posting_id) as posting_id,
        evidence.* exclude (posting_id),
        known.ties
    from evidence
    full join known on evidence.posting_id = known.posting_id
    where
        evidence.evidence_hash is distinct from known.evidence_hash
        or known.rules_version is distinct from $version
"""

# Ties lead from posting to posting, as far as a change can reach.
_TOUCHED = """
    with recursive groups as (
        select row_number() over () as number, ties, list(posting_id) as posting_ids
        from known
        group by ties
    ),

    tied as (select number, unnest(ties) as tie from groups),

    reached as (
        select tie from starts
        union
        select others.tie
        from reached
        inner join tied on reached.tie = tied.tie
        inner join tied as others on tied.number = others.number
    )

    select posting_id from changed
    union
    select unnest(posting_ids)
    from groups
    where number in (select number from tied semi join reached on tied.tie = reached.tie)
"""

_GROUPED = """
    select
        company,
        domains,
        boards,
        author,
        min(month) as month,
        list({'posting_id': posting_id, 'evidence_hash': evidence_hash}) as postings
    from evidence
    group by company, domains, boards, author
"""


def read_companies(
    session: duckdb.DuckDBPyConnection,
    jobs: duckdb.DuckDBPyRelation,
    items: duckdb.DuckDBPyRelation,
    known: duckdb.DuckDBPyRelation | None = None,
) -> pa.Table:
    """Return one row a posting that names its company.

    ``jobs`` is int_postings__jobs, ``items`` hn_items, which has the authors. With ``known``, the
    rows of an earlier answer, the answer has those alone that may differ from it: of changed
    postings, and of all whose company may depend on these. A row without a company is of a posting
    that has none any more. Raises ConfigurationError for an invalid file of overrides, naming its
    line.
    """
    overrides = read_overrides(get_settings().companies_path)
    version = f"{code_version('include.silver.companies.table')}+{overrides.version}"
    # Queries below read tables by the names that they have here.
    evidence = session.sql(_EVIDENCE)
    if known is None:
        return _resolved(session, evidence, overrides, version)
    evidence = evidence.to_arrow_table()
    changed = session.sql(_CHANGED, params={"version": version}).to_arrow_table()
    starts = pa.table({"tie": pa.array(_ties(changed), pa.string())})  # noqa: F841
    touched = session.sql(_TOUCHED)  # noqa: F841
    again = session.sql("from evidence semi join touched using (posting_id)")
    found = _resolved(session, again, overrides, version)
    gone = session.sql("select posting_id from changed anti join found using (posting_id)")
    return pa.concat_tables([found, gone.to_arrow_table()], promote_options="default")


def _resolved(
    session: duckdb.DuckDBPyConnection,
    evidence: duckdb.DuckDBPyRelation,
    overrides: Overrides,
    version: str,
) -> pa.Table:
    """Return a row for each posting of ``evidence`` that names its company."""
    rows = session.sql(_GROUPED).to_arrow_table().combine_chunks()
    pieces = _pieces(rows)
    with _no_search_for_cycles():
        found = resolve(pieces, overrides)
        ties = [ties_of(piece) for piece, one in zip(pieces, found, strict=True) if one]
    named = pa.array([one is not None for one in found], pa.bool_())
    postings = rows["postings"].filter(named).combine_chunks()
    columns = [*zip(*filter(None, found), strict=True)] or [()] * len(Resolved._fields)
    arrays = [pa.array(c, kind) for c, kind in zip([*columns, ties], _FOUND.types, strict=True)]
    companies = pa.table(arrays, schema=_FOUND).take(pc.list_parent_indices(postings))
    each = pa.Table.from_struct_array(pc.list_flatten(postings))
    for name in _FOUND.names:
        each = each.append_column(name, companies[name])
    return each.append_column("rules_version", pa.repeat(version, len(each)))


def _pieces(rows: pa.Table) -> list[Evidence]:
    said = zip(*(rows[column].to_pylist() for column in _PIECE), strict=True)
    return [
        Evidence(company, tuple(domains or ()), tuple(boards or ()), author, month)
        for company, domains, boards, author, month in said
    ]


def _ties(changed: pa.Table) -> set[str]:
    """Return what changed postings have in common with others, as they are and as they were."""
    now = changed.filter(pc.is_valid(changed["company"]))
    before = pc.list_flatten(changed["ties"].combine_chunks()).to_pylist()
    return {*before, *(tie for piece in _pieces(now) for tie in ties_of(piece))}


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
