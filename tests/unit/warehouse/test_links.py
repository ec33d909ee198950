"""Which record is which job: what one link names."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from include.postings.model import IngestionQuery
from include.settings import Settings
from include.sources.page_reader import PageReader
from include.sources.registry import board
from include.sources.source import Page
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import Ledger, job_postings, load

NOW = dt.datetime(2026, 6, 20, tzinfo=dt.UTC)
TARGET = job_postings("remotive", "2026-06-20")
PAGE = "https://acme.example/careers"
QUERY = IngestionQuery(location="Anywhere", days=90, max_results=10_000)


class FetchContext:
    """What a page reader needs of its context."""

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
