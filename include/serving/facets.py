"""A bitmap index of the jobs: one bitmap per property.

Jobs get positions 0..n-1, ordered by company, posting and place in the posting. A property (role,
level, source, a skill, a month ...) is the set of positions that have it, stored as one integer
whose bit i stands for position i; a property of a posting stands on each of its jobs. Any
combination of filters is then an AND of integers, and every count a population count: microseconds
at 200,000 jobs and exact for every combination, where a query over rows takes a hundred
milliseconds and a cube cannot cover free-text filters.

Skills and months, which are many and mostly rare, are roaring bitmaps (https://roaringbitmap.org)
in their own format: two bytes a job of a rare one, and what two have in common is counted in some
10 us at a million jobs, where an integer takes 100.

* days are a bit-sliced index (O'Neil and Quass 1997, https://doi.org/10.1145/253260.253268):
  bitmap ``day:b`` has the jobs whose day number has bit b; ``month:YYYY-MM`` is a bitmap a month;
* the jobs of a posting, of a company, and of a company's name are adjacent, so the last position of
  each (``posting:ends``, ``company:ends``, ``name:ends``) suffices to count the distinct ones;
* the arrays and texts beside the bitmaps are built by include/serving/facet_orders.py
  and include/serving/facet_spans.py.

DuckDB assigns the positions and builds the bitmaps: for 100,000 postings that name 800,000 skills
it is ten times faster than a Python loop.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import date
from hashlib import md5
from itertools import pairwise
from typing import TYPE_CHECKING

from pyroaring import BitMap

from include.serving.facet_orders import FacetRow, compress, orders, values
from include.serving.facet_spans import span_inputs, span_rows
from include.serving.queries import columns_of, posted_day

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = [
    "DAY_BITS",
    "FIRST_DAY",
    "ROARING",
    "UNSPECIFIED",
    "day_number",
    "facet_inputs",
    "facet_rows",
]

FIRST_DAY = date(2000, 1, 1)
DAY_BITS = 16
"""Days 0 to 65,535 from FIRST_DAY: to the year 2179."""
UNSPECIFIED = "unspecified"
"""The role, the level or the way of working of a job that names none."""
ROARING = frozenset({"skill", "month"})
"""Facets that are stored as roaring bitmaps; the others are integers."""
_OPEN_JOBS = "silver.job_spans"

# A company is its key; where none is resolved, its name as the contract 1.0.0 compares it. Unnamed
# companies sort last and have no end: together they must not count as one company. The id makes the
# order total, so that the same postings always produce the same bitmaps.
_POSTINGS = f"""
    create or replace temp table facet_postings as
    with named as (
        select p.posting_id as id, p.source, p.role_bucket as role, p.level_bucket as level,
            coalesce(p.remote, '{UNSPECIFIED}') as remote, p.country, p.location,
            coalesce(p.locations, []) as locations, p.duplicate_of is not null as is_duplicate,
            coalesce(p.visa, '{UNSPECIFIED}') as visa, strftime(p.month, '%Y-%m') as month,
            p.company as spelling, lower(trim(coalesce(p.company, ''))) as name, p.company_key,
            least(greatest({posted_day()} - date '{FIRST_DAY}', 0), {(1 << DAY_BITS) - 1}) as day,
            coalesce(epoch(p.date_posted), epoch({posted_day()}))::bigint as posted_at,
            p.salary_min, p.salary_max, p.salary_currency, p.salary_period
        from gold.fct_postings as p
    ), known as (
        select *, if(name = '', '', coalesce(company_key, name)) as company from named
    )
    select *, row_number() over (order by company = '', company, name, id) - 1 as number from known
"""

# A job says by itself how it is worked; one that does not is worked as its posting says.
_JOBS = f"""
    create or replace temp table facet_jobs as
    select p.number, len(j.locations) > 0 and {{is_placed}} as is_placed,
        coalesce(j.locations, []) as locations, {{places}} as places,
        j.salary_min, j.salary_max, j.salary_currency, j.salary_period,
        coalesce(j.family, 'other') as family, coalesce(j.remote, p.remote) as way,
        if(len(j.roles) > 0, list_distinct(j.roles), ['{UNSPECIFIED}']) as roles,
        if(len(j.levels) > 0, list_distinct(j.levels), ['{UNSPECIFIED}']) as levels,
        row_number() over (order by p.number, j.position) - 1 as position,
        lead(p.number) over (order by p.number, j.position) is distinct from p.number as is_last
    from temp.facet_postings as p left join gold.fct_jobs as j on j.posting_id = p.id
"""

# A bit string starts with its first bit, an integer with its highest: so position 0 goes last.
_BITMAPS = """
    with ends as (
        select p.number, j.position, p.company, p.name,
            -- the last of each company: the next posting has another one, or none
            p.company is distinct from lead(p.company) over (order by p.number) as is_company_end,
            (p.company, p.name) is distinct from lead((p.company, p.name))
                over (order by p.number) as is_name_end
        from temp.facet_postings as p
        join temp.facet_jobs as j on p.number = j.number and j.is_last
    ), of_postings as (
        select 'set' as facet, 'all' as value, number from temp.facet_postings
        union all
        select 'set', 'duplicate', number from temp.facet_postings where is_duplicate
        union all
        select unnest(['source', 'role', 'level', 'posting_remote', 'country', 'visa']),
            unnest([source, role, level, remote, country, visa]), number
        from temp.facet_postings
        union all
        select 'day', bit::varchar, number
        from temp.facet_postings, range({day_bits}) as bits (bit)
        where (day >> bit) & 1 = 1
        union all
        select 'state', 'open', p.number
        from temp.facet_postings as p join temp.facet_open as o on p.id = o.posting_id
    ), of_jobs as (
        select unnest(['remote', 'family']) as facet, unnest([way, family]) as value, number,
            position
        from temp.facet_jobs
        union all
        select 'job_role', unnest(roles), number, position from temp.facet_jobs
        union all
        select 'job_level', unnest(levels), number, position from temp.facet_jobs
        union all
        select 'own', 'places', number, position from temp.facet_jobs where is_placed
        union all
        select 'posting', 'ends', number, position from ends
        union all
        select 'company', 'ends', number, position from ends where company <> '' and is_company_end
        union all
        select 'name', 'ends', number, position from ends where company <> '' and is_name_end
    )
    -- a posting's property stands on all of its jobs: the last ones count the postings
    select facet, value, count_if(is_last) as postings_count,
        cast(bitstring_agg({last} - position, 0, {last}) as blob) as bits
    from of_postings as f join temp.facet_jobs as j on f.number = j.number
    where value is not null group by facet, value
    union all
    select facet, value, count(distinct number) as postings_count,
        cast(bitstring_agg({last} - position, 0, {last}) as blob) as bits
    from of_jobs where value is not null group by facet, value
"""
_ROARING = """
    with properties as (
        select 'month' as facet, month as value, number from temp.facet_postings
        union all
        select 'skill', s.skill, p.number
        from gold.fct_posting_skills as s join temp.facet_postings as p on s.posting_id = p.id
    )
    select facet, value, count_if(j.is_last) as postings_count,
        list_sort(list(j.position::uinteger)) as positions
    from properties as f join temp.facet_jobs as j on f.number = j.number
    where value is not null group by facet, value
"""


def day_number(day: date) -> int:
    """Return the days since FIRST_DAY, clamped to the index's 16 bits."""
    return min(max((day - FIRST_DAY).days, 0), (1 << DAY_BITS) - 1)


def facet_rows(warehouse: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the rows of ``posting_facets`` for the warehouse's gold tables."""
    import pyarrow as pa

    _keep_open(warehouse)
    warehouse.execute(_POSTINGS)
    read = {"is_placed": "false", "places": "[]::struct(place_id varchar, relation varchar)[]"}
    # Gold of an older version has no places of jobs: theirs are the posting's.
    if "places" in columns_of(warehouse, "gold.fct_jobs"):
        read = {"is_placed": "j.jobs_count > 1", "places": "coalesce(j.places, [])"}
    warehouse.execute(_JOBS.format(**read))
    rows = [*_bitmaps(warehouse), *_roaring(warehouse), *orders(warehouse), *span_rows(warehouse)]
    columns = list(zip(*((*row, _row_hash(row)) for row in rows), strict=True))
    names = ["facet", "value", "postings_count", "payload", "row_hash"]
    types = [pa.string(), pa.string(), pa.int64(), pa.binary(), pa.string()]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(arrays, names=names)


def _row_hash(row: FacetRow) -> str:
    """Return a digest of what stands beside the key."""
    *_, number, payload = row
    return md5(b"%d " % number + payload, usedforsecurity=False).hexdigest()


def facet_inputs(warehouse: duckdb.DuckDBPyConnection) -> str:
    """Return a digest of what the bitmaps are made of and no published row has.

    A company's key, a place of the tree or a job that closes changes no row of a posting.
    """
    _keep_open(warehouse)
    query = """
        select bit_xor(part)::varchar from (
            select hash(posting_id, company_key) as part from gold.fct_postings
            union all select hash(posting_id, place_id, relation) from gold.fct_posting_places
            union all select hash(posting_id) from temp.facet_open
        )
    """
    return f"{values(warehouse, query)[0]} {span_inputs(warehouse)}"


def _keep_open(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table of the postings that a company's board still shows."""
    shown = "select null::varchar as posting_id limit 0"
    if columns_of(warehouse, _OPEN_JOBS):
        shown = f"select distinct posting_id from {_OPEN_JOBS} where is_open"
    warehouse.execute(f"create or replace temp table facet_open as {shown}")


def _bitmaps(warehouse: duckdb.DuckDBPyConnection) -> list[FacetRow]:
    """Return facet, value, number of postings and compressed bitmap of each property."""
    count = values(warehouse, "select count(*) from temp.facet_jobs")[0]
    if not count:
        return []
    # Whole bytes: the blob's reversed bytes are then a little-endian integer.
    size = (count + 7) // 8
    query = _BITMAPS.format(day_bits=DAY_BITS, last=8 * size - 1)
    return [
        (facet, value, number, compress(bits[::-1]))
        for facet, value, number, bits in warehouse.execute(query).fetchall()
    ]


def _roaring(warehouse: duckdb.DuckDBPyConnection) -> Iterator[FacetRow]:
    """Yield facet, value, number of postings and roaring bitmap of each property."""
    for batch in warehouse.execute(_ROARING).to_arrow_table().to_batches():
        facets, values, numbers, lists = batch.columns
        raw = memoryview(lists.values.buffers()[1]).cast("B").cast("I")[lists.values.offset :]
        ends = lists.offsets.to_pylist()
        rows = zip(facets.to_pylist(), values.to_pylist(), numbers.to_pylist(), strict=True)
        for row, (start, end) in zip(rows, pairwise(ends), strict=True):
            # Without runs: the web makes integers of the containers as they are.
            found = BitMap(array("I", raw[start:end].tobytes()), optimize=False)
            yield *row, found.serialize()
