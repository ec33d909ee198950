"""A bitmap index of the postings: one bitmap per property.

Postings get positions 0..n-1, ordered by company. A property (role, level, source, a skill ...) is
the set of positions that have it, stored as one integer whose bit i stands for position i. Any
combination of filters is then an AND of integers, and every count a population count: microseconds
at 200,000 postings and exact for every combination, where a query over rows takes a hundred
milliseconds and a cube cannot cover free-text filters.

* days are a bit-sliced index (O'Neil and Quass 1997, https://doi.org/10.1145/253260.253268):
  bitmap ``day:b`` has the postings whose day number has bit b;
* a company's postings are adjacent, so `company:ends` (the last position of each company) suffices
  to count distinct companies under any filter;
* `order:*` are arrays: ids by position, and position and time from the newest to the oldest;
* `text:places` has each posting's places as written, `text:place_ids` as places of the tree with
  their relation ("s2950159 heu": in Berlin, or from the EU), one line per position.

DuckDB assigns the positions and builds the bitmaps: for 100,000 postings that name 800,000 skills
it is ten times faster than a Python loop.
"""

from __future__ import annotations

import zlib
from array import array
from datetime import date
from typing import TYPE_CHECKING, Any

from include.serving.places import place_text
from include.serving.queries import posted_day

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["ANY", "DAY_BITS", "FIRST_DAY", "UNSPECIFIED", "day_number", "facet_rows"]

FIRST_DAY = date(2000, 1, 1)
DAY_BITS = 16
"""Days 0 to 65,535 from FIRST_DAY: to the year 2179."""
ANY = "any"
"""In a value of the facet ``job``, "<role> <level>": whatever role, whatever level."""
UNSPECIFIED = "unspecified"
"""The role, or the level, of a job that names none."""

# Unnamed companies sort last and have no end: together they must not count as one company. The id
# makes the order total, so that the same postings always produce the same bitmaps.
_POSITIONS = f"""
    create or replace temp table facet_positions as
    with known as (
        select p.posting_id as id, p.source, p.role_bucket as role, p.level_bucket as level,
            coalesce(p.remote, 'unspecified') as remote, p.country, p.location,
            coalesce(p.locations, []) as locations, p.duplicate_of is not null as is_duplicate,
            lower(trim(coalesce(p.company, ''))) as company,
            least(greatest({posted_day()} - date '{FIRST_DAY}', 0), {(1 << DAY_BITS) - 1}) as day,
            coalesce(epoch(p.date_posted), epoch({posted_day()}))::bigint as posted_at
        from gold.fct_postings as p
    )
    select *, row_number() over (order by company = '', company, id) - 1 as position from known
"""

# Without a level, or without a role, a job is found as "unspecified".
_JOBS = f"""
    create or replace temp table facet_jobs as
    select p.position,
        if(len(j.roles) > 0, list_distinct(j.roles), ['{UNSPECIFIED}']) as roles,
        if(len(j.levels) > 0, list_distinct(j.levels), ['{UNSPECIFIED}']) as levels
    from gold.fct_jobs as j join temp.facet_positions as p on j.posting_id = p.id
"""

# A bit string starts with its first bit, an integer with its highest: so position 0 goes last.
_BITMAPS = """
    with properties as (
        select 'set' as facet, 'all' as value, position from temp.facet_positions
        union all
        select 'set', 'duplicate', position from temp.facet_positions where is_duplicate
        union all
        select unnest(['source', 'role', 'level', 'remote', 'country']),
            unnest([source, role, level, remote, country]), position
        from temp.facet_positions
        union all
        select 'day', bit::varchar, position
        from temp.facet_positions, range({day_bits}) as bits (bit)
        where (day >> bit) & 1 = 1
        union all
        select 'company', 'ends', position
        from temp.facet_positions where company <> ''
        -- the last of each company: the next position has another one, or none
        qualify company is distinct from lead(company) over (order by position)
        union all
        select 'skill', s.skill, p.position
        from gold.fct_posting_skills as s join temp.facet_positions as p on s.posting_id = p.id
        union all
        -- Which postings have a job of this role and this level: a job has every pair of both.
        select distinct 'job', r.role || ' ' || l.level, j.position
        from temp.facet_jobs as j, unnest(j.roles) as r (role), unnest(j.levels) as l (level)
        union all
        select distinct 'job', r.role || ' {any}', j.position
        from temp.facet_jobs as j, unnest(j.roles) as r (role)
        union all
        select distinct 'job', '{any} ' || l.level, j.position
        from temp.facet_jobs as j, unnest(j.levels) as l (level)
    )
    select facet, value, count(*) as postings_count,
        cast(bitstring_agg({last} - position, 0, {last}) as blob) as bits
    from properties where value is not null group by facet, value
"""
# The id breaks ties in the same direction as the time: a page's cursor is the pair of both.
_NEWEST = "select position, posted_at from temp.facet_positions order by posted_at desc, id desc"
_PLACES = """
    create or replace temp table facet_places as
    select location, locations, country, row_number() over () - 1 as number
    from (select distinct location, locations, country from temp.facet_positions)
"""
_PLACE_IDS = """
    select coalesce(string_agg(
        left(places.relation, 1) || places.place_id, ' ' order by places.relation, places.place_id
    ), '') as line
    from temp.facet_positions as p
    left join gold.fct_posting_places as places on p.id = places.posting_id
    group by p.position
    order by p.position
"""
_PLACE_NUMBERS = """
    select f.number
    from temp.facet_positions as p
    -- "is not distinct from": postings without a place join, too, so that no line is missing
    join temp.facet_places as f on p.location is not distinct from f.location
        and p.locations = f.locations and p.country is not distinct from f.country
    order by p.position
"""


def day_number(day: date) -> int:
    """Return the days since FIRST_DAY, clamped to the index's 16 bits."""
    return min(max((day - FIRST_DAY).days, 0), (1 << DAY_BITS) - 1)


def facet_rows(warehouse: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the rows of ``posting_facets`` for the warehouse's gold tables."""
    import pyarrow as pa

    warehouse.execute(_POSITIONS)
    warehouse.execute(_JOBS)
    rows = [*_bitmaps(warehouse), *_orders(warehouse)]
    columns = list(zip(*rows, strict=True))
    names = ["facet", "value", "postings_count", "payload"]
    types = [pa.string(), pa.string(), pa.int64(), pa.binary()]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(arrays, names=names)


_Row = tuple[str, str, int, bytes]


def _bitmaps(warehouse: duckdb.DuckDBPyConnection) -> list[_Row]:
    """Return facet, value, number of postings and compressed bitmap of each property."""
    count = _values(warehouse, "select count(*) from temp.facet_positions")[0]
    if not count:
        return []
    # Whole bytes: the blob's reversed bytes are then a little-endian integer.
    size = (count + 7) // 8
    query = _BITMAPS.format(day_bits=DAY_BITS, last=8 * size - 1, any=ANY)
    return [
        (facet, value, number, _compress(bits[::-1]))
        for facet, value, number, bits in warehouse.execute(query).fetchall()
    ]


def _orders(warehouse: duckdb.DuckDBPyConnection) -> list[_Row]:
    """Return the rows that are arrays: ids, newest first, places."""
    ids = _values(warehouse, "select id from temp.facet_positions order by position")
    newest = warehouse.execute(_NEWEST).to_arrow_table()
    payloads = {
        ("order", "ids"): bytes.fromhex("".join(ids)),
        ("order", "newest"): array("I", newest["position"].to_pylist()).tobytes(),
        ("order", "posted_at"): array("q", newest["posted_at"].to_pylist()).tobytes(),
        ("text", "places"): "\n".join(_places(warehouse)).encode(),
        ("text", "place_ids"): "\n".join(_values(warehouse, _PLACE_IDS)).encode(),
    }
    return [(*key, len(ids), _compress(payload)) for key, payload in payloads.items()]


def _places(warehouse: duckdb.DuckDBPyConnection) -> list[str]:
    """Return each posting's searchable places; equal ones are parsed once."""
    warehouse.execute(_PLACES)
    written = "select location, locations, country from temp.facet_places order by number"
    texts = [place_text(*row) for row in warehouse.execute(written).fetchall()]
    return [texts[number] for number in _values(warehouse, _PLACE_NUMBERS)]


def _values(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    column: list[Any] = warehouse.execute(query).to_arrow_table().column(0).to_pylist()
    return column


def _compress(payload: bytes) -> bytes:
    return zlib.compress(payload, level=1)
