"""What the bitmaps lack: arrays and texts by posting, by job and by company.

All are in the order of the positions (include/serving/facets.py), and all counts are implied by the
bitmaps of ends:

* ``order:ids``, by posting, 16 bytes each; ``order:newest`` and ``order:posted_at``: the postings'
  numbers and times, newest first;
* ``order:pay_low``, ``order:pay_high``, ``order:pay_currency``, by job: yearly pay, not a number
  where none is stated, and the number of the currency among the lines of ``text:currencies``;
* ``order:skills``, the skills that each posting names, by number: the most named first, then by
  id; ``order:skill_starts``, where each posting's begin, and the end;
* ``order:shared_names``, by name that several companies have: its position and its number;
* ``text:places`` has each posting's places as written, ``text:place_ids`` as places of the tree
  with their relation ("s2950159 heu": in Berlin, or from the EU), one line a posting;
  ``text:job_places`` and ``text:job_place_ids`` the same of the jobs of ``own:places``, which name
  places of their own;
* ``text:companies``: key, name and the spellings compared, set apart by tabs, one line a company.
"""

from __future__ import annotations

import zlib
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from include.serving.arrays import packed
from include.serving.places import place_text

if TYPE_CHECKING:
    import duckdb

__all__ = ["FacetRow", "compress", "orders", "values"]

FacetRow = tuple[str, str, int, bytes]
"""Facet, value, number of postings and compressed payload."""

# The id breaks ties in the same direction as the time: a page's cursor is the pair of both.
_NEWEST = "select number, posted_at from temp.facet_postings order by posted_at desc, id desc"
_PLACES = """
    create or replace temp table facet_places as
    select location, locations, country, row_number() over () - 1 as place
    from (select distinct location, locations, country from temp.facet_postings)
"""
_PLACE_IDS = """
    -- sorted in the list: an ordered aggregate takes nine times as long
    with named as (
        select posting_id, array_to_string(
            list_sort(list(left(relation, 1) || place_id)), ' '
        ) as line
        from gold.fct_posting_places group by posting_id
    )
    select coalesce(named.line, '') as line
    from temp.facet_postings as p left join named on p.id = named.posting_id
    order by p.number
"""
_JOB_PLACES = """
    select locations, list_transform(places, p -> left(p.relation, 1) || p.place_id) as ids
    from temp.facet_jobs where is_placed order by position
"""
_PLACE_NUMBERS = """
    select f.place
    from temp.facet_postings as p
    -- "is not distinct from": postings without a place join, too, so that no line is missing
    join temp.facet_places as f on p.location is not distinct from f.location
        and p.locations = f.locations and p.country is not distinct from f.country
    order by p.number
"""
# Hourly and daily rates are left out, as in gold.monthly_salaries. Where none of a posting's jobs
# has pay of its own, the posting's is each job's.
_PAY = """
    with stated as (
        select p.number, j.position, j.salary_currency is not null as is_own,
            bool_or(j.salary_currency is not null) over (partition by p.number) as is_any_own,
            if(is_any_own, j.salary_currency, p.salary_currency) as currency,
            if(is_any_own, j.salary_period, p.salary_period) as period,
            if(is_any_own, j.salary_min, p.salary_min) as low,
            if(is_any_own, j.salary_max, p.salary_max) as high
        from temp.facet_postings as p join temp.facet_jobs as j on p.number = j.number
    ), yearly as (
        select position, currency,
            case period when 'year' then 1 when 'month' then 12 when 'week' then 52 end as times,
            coalesce(low, high) * times as low, coalesce(high, low) * times as high
        from stated
    )
    select position, if(low is null, null, currency) as currency,
        coalesce(if(currency is null, null, low), 'nan'::double)::double as low,
        coalesce(if(currency is null, null, high), 'nan'::double)::double as high
    from yearly order by position
"""
_COMPANIES = r"""
    with spellings as (
        select company, name, regexp_replace(trim(spelling), '\s+', ' ', 'g') as spelling,
            count(*) as times
        from temp.facet_postings where company <> '' group by all
    )
    select concat_ws(chr(9), regexp_replace(company, '\s+', ' ', 'g'),
        arg_max(spelling, (times, spelling)),
        array_to_string(list_sort(list(distinct regexp_replace(name, '\s+', ' ', 'g'))), chr(9))
    ) as line
    from spellings group by company order by company
"""
_SKILLS = """
    with named as (
        select p.number, s.skill, count(*) over (partition by s.skill) as times
        from gold.fct_posting_skills as s join temp.facet_postings as p on s.posting_id = p.id
    )
    select number, dense_rank() over (order by times desc, skill) - 1 as skill
    from named order by all
"""
_SHARED_NAMES = """
    with runs as (
        select company, name, max(j.position) as position
        from temp.facet_postings as p join temp.facet_jobs as j on p.number = j.number
        where company <> '' group by all
    ), named as (
        select position, count(*) over (partition by name) as companies,
            dense_rank() over (order by name) as name
        from runs
    )
    select position, name from named where companies > 1 order by position
"""


def orders(warehouse: duckdb.DuckDBPyConnection) -> list[FacetRow]:
    """Return the rows of the arrays and texts, from the temporary tables of the facets."""
    ids = values(warehouse, "select id from temp.facet_postings order by number")
    payloads = {
        ("order", "ids"): bytes.fromhex("".join(ids)),
        ("text", "places"): "\n".join(_places(warehouse)).encode(),
        ("text", "place_ids"): "\n".join(values(warehouse, _PLACE_IDS)).encode(),
        ("text", "companies"): "\n".join(values(warehouse, _COMPANIES)).encode(),
        **_job_places(warehouse),
        **_skills(warehouse, len(ids)),
        **_newest(warehouse),
        **_pay(warehouse),
        **_shared_names(warehouse),
    }
    return [(*key, len(ids), compress(payload)) for key, payload in payloads.items()]


_Payloads = dict[tuple[str, str], bytes]


def _job_places(warehouse: duckdb.DuckDBPyConnection) -> _Payloads:
    rows = warehouse.execute(_JOB_PLACES).fetchall()
    return {
        ("text", "job_places"): "\n".join(place_text(None, row[0], None) for row in rows).encode(),
        ("text", "job_place_ids"): "\n".join(" ".join(sorted(row[1])) for row in rows).encode(),
    }


def _newest(warehouse: duckdb.DuckDBPyConnection) -> _Payloads:
    newest = warehouse.execute(_NEWEST).to_arrow_table()
    return {
        ("order", "newest"): packed(newest["number"], "uint32"),
        ("order", "posted_at"): packed(newest["posted_at"], "int64"),
    }


def _skills(warehouse: duckdb.DuckDBPyConnection, postings: int) -> _Payloads:
    rows = warehouse.execute(_SKILLS).to_arrow_table()
    starts = array("I", bytes(4 * (postings + 1)))
    numbers, counts = rows["number"].value_counts().flatten()
    for number, count in zip(numbers.to_pylist(), counts.to_pylist(), strict=True):
        starts[number + 1] = count
    return {
        ("order", "skills"): packed(rows["skill"], "uint16"),
        ("order", "skill_starts"): array("I", accumulate(starts)).tobytes(),
    }


def _pay(warehouse: duckdb.DuckDBPyConnection) -> _Payloads:
    pay = warehouse.execute(_PAY).to_arrow_table()
    written = pay["currency"].to_pylist()
    currencies = ["", *sorted({*written} - {"", None})]
    numbers = {currency: number for number, currency in enumerate(currencies)} | {None: 0}
    codes = bytes(map(numbers.__getitem__, written))
    return {
        ("order", "pay_low"): packed(pay["low"], "float64"),
        ("order", "pay_high"): packed(pay["high"], "float64"),
        ("order", "pay_currency"): codes,
        ("text", "currencies"): "\n".join(currencies).encode(),
    }


def _shared_names(warehouse: duckdb.DuckDBPyConnection) -> _Payloads:
    rows = warehouse.execute(_SHARED_NAMES).fetchall()
    return {("order", "shared_names"): array("I", (n for row in rows for n in row)).tobytes()}


def _places(warehouse: duckdb.DuckDBPyConnection) -> list[str]:
    """Return each posting's searchable places; equal ones are parsed once."""
    warehouse.execute(_PLACES)
    written = "select location, locations, country from temp.facet_places order by place"
    texts = [place_text(*row) for row in warehouse.execute(written).fetchall()]
    return [texts[number] for number in values(warehouse, _PLACE_NUMBERS)]


def values(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    """Return the first column of a query."""
    column: list[Any] = warehouse.execute(query).to_arrow_table().column(0).to_pylist()
    return column


def compress(payload: bytes) -> bytes:
    """Return a payload as it is stored."""
    return zlib.compress(payload, level=1)
