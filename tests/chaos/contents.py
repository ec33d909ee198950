"""All rows of a warehouse and a serving store, compared with those of another run.

Left out is what differs between two runs that do the same: the clock, and the ids of loads. Of the
ledger the sums are compared, and that each row adds up: who asks again is told "unchanged" again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

__all__ = ["Difference", "differences", "differences_of_warehouses", "rows_of"]

_CLOCKS_AND_IDS = {
    "ingested_at", "retrieved_at", "first_seen_at", "last_seen_at", "committed_at",
    "started_at", "published_at", "event_at", "seen_at", "load_id", "row_hash",
}  # fmt: skip
_LEDGER = """
    select source, "partition", sum(inserted) as inserted,
        min(expected = fetched + missing and fetched = inserted + unchanged + rejected) as adds_up
    from {table} group by source, "partition"
"""
_CURSORS = """
    select source, query_key, max_by(position::varchar, committed_at) as position
    from {table} group by source, query_key
"""
# The ledger in silver is a copy of bronze's, whose sums are compared.
_BOOKKEEPING = {
    "bronze.schema_versions", "bronze.fences", "silver.loads_read", "store_meta",
    "published_buckets",
    # Which lexemes are frequent depends on what was published first.
    "text_lexemes", "text_sets",
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """Rows of a table that only one side has: so many, and an example."""

    table: str
    lost: int
    extra: int
    example: str


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _rows(table: str, columns: Iterable[str]) -> str:
    kind = table.rpartition(".")[2].strip('"')
    if kind == "loads":
        return _LEDGER.format(table=table)
    if kind == "cursors":
        return _CURSORS.format(table=table)
    return f"select {_quoted(columns)} from {table}"


def differences(wanted: Path, found: Path) -> list[Difference]:
    """Return what differs between two data folders: nothing, when both are row for row the same."""
    return [*differences_of_warehouses(wanted, found), *_of_serving_stores(wanted, found)]


def differences_of_warehouses(wanted: Path, found: Path) -> list[Difference]:
    """Return what differs between the warehouses of two data folders."""
    return list(_of_warehouses(wanted, found))


def rows_of(data: Path) -> int:
    """Return the number of rows that are compared of a warehouse."""
    with _attached(data) as connection:
        tables = _warehouse_columns(connection, "found")
        queries = [_rows(f"found.{name}", columns) for name, columns in tables.items()]
        counts = (connection.execute(f"select count(*) from ({q})").fetchall() for q in queries)
        return sum(count for [(count,)] in counts)


def _attached(found: Path, wanted: Path | None = None) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    connection.execute("set threads = 2")
    for name, data in (("found", found), ("wanted", wanted)):
        if data:
            connection.execute(f"attach '{data / 'warehouse.duckdb'}' as {name} (read_only)")
    return connection


def _warehouse_columns(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    for schema, table, column, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and not internal "
        "and (schema_name, table_name) in (select (schema_name, table_name) from duckdb_tables()) "
        "and schema_name in ('bronze', 'silver', 'gold') order by all",
        [catalog],
    ).fetchall():
        name = f'{schema}."{table}"'
        if f"{schema}.{table}" not in _BOOKKEEPING and not table.endswith("__dbt_tmp"):
            tables.setdefault(name, [])
            is_clock = schema == "bronze" and kind in ("TIMESTAMP WITH TIME ZONE", "UUID")
            if column not in _CLOCKS_AND_IDS and not is_clock:
                tables[name].append(column)
    return tables


def _of_warehouses(wanted: Path, found: Path) -> Iterable[Difference]:
    with _attached(found, wanted) as connection:
        tables = _warehouse_columns(connection, "wanted")
        assert tables == _warehouse_columns(connection, "found")
        for name, columns in tables.items():
            sides = [_rows(f"{side}.{name}", columns) for side in ("wanted", "found")]
            lost, extra = (
                connection.execute(f"({a} except all {b}) order by all").fetchall()
                for a, b in (sides, sides[::-1])
            )
            if lost or extra:
                yield Difference(name, len(lost), len(extra), str((lost[:1], extra[:1]))[:1_500])


def _of_serving_stores(wanted: Path, found: Path) -> Iterable[Difference]:
    with closing(sqlite3.connect(found / "serving.sqlite")) as connection:
        connection.execute("attach ? as wanted", [str(wanted / "serving.sqlite")])
        names = connection.execute("select name from wanted.sqlite_master where type = 'table'")
        for (name,) in names.fetchall():
            if name in _BOOKKEEPING or name.startswith("text_index_"):
                continue
            # every table has a key: two sides without a difference as sets are the same
            sides = [_serving_rows(connection, side, name) for side in ("wanted", "main")]
            lost, extra = (
                connection.execute(f"{a} except {b}").fetchall() for a, b in (sides, sides[::-1])
            )
            counts = [connection.execute(f"select count(*) from ({s})").fetchone() for s in sides]
            if lost or extra or counts[0] != counts[1]:
                example = str((counts, lost[:1], extra[:1]))[:1_500]
                yield Difference(f"serving {name}", len(lost), len(extra), example)


def _serving_rows(connection: sqlite3.Connection, side: str, name: str) -> str:
    """Return the query of a table's rows; of the text index the words of each posting."""
    # Numbers of texts depend on the order in which they were published.
    left_out = {*_CLOCKS_AND_IDS, *({"number"} if name == "posting_texts" else ())}
    if name == "text_index":
        connection.execute(
            f"create virtual table temp.words_{side} using fts5vocab ({side}, text_index, instance)"
        )
        return (
            f"select t.posting_id, v.term, v.offset from temp.words_{side} as v "
            f"left join {side}.posting_texts as t on t.number = v.doc where instr(v.term, '_') = 0"
        )
    info = connection.execute(f"pragma {side}.table_info({name})").fetchall()
    return _rows(f"{side}.{name}", [row[1] for row in info if row[1] not in left_out])
