"""Read the comments of those who look for work into silver rows, as Arrow batches."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from include.code_version import code_version
from include.postings.markup import plain_text
from include.postings.seeker import Seeker, read_seeker
from include.postings.taxonomy import load_taxonomy
from include.silver.batches import Row, read_batches
from include.silver.places import place_rows

if TYPE_CHECKING:
    import duckdb

__all__ = ["read_seekers", "reading_version"]

_BATCH_ROWS = 2_000
_DIGEST_CHARACTERS = 16
_IDS = pa.list_(pa.string())
_COLUMNS = pa.schema(
    [
        ("item_id", pa.int64()),
        ("kind", pa.string()),
        ("thread_id", pa.int64()),
        ("month", pa.date32()),
        ("side", pa.string()),
        ("remote", pa.string()),
        ("relocate", pa.string()),
        ("places", _IDS),
        ("skills", _IDS),
        ("levels", _IDS),
        ("text_digest", pa.string()),
        ("payload_hash", pa.string()),
        ("posted_at", pa.timestamp("us", tz="UTC")),
        ("ingested_at", pa.timestamp("us", tz="UTC")),
        ("reader_error", pa.string()),
        ("reading_version", pa.string()),
    ]
)


@cache
def reading_version() -> str:
    """Return the version of the reader and of the taxonomy; dbt reads a row again if it differs."""
    return f"{code_version('include.silver.seekers')}+{load_taxonomy().version}"


def read_seekers(versions: duckdb.DuckDBPyRelation) -> pa.RecordBatchReader:
    """Return silver rows (columns: seekers.yml) for rows of stg_hn__seekers.

    ``source`` and ``posting_id`` of a row name it in the log if it cannot be read.
    """
    # Materialise the input first: dbt writes the result through the same connection.
    batches = versions.to_arrow_table().to_batches(max_chunksize=_BATCH_ROWS)
    return pa.RecordBatchReader.from_batches(
        _COLUMNS, read_batches(batches, _COLUMNS, _silver, _unread)
    )


def _silver(row: Row) -> Row:
    text = "" if row["is_gone"] else row["text"] or ""
    return _columns(row, read_seeker(text, row["kind"]) if text else Seeker("other"), text)


def _unread(row: Row, why: str) -> Row:
    return {**_columns(row, Seeker("other"), ""), "reader_error": why}


def _columns(row: Row, seeker: Seeker, text: str) -> dict[str, Any]:
    kept = ("item_id", "kind", "thread_id", "month", "payload_hash", "posted_at", "ingested_at")
    return {
        **{name: row[name] for name in kept},
        "side": seeker.side,
        "remote": seeker.remote,
        "relocate": seeker.relocate,
        "places": list(dict.fromkeys(place["place_id"] for place in place_rows(seeker.places))),
        "skills": list(seeker.skills),
        "levels": list(seeker.levels),
        "text_digest": _digest(text),
        "reader_error": None,
        "reading_version": f"{reading_version()} {row['code_version']}",
    }


def _digest(text: str) -> str | None:
    """Return a digest of the words, whatever their case and layout; None without any."""
    words = plain_text(text).lower().split()
    if not words:
        return None
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:_DIGEST_CHARACTERS]
