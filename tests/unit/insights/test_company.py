"""One company: found by key and name, recounted, and its name's other companies kept apart."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from include.insights.addresses import without_addresses
from include.insights.companies import companies
from include.insights.company import company
from include.insights.filters import JobFilter
from include.insights.mix import market_mix
from include.insights.places import places
from include.insights.similar import similar
from include.insights.store import Snapshot
from tests.unit.insights.test_companies import ALL, key_of

Posting = dict[str, Any]


def found(snapshot: Snapshot, **wanted: Any) -> Any:
    answer = company(snapshot, JobFilter(repeats=True, **wanted))
    assert answer is not None
    return answer


def test_each_company_is_found_alone(snapshot: Snapshot, plain: list[Posting]) -> None:
    postings = Counter(filter(None, map(key_of, plain)))
    rows = companies(snapshot, ALL, "jobs", 1_000).data
    assert len(rows) == len(postings)
    for row in rows:
        answer = found(snapshot, company=row.asked_as)
        (alone,) = answer.data
        assert (alone.company_key, alone.postings) == (row.company_key, row.postings)
        assert (alone.first_month, alone.last_month) == (row.first_month, row.last_month)
        counted = [r for r in plain if key_of(r) == row.company_key]
        assert (
            answer.meta.counted.postings
            == len(counted)
            == sum(month.postings for month in answer.meta.months)
        )
        names = {" ".join(r["company"].lower().split()) for r in counted}
        shared = {key_of(r) for r in plain if r["company"].lower() in names and key_of(r)} - {
            row.company_key
        }
        assert {one.company_key for one in answer.meta.same_name} >= shared


def test_a_name_of_several_companies_names_all_of_them(
    snapshot: Snapshot, plain: list[Posting]
) -> None:
    keys: dict[str, set[str | None]] = {}
    for row in plain:
        keys.setdefault(row["company"].strip().lower(), set()).add(key_of(row))
    name = next(name for name, of_it in sorted(keys.items()) if name and len(of_it) > 1)
    answer = found(snapshot, company=name.upper())
    assert {row.company_key for row in answer.data} >= keys[name]
    assert not {row.company_key for row in answer.data} & {
        one.company_key for one in answer.meta.same_name
    }


def test_few_postings_are_counted_instead_of_estimated(
    snapshot: Snapshot, plain: list[Posting]
) -> None:
    every = companies(snapshot, ALL, "jobs", 1_000).data
    one = next(row for row in every if row.postings < 10)
    few = found(snapshot, company=one.asked_as).meta.few
    assert few is not None
    rows = [row for row in plain if key_of(row) == one.company_key]
    named = Counter(name for row in rows for name in {*(row["names"] or ())})
    assert {one.value: one.postings for one in few.skills if one.postings > 1} == {
        name: n for name, n in named.items() if n > 1
    }
    assert sum(one.postings for one in few.roles) >= len(rows)
    paid = [row for row in rows if row["salary_period"] == "year"]
    assert sum(one.postings for one in few.pay) >= bool(paid)
    assert found(snapshot, company=every[0].asked_as).meta.few is None


def test_open_jobs_are_those_of_the_boards_read(snapshot: Snapshot, plain: list[Posting]) -> None:
    on_boards = {key_of(row) for row in plain if row["source"] != "hacker_news"} - {""}
    for row in companies(snapshot, ALL, "jobs", 1_000).data:
        meta = found(snapshot, company=row.asked_as).meta
        has_board = row.company_key in on_boards
        assert (meta.open_now is not None) == has_board
        assert any(month.open_jobs is not None for month in meta.months) == has_board


def test_shares_of_one_company_are_of_its_postings(
    snapshot: Snapshot, plain: list[Posting]
) -> None:
    row = companies(snapshot, ALL, "jobs", 1).data[0]
    wanted = JobFilter(company=row.asked_as, repeats=True)
    mix = market_mix(snapshot, wanted, "source", "2024-01", "2025-06").meta.whole
    sources = Counter(r["source"] for r in plain if key_of(r) == row.company_key)
    assert {source: one.postings for source, one in mix.items()} == sources
    assert {one.stated for one in mix.values()} == {sources.total()}
    assert market_mix(snapshot, ALL, "source", "2024-01", "2025-06").meta.whole == {}
    there = places(snapshot, wanted, "world", "country", 5)
    assert there.meta.share_of == "postings"
    assert max(one.share for one in there.data) < 1
    assert [one.postings for one in there.data] == sorted(
        (one.postings for one in there.data), reverse=True
    )


def test_names_like_a_text(snapshot: Snapshot) -> None:
    row = companies(snapshot, ALL, "jobs", 1).data[0]
    wrong = f"{row.name[:-2]}x{row.name[-2:]}"
    assert row.name in {one.name for one in similar(snapshot, wrong)}
    assert similar(snapshot, "") == similar(snapshot, "漢") == []
    assert len(similar(snapshot, "a" * 200)) <= 5
    assert company(snapshot, JobFilter(company=wrong)) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("jo.baker+hn@acme.test", "acme.test"),
        ("Acme (jobs@acme.test)", "Acme (acme.test)"),
        ("Cook @ Acme", "Cook @ Acme"),
        ("@acme", "@acme"),
    ],
)
def test_an_address_is_cut_to_its_domain(name: str, shown: str) -> None:
    assert without_addresses(name) == shown
