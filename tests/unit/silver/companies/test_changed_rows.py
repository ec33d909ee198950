"""Companies of changed postings: as if all had been resolved anew, and no more than that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.settings import get_settings
from include.silver.companies.table import read_companies

Posting = tuple[str, list[str], list[str], str | None, int]
"""Company, domains, boards, author, month."""

KEYS = [f"p{number}" for number in range(10)]
_POSTING = st.tuples(
    st.sampled_from(["Atlas", "Atlas Labs", "Atlas Labs", "Atlas Obscura", "b.io", "???"]),
    st.sampled_from([[], ["atlas.test"], ["atlas.test"], ["atlasobscura.test", "atlas.dev"]]),
    st.sampled_from([[], [], ["lever:atlas"], ["ashby:obscura"]]),
    st.sampled_from([None, None, "jo"]),
    st.integers(1, 12),
)
STATES = st.dictionaries(st.sampled_from(KEYS), _POSTING, min_size=3)
# None: the posting is gone.
CHANGES = st.dictionaries(st.sampled_from(KEYS), st.none() | _POSTING, max_size=2)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def overrides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    yield tmp_path / "companies.csv"
    get_settings.cache_clear()


def answer(
    connection: duckdb.DuckDBPyConnection,
    postings: Mapping[str, Posting],
    known: pa.Table | None = None,
) -> pa.Table:
    """Return the rows of postings; with ``known``, those that may differ from it."""
    rows = [
        {
            "posting_id": key, "source": "hacker_news", "source_key": str(number),
            "company": company, "domains": domains, "boards": boards,
            "month": dt.date(2020, month, 1),
        }
        for number, (key, (company, domains, boards, _, month)) in enumerate(postings.items())
    ]  # fmt: skip
    authors = [
        {"item_id": number, "author": posting[3]}
        for number, posting in enumerate(postings.values())
    ]
    strings = pa.list_(pa.string())
    schema = [*((name, pa.string()) for name in ("posting_id", "source", "source_key", "company")),
              ("domains", strings), ("boards", strings), ("month", pa.date32())]  # fmt: skip
    tables = {
        "jobs_rows": pa.Table.from_pylist(rows, pa.schema(schema)),
        "items_rows": pa.Table.from_pylist(
            authors, pa.schema([("item_id", pa.int64()), ("author", pa.string())])
        ),
    }
    for name, table in tables.items():
        connection.register(name, table)
    stored = None if known is None else connection.from_arrow(known)
    jobs, items = connection.table("jobs_rows"), connection.table("items_rows")
    return read_companies(connection, jobs, items, stored)


def exchanged(known: pa.Table, rows: pa.Table) -> dict[str, dict[str, Any]]:
    """Return the table's rows after those of an answer have replaced them."""
    left = {row["posting_id"]: row for row in known.to_pylist()}
    left |= by_posting(rows)
    return {key: row for key, row in left.items() if row["company_key"] is not None}


def by_posting(table: pa.Table) -> dict[str, dict[str, Any]]:
    rows = {row["posting_id"]: row for row in table.to_pylist()}
    assert len(rows) == len(table)
    return rows


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=STATES, changes=CHANGES, corrected=st.booleans())
def test_changed_rows_lead_to_what_all_rows_would(
    connection: duckdb.DuckDBPyConnection, overrides: Path, before, changes, corrected
) -> None:
    overrides.unlink(missing_ok=True)
    known = answer(connection, before)
    if corrected:
        overrides.write_text("company,name,link\nBirch,Atlas,atlas.dev\n")
    now = {key: posting for key, posting in (before | changes).items() if posting}
    rows = answer(connection, now, known)
    assert by_posting(answer(connection, now)) == exchanged(known, rows)


def test_a_change_reaches_all_that_evidence_ties_to_it_and_nothing_else(
    connection: duckdb.DuckDBPyConnection, overrides: Path
) -> None:
    before: dict[str, Posting] = {
        "site": ("Atlas Labs", ["atlas.test"], [], None, 5),
        "named": ("Atlas Labs", [], [], None, 6),
        "other": ("Birch", ["birch.test"], [], None, 1),
        "same site": ("Cedar", ["birch.test"], [], None, 1),
    }
    known = answer(connection, before)
    assert by_posting(answer(connection, before, known)) == {}
    # The domain carries both names, of which the older is the company's: "named" has but the
    # newer one.
    now = before | {"new": ("Atlas", ["atlas.test"], [], None, 1)}
    rows = by_posting(answer(connection, now, known))
    assert {key: row["company_key"] for key, row in rows.items()} == dict.fromkeys(
        ("new", "site", "named"), "atlas"
    )


def test_a_posting_without_a_company_any_more_is_given_without_one(
    connection: duckdb.DuckDBPyConnection, overrides: Path
) -> None:
    before: dict[str, Posting] = {
        "gone": ("Acme", [], [], None, 1),
        "nameless": ("Acme", [], [], None, 2),
        "left": ("Acme", [], [], None, 3),
    }
    known = answer(connection, before)
    now = {"nameless": ("", [], [], None, 2), "left": before["left"]}
    rows = by_posting(answer(connection, now, known))
    assert {key: row["company_key"] for key, row in rows.items()} == {
        "gone": None, "nameless": None, "left": "acme",
    }  # fmt: skip
    lines = "company,name,link\nBirch,Acme,\n"
    overrides.write_text(lines)
    again = answer(connection, now, known)
    assert by_posting(again)["left"]["matched_by"] == "override"
    overrides.write_text(lines + "\n")  # the same lines, written otherwise
    assert answer(connection, now, again.filter(again["company_key"].is_valid())).num_rows == 0
