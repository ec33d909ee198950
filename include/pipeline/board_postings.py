"""Between the warehouse and the sources: Arrow batches of raw records in, what they state out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from include.postings.places import find_places, most_exact
from include.sources.normalise import posting_url
from include.sources.registry import board, reading_version
from include.sources.source import Stated, UnreadableRecordError

if TYPE_CHECKING:
    import duckdb

__all__ = ["read_records", "reading_version"]

_BATCH_ROWS = 2_000

_COLUMNS = pa.schema(
    [
        ("posting_id", pa.string()),
        ("source", pa.string()),
        ("source_key", pa.string()),
        ("url", pa.string()),
        ("title", pa.string()),
        ("company", pa.string()),
        ("location", pa.string()),
        ("locations", pa.list_(pa.string())),
        ("country", pa.string()),
        ("remote", pa.string()),
        ("level_bucket", pa.string()),
        ("salary_min", pa.float64()),
        ("salary_max", pa.float64()),
        ("salary_currency", pa.string()),
        ("salary_period", pa.string()),
        ("description_raw", pa.string()),
        ("raw_json", pa.string()),
        ("payload_hash", pa.string()),
        ("date_posted", pa.timestamp("us", tz="UTC")),
        ("retrieved_at", pa.timestamp("us", tz="UTC")),
        ("is_live", pa.bool_()),
        ("reading_version", pa.string()),
    ]
)

_UNREADABLE = Stated(key="", url=None, title="", company="", description="")


def read_records(versions: duckdb.DuckDBPyRelation) -> pa.RecordBatchReader:
    """Return rows of stg_boards__postings as silver has them (dbt's board_postings.yml).

    Reads batch by batch while the result is consumed.
    """
    # The rows leave the connection first: dbt writes the result through the same connection.
    rows = versions.to_arrow_table()
    return pa.RecordBatchReader.from_batches(_COLUMNS, _read(rows))


def _read(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    for batch in rows.to_batches(max_chunksize=_BATCH_ROWS):
        read = [_silver(row) for row in batch.to_pylist()]
        yield pa.RecordBatch.from_pylist(read, schema=_COLUMNS)


def _silver(row: dict[str, Any]) -> dict[str, Any]:
    """Return the silver row of one raw record; one that is unreadable by now is not live."""
    source = board(row["source"])
    try:
        stated, is_live = source.state(json.loads(row["payload"])), True
        url = posting_url(source.name, stated)
    except UnreadableRecordError:
        stated, is_live = _UNREADABLE, False
        url = f"{source.name}://{row['posting_id']}"
    salary = asdict(stated.salary) if stated.salary else {}
    return {
        "posting_id": row["posting_id"],
        "source": source.name,
        "source_key": stated.key,
        "url": url,
        "title": stated.title,
        "company": stated.company,
        "location": stated.location,
        "locations": [place.name for place in most_exact(find_places(stated.location or ""))],
        "country": stated.country,
        "remote": stated.remote,
        "level_bucket": stated.level,
        "salary_min": salary.get("min"),
        "salary_max": salary.get("max"),
        "salary_currency": salary.get("currency"),
        "salary_period": salary.get("period"),
        "description_raw": stated.description,
        "raw_json": row["payload"],
        "payload_hash": row["payload_hash"],
        "date_posted": stated.date_posted,
        "retrieved_at": row["ingested_at"],
        "is_live": is_live,
        "reading_version": reading_version(),
    }
