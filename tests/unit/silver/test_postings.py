"""Silver's readers: one odd payload is one unreadable row, and analytics goes on."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from include.postings import extract
from include.postings.result import Salary
from include.silver.board_postings import read_records
from include.silver.postings import read_postings
from include.sources.boards.remotive import Remotive

NOW = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
ODD = "Odd one"
RAISED = [
    KeyError("company"),
    TypeError("unhashable type: 'list'"),
    AttributeError("'int' object has no attribute 'strip'"),
    RecursionError("maximum recursion depth exceeded"),
    OverflowError("int too large to convert to float"),
    AssertionError("cannot be"),
    ValueError("Invalid IPv6 URL"),
    UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
]


def stored(*payloads: Any, source: str = "remotive") -> duckdb.DuckDBPyRelation:
    """Rows of stg_boards__postings."""
    rows = [
        (f"{n:032x}", source, json.dumps(payload), "hash", "code", NOW)
        for n, payload in enumerate(payloads)
    ]
    connection = duckdb.connect()
    connection.execute(
        "create table versions (posting_id varchar, source varchar, payload varchar, "
        "payload_hash varchar, code_version varchar, ingested_at timestamptz)"
    )
    connection.executemany("insert into versions values (?, ?, ?, ?, ?, ?)", rows)
    return connection.table("versions")


def job(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": number, "title": f"Engineer {number}", "company_name": "Acme",
            "description": "<p>Python", **changes}  # fmt: skip


def silver(*payloads: Any, source: str = "remotive") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        read_records(stored(*payloads, source=source)).read_all().to_pylist()
    )
    return rows


@pytest.fixture
def odd_state(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], Any]], None]:
    """Let the board's reader do something else with the record whose title is ODD."""
    genuine = Remotive.parse

    def change(work: Callable[[Any], Any]) -> None:
        def parse(self: Remotive, payload: dict[str, Any]) -> Any:
            stated = genuine(self, payload)
            return work(stated) if stated.title == ODD else stated

        monkeypatch.setattr(Remotive, "parse", parse)

    return change


def raising(error: Exception) -> Callable[[Any], Any]:
    def work(_: Any) -> Any:
        raise error

    return work


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_a_reader_that_raises_on_one_stored_record_costs_that_record_alone(
    odd_state, caplog, error
):
    odd_state(raising(error))
    with caplog.at_level(logging.WARNING):
        first, odd, last = silver(job(1), job(2, title=ODD), job(3))
    assert (first["is_live"], odd["is_live"], last["is_live"]) == (True, False, True)
    assert (first["reader_error"], last["reader_error"]) == (None, None)
    reason = odd["reader_error"].partition(":")[0]
    assert reason in ("reader_failed", "invalid_posting", "invalid_unicode")
    assert odd["posting_id"] == f"{1:032x}"
    assert json.loads(odd["raw_json"])["title"] == ODD
    assert "1 records cannot be read" in caplog.text
    assert odd["posting_id"] in caplog.text


@pytest.mark.parametrize(
    "changes",
    [
        {"salary": Salary(10**400, 10**400, "USD", "year")},
        {"title": "a \ud800 title"},
        {"company": 7},
        {"location": ["Berlin"]},
        {"date_posted": "yesterday"},
        {"description": None, "url": "x" * 10, "key": object()},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_value_that_no_column_holds_costs_its_record_alone(odd_state, changes):
    odd_state(lambda stated: replace(stated, **changes))
    first, odd, last = silver(job(1), job(2, title=ODD), job(3))
    assert (first["title"], last["title"]) == ("Engineer 1", "Engineer 3")
    assert (odd["is_live"], odd["title"]) == (False, "")
    assert odd["reader_error"]


@pytest.mark.parametrize("payload", [None, 7, "text", [], [1], True, {}])
def test_a_stored_payload_that_is_no_record_is_named_and_not_live(payload):
    (row,) = silver(payload)
    assert not row["is_live"]
    assert row["url"] == f"remotive://{0:032x}"


def test_the_records_of_a_board_whose_file_is_gone_are_kept_and_not_live():
    (row,) = silver(job(1), source="monster")
    assert (row["source"], row["is_live"]) == ("monster", False)
    assert "Unknown source" in row["reader_error"]


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), MemoryError()])
def test_a_fault_of_the_machine_is_no_fault_of_the_record(odd_state, error):
    odd_state(raising(error))
    with pytest.raises(type(error)):
        silver(job(1), job(2, title=ODD))


def comments(*texts: str) -> duckdb.DuckDBPyRelation:
    """Rows of int_postings__unioned: a thread's comments."""
    connection = duckdb.connect()
    connection.execute(
        """
        create table as_one as
        select
            printf('%032x', key) as posting_id, 'hacker_news' as source, key::varchar as source_key,
            'https://news.example/' || key as url, 1::bigint as thread_id, null::varchar as title,
            'https://news.example/' || key as canonical_url,
            null::varchar as company, null::varchar as location, text as description_raw,
            '{}' as raw_json, 'hash' as payload_hash, null::varchar as reading_version,
            date '2026-10-01' as month, now() as date_posted, now() as retrieved_at,
            true as is_live, null::varchar as reader_error
        from (select unnest(range(len($texts))) as key, unnest($texts) as text)
        """,
        {"texts": list(texts)},
    )
    return connection.table("as_one")


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_a_text_that_the_classifier_fails_on_is_no_job_and_the_others_are_read(
    monkeypatch, caplog, error
):
    genuine = extract.Reading

    def reading(plain: str, **given: Any) -> Any:
        if ODD in plain:
            raise error
        return genuine(plain, **given)

    monkeypatch.setattr(extract, "Reading", reading)
    texts = [f"Acme | {name} | Engineer | Berlin | Python" for name in ("One", ODD, "Two")]
    with caplog.at_level(logging.WARNING):
        rows = read_postings(comments(*texts)).read_all().to_pylist()
    assert [row["is_job"] for row in rows] == [True, False, True]
    assert [bool(row["reader_error"]) for row in rows] == [False, True, False]
    assert rows[1]["description_raw"] == texts[1]
    assert f"hacker_news {rows[1]['posting_id']}" in caplog.text


def test_what_a_board_could_not_read_is_no_job_and_says_why():
    unread = comments("Acme | Engineer | Berlin | Python").query(
        "rows",
        "select * replace (false as is_live, 'reader_failed: why' as reader_error) from rows",
    )
    (row,) = read_postings(unread).read_all().to_pylist()
    assert (row["is_job"], row["reader_error"]) == (False, "reader_failed: why")


def test_a_posting_has_the_domains_and_boards_that_it_names():
    text = "Acme | Baker | Oslo | https://acme.test<p>https://jobs.lever.co/Acme/7 jobs@birch.io"
    (comment,) = read_postings(comments(text)).read_all().to_pylist()
    assert comment["domains"] == ["acme.test", "lever.co", "birch.io"]
    assert comment["boards"] == ["lever:acme"]
