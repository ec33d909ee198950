"""The companies of the warehouse's postings."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from include.settings import get_settings
from include.silver.companies.table import read_companies

POSTINGS = """
    select * from (values
        ('a1', 'hacker_news', '1', 'Acme, Inc.', ['acme.test'], [], date '2020-01-01'),
        ('a2', 'hacker_news', '2', 'Acme', ['acme.test'], ['lever:acme'], date '2020-02-01'),
        ('a3', 'remotive', '1', 'Acme', [], [], date '2020-03-01'),
        ('b1', 'hacker_news', '3', 'Birch', null, null, date '2020-03-01'),
        ('nameless', 'hacker_news', '4', '', ['acme.test'], [], date '2020-03-01'),
        ('odd', 'hacker_news', '5', '???', [], [], date '2020-03-01')
    ) as postings (posting_id, source, source_key, company, domains, boards, month)
"""


SCHEMA = pa.schema(
    {
        "posting_id": pa.string(),
        "evidence_hash": pa.uint64(),
        "company_key": pa.string(),
        "matched_by": pa.string(),
        "domains": pa.list_(pa.string()),
        "boards": pa.list_(pa.string()),
        "ties": pa.list_(pa.string()),
        "rules_version": pa.string(),
    }
)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    connection = duckdb.connect()
    authors = "select * from (values (1, 'jo'), (3, 'jo')) as items (item_id, author)"

    def rows(where: str = "true") -> dict[str, tuple[str, str, list[str]]]:
        jobs = connection.sql(f"select * from ({POSTINGS}) where {where}")
        table = read_companies(connection, jobs, connection.sql(authors))
        assert table.schema == SCHEMA
        return {
            row["posting_id"]: (row["company_key"], row["matched_by"], row["domains"])
            for row in table.to_pylist()
        }

    yield rows
    get_settings.cache_clear()


def test_each_posting_that_names_its_company_has_one(read):
    assert read() == {
        "a1": ("acme", "domain", ["acme.test"]),
        "a2": ("acme", "domain", ["acme.test"]),
        "a3": ("acme", "name", []),
        "b1": ("birch", "name", []),
    }


def test_postings_that_say_the_same_have_a_row_each(read):
    alone = read("posting_id in ('a1', 'odd')")
    assert alone == {"a1": ("acme", "domain", ["acme.test"])}
    assert read("source = 'remotive' or posting_id = 'b1'").keys() == {"a3", "b1"}


@pytest.mark.parametrize("where", ["false", "company = ''", "company = '???'"])
def test_none_that_names_a_company_gives_no_rows(read, where):
    assert read(where) == {}


def test_the_operators_file_is_read_in_each_build(read, tmp_path):
    (tmp_path / "companies.csv").write_text("company,name,link\nAcme,Birch,\n")
    assert read()["b1"] == ("acme", "override", [])
    assert read()["a3"] == ("acme", "name", [])
