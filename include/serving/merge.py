"""Make a serving table, or part of it, equal to a warehouse query, writing only what differs.

Published keys and fingerprints are compared in DuckDB, which spills to disk if necessary: unchanged
rows never leave it, and changed ones are streamed in batches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.errors import ServingError

if TYPE_CHECKING:
    import duckdb

__all__ = ["BATCH_ROWS", "Merge", "TableCounts"]

BATCH_ROWS = 20_000
"""Keys, or narrow rows, in memory at once."""


@dataclass(frozen=True)
class TableCounts:
    """Row counts of a publish; ``inserted + updated + unchanged`` rows were read."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def read(self) -> int:
        """Number of rows in the warehouse."""
        return self.inserted + self.updated + self.unchanged

    @property
    def changed(self) -> bool:
        """Whether any row changed."""
        return bool(self.inserted or self.updated or self.removed)


@dataclass(frozen=True)
class Merge:
    """The merge of one table, within the caller's transactions on both connections.

    ``fingerprint`` names the column that differs whenever a row differs: ``row_hash``, which is
    added here, or the value column of a table with only one. ``published`` selects the keys and
    fingerprints of the rows to compare with; None: the whole table.
    """

    warehouse: duckdb.DuckDBPyConnection
    serving: sa.Connection
    table: sa.Table
    query: str
    fingerprint: str = "row_hash"
    published: sa.Select[Any] | None = None
    batch_rows: int = BATCH_ROWS
    """Rows written at once, and so in memory."""
    is_hashed: bool = False
    """Whether the query's rows have their ``row_hash``."""

    def run(self) -> TableCounts:
        """Make the table equal to the query; raise ServingError if a key occurs twice."""
        self._stage_published()
        self._stage_incoming()
        self._stage_differences()
        counts = self._counts()
        # Delete before insert: an update is both, and the key must be free.
        if counts.removed or counts.updated:
            self._delete()
        if counts.inserted or counts.updated:
            self._insert()
        return counts

    @property
    def _keys(self) -> list[str]:
        return [column.name for column in self.table.primary_key.columns]

    @property
    def _rows_query(self) -> str:
        if self.is_hashed or self.fingerprint != "row_hash":
            return self.query
        return f"select q.*, md5(cast(to_json(q) as varchar)) as row_hash from ({self.query}) as q"

    @property
    def _order(self) -> str:
        """An ``order by`` of the rows to insert; by default they come in any order."""
        return ""

    def _same_key(self, left: str, right: str) -> str:
        return " and ".join(f'{left}."{key}" = {right}."{key}"' for key in self._keys)

    def _stage_published(self) -> None:
        """Fill temp.published with the keys and fingerprints of the serving table."""
        import pyarrow as pa

        # Fingerprints as text: they are only compared.
        names = [*self._keys, "fingerprint"]
        fields = ", ".join(f'"{name}" {self._kind(name)}' for name in names)
        self.warehouse.execute(f"create or replace temp table published ({fields})")
        select = self.published
        if select is None:
            select = sa.select(*self.table.primary_key.columns, self.table.c[self.fingerprint])
        result = self.serving.execute(select.execution_options(yield_per=BATCH_ROWS))
        for rows in result.partitions():
            *keys, found = zip(*rows, strict=True)
            arrays = [*map(pa.array, keys), pa.array([str(value) for value in found])]
            self.warehouse.register("published_batch", pa.table(arrays, names=names))
            self.warehouse.execute("insert into temp.published select * from published_batch")
            self.warehouse.unregister("published_batch")

    def _kind(self, name: str) -> str:
        """Return DuckDB's type of a key, or of the fingerprint."""
        is_number = name in self._keys and isinstance(self.table.c[name].type, sa.BigInteger)
        return "bigint" if is_number else "varchar"

    def _stage_incoming(self) -> None:
        """Fill temp.incoming with the keys and fingerprints of the query."""
        keys = ", ".join(f'"{key}"' for key in self._keys)
        self.warehouse.execute(
            f"create or replace temp table incoming as select {keys}, "
            f'cast("{self.fingerprint}" as varchar) as fingerprint from ({self._rows_query})'
        )
        twice = f"select {keys} from temp.incoming group by all having count(*) > 1 limit 1"
        if found := self.warehouse.execute(twice).fetchone():
            raise ServingError(
                f"The rows of {self.table.name} have a key more than once.",
                record=found,
                next_step="run the dbt tests of its model: the grain is broken.",
            )

    def _stage_differences(self) -> None:
        """Fill temp.differences with every key of either side and what happens to it."""
        keys = ", ".join(f'coalesce(i."{key}", p."{key}") as "{key}"' for key in self._keys)
        self.warehouse.execute(
            f"create or replace temp table differences as select {keys}, "
            "case when p.fingerprint is null then 'inserted' "
            "when i.fingerprint is null then 'removed' "
            "when i.fingerprint <> p.fingerprint then 'updated' else 'unchanged' end as change "
            "from temp.incoming as i full join temp.published as p "
            f"on {self._same_key('i', 'p')}"
        )

    def _counts(self) -> TableCounts:
        query = "select change, count(*) from temp.differences group by change"
        return TableCounts(**dict(self.warehouse.execute(query).fetchall()))

    def _delete(self) -> None:
        """Delete the removed rows, and the updated ones, which are inserted again."""
        names = ", ".join(f'"{key}" as "key_{key}"' for key in self._keys)
        stale = f"select {names} from temp.differences where change in ('removed', 'updated')"
        for batch in self._batches(stale, self.batch_rows):
            self._remove(batch)

    def _remove(self, batch: Sequence[Mapping[str, Any]]) -> None:
        clause = (self.table.c[key] == sa.bindparam(f"key_{key}") for key in self._keys)
        self.serving.execute(sa.delete(self.table).where(*clause), batch)

    def _insert(self) -> None:
        """Insert the rows that are new or changed."""
        wanted = "select * from temp.differences where change in ('inserted', 'updated')"
        # The query runs again, for the changed keys only: wide rows are never held for comparison.
        query = (
            f"select n.* from ({self._rows_query}) as n semi join ({wanted}) as d "
            f"on {self._same_key('n', 'd')}{self._order}"
        )
        for batch in self._batches(query, self.batch_rows):
            self._add(batch)

    def _add(self, batch: Sequence[Mapping[str, Any]]) -> None:
        self.serving.execute(sa.insert(self.table), batch)

    def _batches(self, query: str, rows: int) -> Iterator[list[dict[str, Any]]]:
        for batch in self.warehouse.execute(query).to_arrow_reader(rows):
            if batch.num_rows:
                rows_read = batch.to_pylist()
                yield [_without_nul(row) for row in rows_read] if self._takes_no_nul else rows_read

    @property
    def _takes_no_nul(self) -> bool:
        return self.serving.dialect.name == "postgresql"


def _without_nul(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with NUL characters replaced, which PostgreSQL's text cannot store."""
    return {
        name: value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
        for name, value in row.items()
    }
