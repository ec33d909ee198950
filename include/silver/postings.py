"""Classify postings from the warehouse, as Arrow batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from include.code_version import code_version
from include.postings import PostingFields, extract_posting
from include.postings.ats_links import SYSTEM_DOMAINS, Board, board_of, boards_in
from include.postings.domains import domains_in
from include.postings.extract import HACKER_NEWS, Record, extract_postings
from include.postings.job_name import job_name
from include.postings.result import Job, Salary
from include.postings.taxonomy import load_taxonomy
from include.settings import get_settings
from include.silver.batches import Row, read_batches
from include.silver.places import PLACES_TYPE, place_rows
from include.silver.processes import answered, cores

if TYPE_CHECKING:
    import duckdb

__all__ = ["READ_COLUMNS", "classifier_version", "read_postings", "read_texts"]

BATCH_ROWS = 1_000  # about 1.5 MB of text: little memory, yet the cost per batch is negligible
# A process starts in the time in which another reads so many postings.
_ROWS_A_PROCESS = 3_000
_MODULE = "include.silver.reading_process"

# Columns that pass through unchanged; they stay Arrow and never become Python objects.
_KEPT = (
    "posting_id",
    "source",
    "source_key",
    "url",
    "canonical_url",
    "thread_id",
    "location",
    "description_raw",
    "raw_json",
    "payload_hash",
    "reading_version",
    "month",
    "date_posted",
    "retrieved_at",
    "is_live",
)

_READ = [
    "posting_id", "source", "url", "canonical_url", "is_live", "title", "company",
    "description_raw", "reader_error",
]  # fmt: skip

_SALARY = [
    ("salary_min", pa.float64()),
    ("salary_max", pa.float64()),
    ("salary_currency", pa.string()),
    ("salary_period", pa.string()),
]
_JOB = pa.struct(
    [
        ("title", pa.string()),
        ("roles", pa.list_(pa.string())),
        ("levels", pa.list_(pa.string())),
        ("family", pa.string()),
        ("remote", pa.string()),
        ("locations", pa.list_(pa.string())),
        *_SALARY,
        ("places", PLACES_TYPE),
    ]
)

READ_COLUMNS = pa.schema(
    [
        ("is_job", pa.bool_()),
        ("title", pa.string()),
        ("company", pa.string()),
        ("remote", pa.string()),
        ("locations", pa.list_(pa.string())),
        ("country", pa.string()),
        ("countries", pa.list_(pa.string())),
        ("places", PLACES_TYPE),
        ("roles", pa.list_(pa.string())),
        ("levels", pa.list_(pa.string())),
        ("role_bucket", pa.string()),
        ("level_bucket", pa.string()),
        *_SALARY,
        ("visa", pa.string()),
        ("job_name", pa.string()),
        ("domains", pa.list_(pa.string())),
        ("boards", pa.list_(pa.string())),
        ("jobs", pa.list_(_JOB)),
        ("skills", pa.list_(pa.struct([("skill", pa.string()), ("count", pa.int64())]))),
        ("classifier_version", pa.string()),
        ("reader_error", pa.string()),
    ]
)
"""The columns that the classifier adds or replaces."""

_NO_JOB = PostingFields(is_job=False)


@cache
def classifier_version() -> str:
    """Return the version of the rules and of the taxonomy, such as "3f0c2b9a81d4+5e2a90bb".

    dbt classifies a posting again if its stored version differs.
    """
    return f"{code_version('include.silver.postings')}+{load_taxonomy().version}"


def read_postings(unread: duckdb.DuckDBPyRelation) -> pa.RecordBatchReader:
    """Return the rows of ``unread`` with the classifier's columns, READ_COLUMNS.

    Batches are classified as the result is consumed.
    """
    # Materialise the input first: dbt writes the result through the same connection, which cannot
    # stream a query meanwhile.
    rows = unread.select(*_KEPT, "title", "company", "reader_error").to_arrow_table()
    schema = pa.unify_schemas([rows.select(_KEPT).schema, READ_COLUMNS])
    return pa.RecordBatchReader.from_batches(schema, _read(rows))


def _read(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    processes = min(_processes(), len(rows) // _ROWS_A_PROCESS)
    batches = rows.to_batches(max_chunksize=BATCH_ROWS)
    texts = [batch.select(_READ) for batch in batches]
    # A day's postings are read before another process has started.
    several = processes > 1
    found = answered(_MODULE, texts, processes=processes) if several else map(read_texts, texts)
    for batch, read in zip(batches, found, strict=True):
        kept = batch.select(list(_KEPT))
        yield pa.RecordBatch.from_arrays(
            [*kept.columns, *read.columns], names=[*kept.schema.names, *read.schema.names]
        )


def read_texts(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return READ_COLUMNS for a batch of the columns that are read."""
    rows = batch.to_pylist()
    readings = extract_postings(_record(row) for row in rows if row["is_live"])
    answer = partial(_answer, readings)
    (read,) = read_batches([batch], READ_COLUMNS, answer, _unreadable)
    return read


def _record(row: Row) -> Record:
    return Record(row["description_raw"], row["title"], row["company"], row["source"])


def _processes() -> int:
    return get_settings().reading_processes or cores()


def _answer(readings: Mapping[Record, PostingFields], row: Row) -> Row:
    """Return the columns of READ_COLUMNS for one posting; a dead one is not classified."""
    if not row["is_live"]:
        return _columns(row, _NO_JOB, job_name=_job_name(row, _NO_JOB))
    record = _record(row)
    reading = readings.get(record) or extract_posting(
        record.text, title=record.title, company=record.company, source=record.source
    )
    return {**_columns(row, reading, job_name=_job_name(row, reading)), **_links(row)}


def _links(row: Row) -> dict[str, list[str]]:
    """Return the domains that a posting names, and the boards, as ``system:slug``."""
    is_comment = row["source"] == HACKER_NEWS
    # A record's page is on its board or on the company's site.
    markup = row["description_raw"] if is_comment else f"{row['url']} {row['description_raw']}"
    domains = domains_in(markup)
    boards: Iterable[Board] = ()
    if not is_comment and (own := board_of(row["canonical_url"])):
        boards = (own,)
    elif not SYSTEM_DOMAINS.isdisjoint(domains):
        boards = boards_in(markup)
    return {"domains": list(domains), "boards": [":".join(board.key) for board in boards]}


def _unreadable(row: Row, why: str) -> Row:
    """Return the columns of a posting that the classifier fails on: no job, with the reason."""
    return {**_columns(row, _NO_JOB, job_name=None), "reader_error": row["reader_error"] or why}


def _job_name(row: Row, reading: PostingFields) -> str | None:
    return job_name(
        company=row["company"] or reading.company or "",
        title=row["title"] or reading.title or "",
        text=row["description_raw"],
        is_comment=row["source"] == HACKER_NEWS,
    )


def _columns(row: Row, reading: PostingFields, *, job_name: str | None) -> dict[str, Any]:
    return {
        "is_job": reading.is_job,
        # The board's own title and company win over anything read in the text.
        "title": row["title"] or reading.title,
        "company": row["company"] or reading.company or "",
        "remote": reading.remote,
        "locations": list(reading.locations),
        "country": reading.country,
        "countries": list(reading.countries),
        "places": place_rows(reading.places),
        "roles": list(reading.roles),
        "levels": list(reading.levels),
        "role_bucket": reading.role_bucket,
        "level_bucket": reading.level_bucket,
        **_pay(reading.salary),
        "visa": reading.visa,
        "job_name": job_name,
        "domains": [],
        "boards": [],
        "jobs": [_job(job) for job in reading.jobs],
        "skills": [{"skill": skill, "count": count} for skill, count in reading.skills],
        "classifier_version": classifier_version(),
        "reader_error": row["reader_error"],
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "title": job.title,
        "roles": list(job.roles),
        "levels": list(job.levels),
        "family": job.family,
        "remote": job.remote,
        "locations": list(job.locations),
        **_pay(job.salary),
        "places": place_rows(job.places),
    }


def _pay(salary: Salary | None) -> dict[str, Any]:
    return {
        "salary_min": salary.min if salary else None,
        "salary_max": salary.max if salary else None,
        "salary_currency": salary.currency if salary else None,
        "salary_period": salary.period if salary else None,
    }
