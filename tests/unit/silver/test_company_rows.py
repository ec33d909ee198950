"""Silver rows of companies' boards: their address, and who names the company."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from include.postings.model import posting_id
from include.silver.board_postings import read_records
from tests.unit.sources.companies import ANSWERS


def silver(source: str, payload: Any, name: str | None = None) -> dict[str, Any]:
    """Return the row of a record of the board "acorn", whose company the directory names so."""
    raw = json.dumps(payload)
    rows = duckdb.sql(
        "select 'p' as posting_id, ? as source, 'acorn' as board, ?::varchar as board_company, "
        "? as payload, '' as payload_hash, 'v' as code_version, now() as ingested_at",
        params=[source, name, raw],
    )
    (row,) = read_records(rows).read_all().to_pylist()
    return dict(row)


def test_a_row_has_the_boards_address_and_the_jobs_page():
    row = silver("greenhouse", ANSWERS["greenhouse"]["jobs"][0])
    assert row["canonical_url"] == "greenhouse://acorn/7001"
    assert row["url"] == "https://acorn.test/jobs?gh_jid=7001"
    assert (row["board"], row["source_key"], row["is_live"]) == ("acorn", "7001", True)
    assert (row["country"], row["locations"], row["remote"]) == ("NO", ["Oslo"], "hybrid")
    assert len(posting_id(row["source"], row["canonical_url"])) == 32


@pytest.mark.parametrize(
    ("source", "payload", "directory", "company"),
    [
        ("greenhouse", ANSWERS["greenhouse"]["jobs"][0], "Birch", "Acorn Works"),
        ("ashby", ANSWERS["ashby"]["jobs"][0], "Birch", "Birch"),
        ("ashby", ANSWERS["ashby"]["jobs"][0], None, "Acorn Works"),
        ("lever", ANSWERS["lever"][0], None, ""),
    ],
)
def test_the_company_is_named_by_record_directory_or_text(source, payload, directory, company):
    assert silver(source, payload, directory)["company"] == company


def test_a_record_that_its_system_cannot_read_is_kept_and_not_live():
    row = silver("lever", {"id": "1"})
    assert row["is_live"] is False
    assert "no_title" in row["reader_error"]
    gone = silver("monster", {"id": "1"})
    assert "Unknown system" in gone["reader_error"]
