"""The pre-aggregated form of the postings: a bitmap for each property.

Postings get a position 0..n-1 in the order of their companies. A property (role, level, source,
a skill ...) is the set of positions that have it, kept as one integer whose bit i stands for
position i. Any combination of filters is then an AND of integers and every count a population
count: microseconds at 200,000 postings, exact for every combination, where a query over rows
would need a hundred milliseconds and a cube would miss the free-text filters.

* days are kept as a bit-sliced index (O'Neil and Quass 1997, https://doi.org/10.1145/253260.253268):
  bitmap ``day:b`` has the postings whose day number has bit b;
* since a company's postings are neighbours, `company:ends` (the last position of each) is enough
  to count distinct companies under any filter;
* `order:*` are arrays: ids by position, and position and time from the newest to the oldest;
* `text:places` has each posting's places, a line a position.
"""

from __future__ import annotations

import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from include.storage.serving_places import place_text
from include.storage.serving_sources import posted_day

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["DAY_BITS", "FIRST_DAY", "FacetBuilder", "day_number", "facet_rows"]

FIRST_DAY = date(2000, 1, 1)
DAY_BITS = 16
"""Days 0 to 65,535 from FIRST_DAY: to the year 2179."""

_BATCH_ROWS = 20_000
_PROPERTIES = ("source", "role", "level", "remote", "country")

# Unknown companies come last and have no end, so that they never count as one.
_POSTINGS = f"""
    select p.posting_id as id, p.source, p.role_bucket as role, p.level_bucket as level,
        coalesce(p.remote, 'unspecified') as remote, p.country, p.location,
        coalesce(p.locations, []) as locations, p.duplicate_of is not null as duplicate,
        lower(trim(coalesce(p.company, ''))) as company, {posted_day()} as day,
        coalesce(epoch(p.date_posted), epoch({posted_day()}))::bigint as posted_at
    from gold.fct_postings as p
    order by company = '', company, id
"""
_SKILLS = "select posting_id, skill from gold.fct_posting_skills"


def day_number(day: date) -> int:
    """Return the days since FIRST_DAY, within what the index can hold."""
    return min(max((day - FIRST_DAY).days, 0), (1 << DAY_BITS) - 1)


class FacetBuilder:
    """Collects the properties of postings, position by position."""

    def __init__(self) -> None:
        self._positions: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("I"))
        self._ids = bytearray()
        self._places: list[str] = []
        self._posted: list[tuple[int, str, int]] = []
        self._position_of: dict[bytes, int] = {}
        self._last_company = ""

    def add(self, posting: dict[str, Any]) -> None:
        """Give the next position to a posting; they come in the order of their companies."""
        position = len(self._places)
        raw_id = bytes.fromhex(posting["id"])
        self._position_of[raw_id] = position
        self._ids += raw_id
        self._posted.append((posting["posted_at"], posting["id"], position))
        self._places.append(
            place_text(posting["location"], posting["locations"], posting["country"])
        )
        self._add_company(posting["company"], position)
        for facet, value in self._properties(posting):
            self._positions[facet, value].append(position)

    def add_skill(self, posting_id: str, skill: str) -> None:
        """Note a skill of a posting that was added; one of an unknown posting is left out."""
        position = self._position_of.get(bytes.fromhex(posting_id))
        if position is not None:
            self._positions["skill", skill].append(position)

    def _add_company(self, company: str, position: int) -> None:
        if company and company == self._last_company:
            self._positions["company", "ends"].pop()
        if company:
            self._positions["company", "ends"].append(position)
        self._last_company = company

    def _properties(self, posting: dict[str, Any]) -> Iterator[tuple[str, str]]:
        yield "set", "all"
        if posting["duplicate"]:
            yield "set", "duplicate"
        for facet in _PROPERTIES:
            if posting[facet] is not None:
                yield facet, posting[facet]
        number = day_number(posting["day"])
        for bit in range(DAY_BITS):
            if number >> bit & 1:
                yield "day", str(bit)

    def rows(self) -> Iterator[tuple[str, str, int, bytes]]:
        """Yield facet, value, number of postings and compressed payload."""
        size = (len(self._places) + 7) // 8
        for (facet, value), positions in self._positions.items():
            yield facet, value, len(positions), _compress(_bitmap(positions, size))
        newest = sorted(self._posted, reverse=True)
        count = len(newest)
        yield "order", "ids", count, _compress(bytes(self._ids))
        yield "order", "newest", count, _compress(_array("I", (row[2] for row in newest)))
        yield "order", "posted_at", count, _compress(_array("q", (row[0] for row in newest)))
        yield "text", "places", count, _compress("\n".join(self._places).encode())


def facet_rows(warehouse: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the rows of ``posting_facets`` for the warehouse's gold tables."""
    import pyarrow as pa

    builder = FacetBuilder()
    for posting in _rows(warehouse, _POSTINGS):
        builder.add(posting)
    for row in _rows(warehouse, _SKILLS):
        builder.add_skill(row["posting_id"], row["skill"])
    columns = list(zip(*builder.rows(), strict=True))
    names = ["facet", "value", "postings_count", "payload"]
    types = [pa.string(), pa.string(), pa.int64(), pa.binary()]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(arrays, names=names)


def _rows(warehouse: duckdb.DuckDBPyConnection, query: str) -> Iterator[dict[str, Any]]:
    for batch in warehouse.execute(query).to_arrow_reader(_BATCH_ROWS):
        yield from batch.to_pylist()


def _bitmap(positions: Iterable[int], size: int) -> bytes:
    bits = bytearray(size)
    for position in positions:
        bits[position >> 3] |= 1 << (position & 7)
    return bytes(bits)


def _array(kind: str, values: Iterable[int]) -> bytes:
    packed = array(kind, values)
    return packed.tobytes()


def _compress(payload: bytes) -> bytes:
    return zlib.compress(payload, level=1)
