"""Parse raw board records from the warehouse into silver rows, as Arrow batches."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from include.errors import ConfigurationError
from include.postings.job_name import job_place
from include.postings.places import Place, countries_of, find_places, in_country, written
from include.silver.batches import Row, read_batches
from include.silver.places import PLACES_TYPE, place_rows
from include.sources.answers import Unread, read_value
from include.sources.company_names import company_in_text
from include.sources.links import canonical_url
from include.sources.normalise import posting_url
from include.sources.record import Reason
from include.sources.registry import board, reading_version, system
from include.sources.source import ParsedRecord, Source, UnreadableRecordError
from include.sources.system import System, posting_address

if TYPE_CHECKING:
    import duckdb

__all__ = ["read_records", "reading_version"]

T = TypeVar("T")

# As in silver/postings.py: little memory, and a negligible cost per batch.
_BATCH_ROWS = 2_000

_COLUMNS = pa.schema(
    [
        ("posting_id", pa.string()),
        ("source", pa.string()),
        ("source_key", pa.string()),
        ("board", pa.string()),
        ("board_company", pa.string()),
        ("url", pa.string()),
        ("canonical_url", pa.string()),
        ("title", pa.string()),
        ("company", pa.string()),
        ("location", pa.string()),
        ("locations", pa.list_(pa.string())),
        ("places_stated", pa.string()),
        ("job_place", pa.string()),
        ("country", pa.string()),
        ("countries", pa.list_(pa.string())),
        ("places", PLACES_TYPE),
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
        ("reader_error", pa.string()),
        ("reading_version", pa.string()),
    ]
)

_NOTHING = ParsedRecord(key="", url=None, title="", company="", description="")


def read_records(versions: duckdb.DuckDBPyRelation) -> pa.RecordBatchReader:
    """Return silver rows for the rows of stg_boards__postings (columns: board_postings.yml).

    Batches are parsed as the result is consumed. For an unreadable record ``is_live`` is false and
    ``reader_error`` has the reason.
    """
    # Materialise the input first: dbt writes the result through the same connection, which cannot
    # stream a query meanwhile.
    rows = versions.to_arrow_table().to_batches(max_chunksize=_BATCH_ROWS)
    return pa.RecordBatchReader.from_batches(
        _COLUMNS, read_batches(rows, _COLUMNS, _silver, _unreadable)
    )


def _silver(row: Row) -> Row:
    """Return the silver row of one raw record, parsed by its source."""
    if row.get("board") is not None:
        return _company_row(row)
    source = _source(row["source"])
    stated = source.parse(_payload(row["payload"]))
    return _columns(row, stated, url=posting_url(source.name, stated))


def _company_row(row: Row) -> Row:
    """Return the row of a company's board; its company is named by the first that names it.

    The record, the directory of boards (operator, answer, linking posting), the text. Never the
    board's name in links.
    """
    source, board_name = _system(row["source"]), row["board"]
    stated = source.parse(_payload(row["payload"]), board_name)
    company = (
        stated.company
        or row.get("board_company")
        or company_in_text(stated.description, board_name)
        or ""
    )
    address = posting_address(source.name, board_name, stated.key)
    columns = _columns(row, replace(stated, company=company), url=stated.url or address)
    return {**columns, "canonical_url": address}


def _payload(text: str) -> dict[str, Any]:
    payload = read_value(text)
    if isinstance(payload, Unread):
        raise UnreadableRecordError(payload.reason, payload.message)
    if not isinstance(payload, dict):
        raise UnreadableRecordError(Reason.NOT_AN_OBJECT, f"a {type(payload).__name__}")
    return payload


def _source(name: str) -> Source:
    return _registered(board, name)


def _system(name: str) -> System:
    return _registered(system, name)


def _registered(find: Callable[[str], T], name: str) -> T:
    try:
        return find(name)
    except ConfigurationError as error:  # the board was removed, its records remain
        raise UnreadableRecordError(Reason.READER_FAILED, str(error)) from error


def _unreadable(row: Row, why: str) -> Row:
    """Return the row of an unreadable record: identified, but not live."""
    url = f"{row['source']}://{row['posting_id']}"
    return {**_columns(row, _NOTHING, url=url), "is_live": False, "reader_error": why}


def _columns(row: Row, stated: ParsedRecord, *, url: str) -> dict[str, Any]:
    # Places listed by the record are exact; its location text has to be searched.
    places = stated.places or find_places(stated.location or "")
    known = _known_places(stated, places)
    salary = asdict(stated.salary) if stated.salary else {}
    return {
        "posting_id": row["posting_id"],
        "source": row["source"],
        "source_key": stated.key,
        "board": row.get("board"),
        "board_company": row.get("board_company"),
        "url": url,
        "canonical_url": canonical_url(url),
        "title": stated.title,
        "company": stated.company,
        "location": stated.location,
        "locations": list(written(places)),
        "places_stated": _as_json(stated.places_stated),
        "job_place": job_place(stated.location, places),
        "country": stated.country,
        "countries": list(countries_of(known)),
        "places": place_rows(known),
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
        "is_live": True,
        "reader_error": None,
        # Two versions, of the Python code and of the dbt models: dbt parses a row again if either
        # changes.
        "reading_version": f"{reading_version()} {row['code_version']}",
    }


def _known_places(stated: ParsedRecord, places: Sequence[Place]) -> list[Place]:
    """Return the record's places, or else its country; one applies for a remote job from there."""
    known = list(places) or [in_country(code) for code in (stated.country,) if code]
    if stated.remote == "remote":
        return [place._replace(relation="hire_from") for place in known]
    return known


def _as_json(value: list[Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
