"""What this code can no longer read: it leaves gold under its own id, and nothing else does."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from include.doctor import stores
from include.postings.extract import Reading
from include.postings.model import posting_id
from include.settings import Settings
from include.silver import board_postings
from include.silver import postings as classify
from include.sources.boards.remotive import Remotive
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.loads import job_postings, load

from .conftest import Tables, dbt

RECORDS = [
    {"id": n, "url": f"https://jobs.example/{n}", "title": f"Backend Engineer {n}",
     "company_name": f"Acme {n}", "description": "<p>Python and Kafka.",
     "publication_date": "2026-05-02T10:00:00", "candidate_required_location": "Berlin"}
    for n in range(4)
]  # fmt: skip
IDS = [posting_id("remotive", record["url"]) for record in RECORDS]


@pytest.fixture(scope="module")
def before(data: Settings) -> Tables:
    shown = [
        Record.fetched(key, record, json.dumps(record))
        for key, record in zip(IDS, RECORDS, strict=True)
    ]
    manifest = stage(
        shown, data.staging_dir, source="remotive", partition="day", run="r", name="all"
    )
    load(job_postings("remotive", "day"), [manifest], run_id="r",
         started_at=dt.datetime.now(dt.UTC), settings=data)  # fmt: skip
    dbt(data, "build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    return Tables(data)


@pytest.fixture(scope="module")
def after(data: Settings, before: Tables) -> Tables:
    """A new version of the code: one record's reader raises, and the classifier on another."""
    parse, fields = Remotive.parse, Reading.fields

    def odd_parse(self: Remotive, payload: dict[str, Any]) -> Any:
        if payload["id"] == 1:
            raise KeyError("company_name")
        return parse(self, payload)

    def odd_fields(self: Reading) -> Any:
        if self.company == "Acme 2":
            raise IndexError("string index out of range")
        return fields(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Remotive, "parse", odd_parse)
        patch.setattr(Reading, "fields", odd_fields)
        patch.setattr(classify, "classifier_version", lambda: "newer")
        patch.setattr(board_postings, "reading_version", lambda: "newer")
        assert set(dbt(data, "run").values()) == {"success"}
    return Tables(data)


def test_all_are_jobs_while_they_can_be_read(before: Tables) -> None:
    assert {row["posting_id"] for row in before["gold.fct_postings"]} == set(IDS)


def test_what_can_no_longer_be_read_leaves_gold_and_the_others_stay(after: Tables) -> None:
    assert {row["posting_id"] for row in after["gold.fct_postings"]} == {IDS[0], IDS[3]}


def test_it_stays_in_silver_once_under_its_own_id_with_the_reason(after: Tables) -> None:
    rows = {row["posting_id"]: row for row in after["silver.postings"]}
    assert len(after["silver.postings"]) == len(rows) == len(RECORDS)
    assert rows.keys() == set(IDS)
    assert rows[IDS[1]]["reader_error"] == "reader_failed: KeyError: 'company_name'"
    assert rows[IDS[2]]["reader_error"].startswith("reader_failed: IndexError")
    assert json.loads(rows[IDS[1]]["raw_json"]) == RECORDS[1]


def test_the_doctor_names_what_cannot_be_read(data: Settings, after: Tables) -> None:
    (finding,) = [found for found in stores.warehouse_and_serving(data) if found.check == "readers"]
    assert finding.level == "warn"
    assert "2 of remotive" in finding.message
