"""How long the jobs of companies' boards were open, by position: for any filter.

* ``spans:weeks``, a row a span: position, and the weeks from which it counts as open, after its
  last sighting, in which it opened and closed; a week is its number, 0 for none;
* ``spans:lives``, a row a life of int_job_spans__durations that says how long: position, age in
  days when it was first seen, when it closed or was last seen, and when it closed, 0 for not;
  whether it was there at the board's first reading;
* ``spans:left_out``: the positions of the other lives;
* ``spans:boards``: week and number of boards that show jobs; ``spans:read``: the day that boards
  were read last.

Arrays of unsigned integers of four bytes, column after column. Empty without boards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.serving.arrays import packed
from include.serving.facet_orders import FacetRow, compress
from include.serving.queries import columns_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["span_inputs", "span_rows"]

WEEKS, LIVES = "silver.int_job_spans__weeks", "silver.int_job_spans__durations"

# A board's record is one job; of several the marts take the first.
_POSITIONS = """
    join temp.facet_postings as p on s.posting_id = p.id
    join (select number, min(position) as position from temp.facet_jobs group by number) as j
        on p.number = j.number
"""


# Weeks as numbers; the first Monday is one before 1970, so that no span is of week 0.
_NUMBERED = f"""(
    select posting_id, source, board, counted_week <= last_week as is_open_by_itself,
        (first_week - date '1969-12-29') // 7 as first_week,
        (counted_week - date '1969-12-29') // 7 as counted_week,
        (last_week - date '1969-12-29') // 7 as last_week,
        coalesce((opened_week - date '1969-12-29') // 7, 0) as opened_week,
        coalesce((closed_week - date '1969-12-29') // 7, 0) as closed_week
    from {WEEKS}
)"""

_QUERIES = {
    # A span whose weeks the span before covers is not open by itself.
    "weeks": f"""
        select j.position, if(is_open_by_itself, counted_week, 0),
            if(is_open_by_itself, last_week + 1, 0), opened_week, closed_week
        from {_NUMBERED} as s {_POSITIONS} order by 1, 2, 3
    """,
    "lives": f"""
        select j.position, entry_days, exit_days, if(is_closed, exit_days, 0),
            entered_late::integer
        from {LIVES} as s {_POSITIONS} where exit_days > entry_days order by 1, 2, 3
    """,
    "left_out": f"""
        select j.position
        from {LIVES} as s {_POSITIONS} where not coalesce(exit_days > entry_days, false) order by 1
    """,
    "boards": f"""
        with boards as (
            select min(first_week) as first, max(last_week) as last
            from {_NUMBERED} group by source, board
        )
        select week, count(*) from (select unnest(range(first, last + 1)) as week from boards)
        group by week order by week
    """,
    "read": f"""
        select coalesce(max(last_seen_day) - date '1970-01-01', 0) from {WEEKS}
    """,
}


def span_rows(warehouse: duckdb.DuckDBPyConnection) -> list[FacetRow]:
    """Return the rows of the arrays, from the facets' temporary tables; none without spans."""
    if not columns_of(warehouse, WEEKS):
        return []
    return [
        ("spans", name, 0, compress(_columns(warehouse, query))) for name, query in _QUERIES.items()
    ]


def span_inputs(warehouse: duckdb.DuckDBPyConnection) -> str:
    """Return a digest of what the arrays are made of."""
    if not columns_of(warehouse, WEEKS):
        return ""
    found = warehouse.execute(
        f"select (select sum(hash(s)) from {WEEKS} as s), (select sum(hash(s)) from {LIVES} as s)"
    ).fetchall()
    return str(found[0])


def _columns(warehouse: duckdb.DuckDBPyConnection, query: str) -> bytes:
    found = warehouse.execute(query).to_arrow_table()
    return b"".join(packed(column, "uint32") for column in found.columns)
