"""Every field of every source given every kind of value: read or rejected, counted, never raised.

From the answer's text over the walk, the staged file and the load to what silver reads.
"""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from include.postings.model import IngestionQuery
from include.settings import PROJECT_ROOT, Settings
from include.silver.board_postings import read_records
from include.sources.answers import read_answer
from include.sources.hacker_news.client import kids_of, read_item
from include.sources.page_reader import PageReader
from include.sources.record import Record
from include.sources.registry import board
from include.sources.source import Page
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import BronzeTable, Ledger, hn_items, job_postings, load
from sample.boards import BOARDS
from sample.world import World

NOW = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
VALUES = (
    "null", "true", "false", "0", "1", "-1", "1.0", "1.5", "-0.0", "1e999", "-1e999", "NaN",
    "Infinity", "9" * 25, "9" * 400, "9" * 5_000, '""', '" "', '"x"', '"7"', '"95.00"',
    r'"\ud800"', r'"a\udfffb"', r'"\u0000"', r'"\u001b[31m\u0007\u202e"', r'"\ud83d\ude00"',
    '"' + "long " * 20_000 + '"', '"2026-99-99"', '"0001-01-01T00:00:00+14:00"', '"https://[x"',
    '"https://a.example/\\ud800"', '"javascript:alert(1)"', '"../../user/x"', '"&lt;p&gt;x"',
    "[]", "{}", "[null]", "[[[]]]", '[1, "a", null, {}]', r'["\ud800"]', '[{"name": 5}]',
    r'{"name": "\ud800"}', '{"a": 1, "a": 2}', '{"a": {"b": [{"c": true}]}}',
    "[" * 100_000 + "]" * 100_000, '{"a":' * 2_000 + "1" + "}" * 2_000,
)  # fmt: skip
MARK = "the value goes here"


def answer(board_name: str, every: int) -> tuple[str, int]:
    """A board's answer with records for each field and value, and how many those are.

    Each field has every n-th of the values, so that n fields have all of them.
    """
    world = World(jobs=300, today=NOW.date())
    records = iter(world.records(board_name) * 20)
    texts = []
    for first, name in enumerate([*world.records(board_name)[0], "a field that nobody knows"]):
        for number, value in [*enumerate(VALUES)][first % every :: every]:
            record = {**next(records), name: MARK}
            for own in ("id", "slug", "guid"):
                if own in record and name != own:  # each another job
                    record[own] = f"{name} {number}" if own != "id" else len(texts) + 1
            for link in ("url", "guid", "applicationLink", "final_url"):
                if link in record and name != link:
                    record[link] = f"https://jobs.example/{len(texts)}"
            texts.append(json.dumps(record).replace(f'"{MARK}"', value))
    texts += VALUES  # and records that are no object
    return f'{{"records": [{", ".join(texts)}]}}', len(texts)


def commit(records: list[Record], target: BronzeTable, settings: Settings) -> Ledger:
    """Stage and load the records; the load itself checks that the counts add up."""
    manifest = stage(
        records, settings.staging_root, source=target.source, partition=target.partition,
        run="run", name="all",
    )  # fmt: skip
    return load(target, [manifest], run_id="run", started_at=NOW, settings=settings)


@pytest.fixture
def lenient(settings: Settings) -> Settings:
    """Settings by which no share of bad records is too large."""
    return settings.model_copy(update={"error_allowance_records": 1_000_000})


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", BOARDS)
def test_every_value_in_every_field_of_a_board_is_loaded_or_rejected_and_counted(
    name, every, lenient
):
    text, sent = answer(name, every)
    found = read_answer(text, "records")
    query = IngestionQuery(location="Anywhere", days=36_500, max_results=1_000_000)
    context: Any = SimpleNamespace(query=query, now=NOW, settings=lenient)
    walk = PageReader(board(name), context)
    walk.read([Page(found.records)])
    assert walk.records_seen == len(found.records) == sent
    ledger = commit([*walk.records.values()], job_postings(name, "day"), lenient)
    assert ledger.expected + ledger.filtered == len(walk.records)
    assert ledger.rejected > len(VALUES) // 2
    assert ledger.inserted > sent // 2
    with open_warehouse(lenient) as warehouse:
        raw = warehouse.sql("select *, payload::varchar as payload from bronze.raw_job_postings")
        kept = raw.select(
            "posting_id, source, payload, payload_hash, 'v' as code_version, ingested_at"
        )
        rows = read_records(kept).read_all().to_pylist()
        keys = warehouse.sql("select record_key from bronze.rejects").fetchall()
    assert len(rows) == ledger.inserted
    assert [row["reader_error"] for row in rows if row["reader_error"]] == []
    assert len(keys) == ledger.rejected
    for (key,) in keys:
        key.encode()


def item(number: int, name: str, value: str) -> str:
    fields = {"id": number, "type": "comment", "by": "x", "parent": 1, "time": 1_780_000_000,
              "text": f"Firm {number} | Engineer | Berlin | Python", "kids": [], "title": "t",
              "dead": False, "deleted": False, "score": 1}  # fmt: skip
    return json.dumps({**fields, name: MARK}).replace(f'"{MARK}"', value)


def test_every_value_in_every_field_of_an_item_is_loaded_or_rejected_and_counted(lenient):
    names = ("id", "type", "by", "parent", "time", "text", "kids", "title", "dead", "deleted", "x")
    cases = [(name, value) for name in names for value in VALUES]
    records = []
    for number, (name, value) in enumerate(cases, start=10):
        record, payload = read_item(number, item(number, name, value))
        records.append(record)
        assert all(type(kid) is int and kid > 0 for kid in kids_of(payload))
    for number, value in enumerate(VALUES, start=10_000):
        records.append(read_item(number, value)[0])
    ledger = commit(records, hn_items(dt.date(2026, 10, 1), 1), lenient)
    assert ledger.expected == len(records)
    assert ledger.tombstones == 1  # null, and nothing else
    with open_warehouse(lenient) as warehouse:
        silver = warehouse.sql(_silver_items()).fetchall()
    assert len(silver) == ledger.inserted


def _silver_items() -> str:
    models = PROJECT_ROOT / "dbt"
    macro = (models / "macros" / "epoch_to_timestamp.sql").read_text()
    model = (models / "models" / "staging" / "stg_hn__items.sql").read_text()
    source = "{% macro source(schema, name) %}{{ schema }}.{{ name }}{% endmacro %}"
    return jinja2.Environment().from_string(source + macro + model).render()


@pytest.mark.parametrize("key", ["id:\ud800", "a\udfffb", "k" * 100_000, "\x00\x1b[31m", "named "])
def test_a_record_of_any_name_can_be_staged_and_loaded(key, lenient):
    others = [Record.fetched(f"{n:032x}", {"id": n}, json.dumps({"id": n})) for n in range(3)]
    bad = [Record.rejected(key, "no_title", "why \ud800", "text \ud800"),
           Record.missing(f"{key}2", "http_404", "why \ud800"),
           Record.filtered(f"{key}3", "age")]  # fmt: skip
    ledger = commit([*others, *bad], job_postings("remotive", "day"), lenient)
    assert (ledger.inserted, ledger.rejected, ledger.missing, ledger.filtered) == (3, 1, 1, 1)
