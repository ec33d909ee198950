"""Which record is which job: what one link names, in one load and through an upgrade."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import duckdb
import pytest

from include.postings.model import IngestionQuery, posting_id
from include.settings import Settings
from include.sources.registry import board
from include.sources.source import Page
from include.sources.page_reader import PageReader
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import Ledger, job_postings, load
from include.warehouse.rekey import rekey_postings
from include.warehouse.schema import MIGRATIONS, migrate, version_of

NOW = dt.datetime(2026, 6, 20, tzinfo=dt.UTC)
TARGET = job_postings("remotive", "2026-06-20")
PAGE = "https://acme.example/careers"
QUERY = IngestionQuery(location="Anywhere", days=90, max_results=10_000)


class FetchContext:
    """What a walk needs of a desk."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.query, self.now = settings, QUERY, NOW


def job(number: int | None, url: str = PAGE, title: str = "Engineer", **more: Any) -> Any:
    named = {} if number is None else {"id": number}
    return {**named, "url": url, "title": title, "company_name": "Acme", **more}


def walked(settings: Settings, *pages: list[Any]) -> PageReader:
    context: Any = FetchContext(settings)
    walk = PageReader(board("remotive"), context)
    walk.read([Page([(value, json.dumps(value)) for value in page]) for page in pages])
    return walk


def loaded(settings: Settings, *chunks: list[Any], run: str = "r1", **more: Any) -> Ledger:
    """Load chunks of records, each chunk walked by a task of its own."""
    manifests = [
        stage(
            walked(settings, values).records.values(), settings.staging_dir, source="remotive",
            partition="2026-06-20", run=run, name=f"chunk {number}",
        )
        for number, values in enumerate(chunks)
    ]  # fmt: skip
    return load(TARGET, manifests, run_id=run, started_at=NOW, settings=settings, **more)


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(sql).fetchall()


REJECTS = "select reason_code, state, payload ->> 'id' from bronze.rejects order by payload"
STORED = "select payload ->> 'id' from bronze.raw_job_postings order by ingested_at"


def test_jobs_of_one_page_told_apart_by_the_fragment_are_two_postings(settings: Settings) -> None:
    ledger = loaded(settings, [job(1, f"{PAGE}#/jobs/101"), job(2, f"{PAGE}#/jobs/102")])
    assert (ledger.inserted, ledger.rejected) == (2, 0)


def test_the_same_record_on_two_pages_is_one_repetition(settings: Settings) -> None:
    walk = walked(settings, [job(1), job(2, f"{PAGE}/2")], [job(1)])
    assert (walk.records_seen, len(walk.records)) == (3, 2)


def test_of_two_versions_of_a_record_the_later_one_is_kept(settings: Settings) -> None:
    walk = walked(settings, [job(1, title="Old")], [job(1, title="New")])
    assert [json.loads(r.payload or "")["title"] for r in walk.records.values()] == ["New"]


def test_records_without_ids_of_their_own_are_told_apart_by_link_alone(settings: Settings) -> None:
    ledger = loaded(settings, [job(None, title="A"), job(None, title="B")])
    assert (ledger.inserted, ledger.rejected) == (1, 0)


@pytest.mark.parametrize("chunks", [([job(9), job(10)],), ([job(10)], [job(9)])])
def test_two_jobs_of_one_link_are_counted_and_none_is_lost(
    settings: Settings, chunks: tuple[list[Any], ...]
) -> None:
    ledger = loaded(settings, *chunks)
    assert ledger.expected == ledger.fetched == 2
    assert (ledger.inserted, ledger.unchanged, ledger.rejected) == (1, 0, 1)
    assert rows(settings, STORED) == [("9",)]  # the smaller id was there first
    assert rows(settings, REJECTS) == [("same_link", "open", "10")]


def test_jobs_of_one_link_do_not_take_turns_from_load_to_load(settings: Settings) -> None:
    loaded(settings, [job(9), job(10)])
    again = loaded(settings, [job(10), job(9)], run="r2")
    assert (again.inserted, again.unchanged, again.rejected) == (0, 1, 1)
    assert len(rows(settings, REJECTS)) == 1


def test_the_job_that_waits_takes_the_link_when_the_other_is_gone(settings: Settings) -> None:
    loaded(settings, [job(9), job(10)])
    later = loaded(settings, [job(10)], run="r2")
    assert (later.inserted, later.updated, later.rejected) == (1, 1, 0)
    assert rows(settings, STORED) == [("9",), ("10",)]
    assert rows(settings, REJECTS) == [("same_link", "replayed", "10")]


def test_links_that_name_no_job_do_not_stop_a_load(settings: Settings) -> None:
    strict = settings.model_copy(update={"max_error_ratio": 0.0, "error_allowance_records": 0})
    ledger = loaded(strict, [job(number) for number in range(1, 31)])
    assert (ledger.inserted, ledger.rejected) == (1, 29)


def test_a_wanted_job_is_kept_beside_an_unwanted_one_of_the_same_link(settings: Settings) -> None:
    old = job(9, publication_date="2025-01-01T00:00:00")
    walk = walked(settings, [old, job(10)])
    assert sorted(record.status for record in walk.records.values()) == ["fetched", "filtered"]


def stored_by_the_first_rule(connection: duckdb.DuckDBPyConnection, number: int, url: str) -> str:
    """Insert a version under the id and hash of the code before fragments named jobs."""
    was = url.partition("#")[0].replace("?12345", "?12345=")
    payload = json.dumps(job(number, url))
    hashed = json.dumps(job(number, was), sort_keys=True, separators=(",", ":"))
    key = posting_id("remotive", was)
    connection.execute(
        "insert into bronze.raw_job_postings values "
        f"(uuid(), now() + interval ({number}) second, 'remotive', ?, ?, ?)",
        [key, payload, hashlib.sha256(hashed.encode()).hexdigest()],
    )
    return key


LINKS = [f"{PAGE}#/jobs/1", f"{PAGE}#/jobs/2", f"{PAGE}/7", f"{PAGE}?12345", f"{PAGE}/8#apply"]


def test_upgrade_stores_every_version_under_the_id_of_its_own_link() -> None:
    connection = duckdb.connect()
    migrate(connection, MIGRATIONS[:3])
    was = [stored_by_the_first_rule(connection, n, url) for n, url in enumerate(LINKS, start=1)]
    assert was[0] == was[1]
    migrate(connection)
    found = dict(
        connection.execute(
            "select (payload ->> 'id')::int, posting_id from bronze.raw_job_postings"
        ).fetchall()
    )
    names = [*LINKS[:4], f"{PAGE}/8"]
    assert found == {n: posting_id("remotive", url) for n, url in enumerate(names, start=1)}
    assert (found[3], found[5]) == (was[2], was[4])


def test_record_that_comes_again_after_an_upgrade_is_unchanged(settings: Settings) -> None:
    with open_warehouse(settings) as connection:
        for number, url in enumerate(LINKS, start=1):
            stored_by_the_first_rule(connection, number, url)
        connection.execute("delete from bronze.schema_versions where version > 3")
    ledger = loaded(settings, [job(number, url) for number, url in enumerate(LINKS, start=1)])
    assert (ledger.unchanged, ledger.inserted) == (5, 0)


def test_version_that_no_source_can_read_by_now_keeps_its_key() -> None:
    connection = duckdb.connect()
    migrate(connection)
    for source, payload in (("gone", '{"id": 1}'), ("remotive", "{}"), ("remotive", "[1]")):
        connection.execute(
            "insert into bronze.raw_job_postings values (uuid(), now(), ?, 'k', ?, 'h')",
            [source, payload],
        )
    rekey_postings(connection)
    assert connection.execute(
        "select distinct posting_id, payload_hash from bronze.raw_job_postings"
    ).fetchall() == [("k", "h")]
    assert version_of(connection) == len(MIGRATIONS)
