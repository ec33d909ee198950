"""Companies: those of dim_companies, first-time and returning by month, under any filter."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from include.insights.companies import companies
from include.insights.filters import JobFilter
from include.insights.store import Snapshot

Posting = dict[str, Any]
ALL = JobFilter(repeats=True)


def key_of(row: Posting) -> str | None:
    name = (row["company"] or "").strip().lower()
    return name and (row["company_key"] or name)


@pytest.fixture
def months(plain: list[Posting]) -> dict[str, list[str]]:
    """Every company's months, ascending."""
    found: dict[str, set[str]] = {}
    for row in plain:
        if key := key_of(row):
            found.setdefault(key, set()).add(f"{row['month']:%Y-%m}")
    return {key: sorted(of_company) for key, of_company in found.items()}


def test_companies_have_their_postings_and_months(
    snapshot: Snapshot, plain: list[Posting], months: dict[str, list[str]]
) -> None:
    postings = Counter(filter(None, map(key_of, plain)))
    answer = companies(snapshot, ALL, "jobs", 1_000)
    assert {row.company_key: row.postings for row in answer.data} == postings
    assert [row.jobs for row in answer.data] == sorted((r.jobs for r in answer.data), reverse=True)
    for row in answer.data:
        seen = months[row.company_key]
        assert (row.first_month, row.last_month) == (seen[0], seen[-1])
    assert answer.meta.counted is not None
    assert answer.meta.counted.companies == len(postings)


def test_first_time_is_of_all_postings_whatever_the_filter(
    snapshot: Snapshot, plain: list[Posting], months: dict[str, list[str]]
) -> None:
    wanted = JobFilter(source="theirstack", repeats=True, days=200)
    answer = companies(snapshot, wanted, "newest", 100)
    assert answer.meta.counted is not None
    first_day = answer.meta.counted.first_day
    chosen = [r for r in plain if r["source"] == "theirstack" and r["day"] >= first_day]
    assert len(chosen) == answer.meta.counted.postings
    for month in answer.meta.months:
        there = {key_of(r) for r in chosen if f"{r['month']:%Y-%m}" == month.month} - {""}
        new = {key for key in there if months[key][0] == month.month}
        assert (month.first_time, month.returning) == (len(new), len(there - new))
    counted = {(key_of(row), f"{row['month']:%Y-%m}") for row in chosen}
    for row in answer.data:
        assert row.is_first_time == ((row.company_key, row.first_month) in counted)
    firsts = [row.first_month or "" for row in answer.data]
    assert firsts == sorted(firsts, reverse=True)


def test_one_company_is_found_by_its_key(snapshot: Snapshot) -> None:
    most = companies(snapshot, ALL, "jobs", 1).data[0]
    alone = companies(snapshot, JobFilter(company=most.company_key, repeats=True), "jobs", 5)
    assert most in alone.data


def test_no_company_is_no_row(snapshot: Snapshot) -> None:
    answer = companies(snapshot, JobFilter(company="no such company"), "jobs", 5)
    assert (answer.data, answer.meta.months) == ([], [])
