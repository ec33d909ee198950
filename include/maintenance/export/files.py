"""The files of an export: Parquet by month, and CSV. The same rows give the same bytes.

Parquet is partitioned in the hive style (``month=2026-05-01/part.parquet``, without a column month
inside) where a table's rows are of single postings, else it is one file. CSV is one gzipped file a
table: lists are JSON, times ISO 8601 in UTC, null is empty and an empty text is ``""``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from include.files import make_folder, protect
from include.maintenance.export.tables import Column, Table
from include.warehouse.views import quoted

__all__ = ["StoredFile", "stored", "write_table"]

_PARQUET: Final = "format parquet, compression zstd"
_CSV: Final = "format csv, header, compression gzip"
_TIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
_NO_MONTH: Final = "0001-01-01"  # of a table without rows: a reader expects one file


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of an export: its path below the export's folder; ``rows`` None if it has no table."""

    path: str
    bytes: int
    sha256: str
    table: str = ""
    rows: int | None = None


def write_table(
    connection: duckdb.DuckDBPyConnection, table: Table, folder: Path
) -> Iterator[StoredFile]:
    """Write ``export.<table>`` into ``folder`` and yield its files."""
    source = f"export.{quoted(table.name)}"
    # One thread: a file of a few hundred rows is not worth more. The rows are stored in order.
    connection.execute("set threads = 1")

    def write(columns: str, path: str, options: str, condition: str = "true") -> StoredFile:
        query = f"select {columns} from {source} where {condition}"
        rows = _copy(connection, query, folder / path, options)
        return stored(folder, path, table.name, rows)

    if table.is_of_postings:
        months = f"select distinct month::varchar from {source} order by all"
        for (month,) in connection.execute(months).fetchall() or [(_NO_MONTH,)]:
            path = f"parquet/{table.name}/month={month}/part.parquet"
            yield write("* exclude (month)", path, _PARQUET, f"month = '{month}'")
    else:
        yield write("*", f"parquet/{table.name}.parquet", _PARQUET)
    values = ", ".join(map(_as_text, table.columns))
    yield write(values, f"csv/{table.name}.csv.gz", _CSV)


def stored(folder: Path, path: str, table: str = "", rows: int | None = None) -> StoredFile:
    """Return a written file with its size and digest."""
    file = folder / path
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return StoredFile(path, file.stat().st_size, digest, table, rows)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, file: Path, options: str) -> int:
    """Write the query's rows and return their number."""
    make_folder(file.parent)
    path = str(file).replace("'", "''")
    rows = connection.execute(f"copy ({query}) to '{path}' ({options})").fetchall()[0][0]
    protect(file)
    return int(rows)


def _as_text(column: Column) -> str:
    name = quoted(column.name)
    if column.type == "timestamptz":
        return f"strftime({name}, '{_TIME}') as {name}"
    if column.type.endswith("[]"):
        return f"case when {name} is not null then to_json({name})::varchar end as {name}"
    return name
