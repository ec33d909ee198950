"""Places: the tree's children with the jobs, postings and companies in each."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from include.insights.filters import JobFilter
from include.insights.places import place_named, places
from include.insights.statistics.intervals import wilson
from include.insights.store import Snapshot
from include.postings.places.tree import ancestors, nodes

ALL = JobFilter(repeats=True)


@pytest.fixture(scope="module")
def said(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[str, str, set[str]]]:
    """Posting, company and the places around what is offered, of each job."""
    rows = warehouse.sql("""
        with of_postings as (
            select posting_id, list(place_id) as place_ids from gold.fct_posting_places
            where relation <> 'excluded' group by posting_id
        )
        select j.posting_id, trim(lower(coalesce(p.company, ''))) as name, p.company_key,
            if(len(j.places) > 0,
                [one.place_id for one in j.places if one.relation <> 'excluded'], o.place_ids)
        from gold.fct_jobs as j join gold.fct_postings as p using (posting_id)
        left join of_postings as o using (posting_id)
    """).fetchall()
    return [
        (
            posting_id,
            name and (key or name),
            set().union(*(ancestors(one) for one in place_ids or () if one in nodes())),
        )
        for posting_id, name, key, place_ids in rows
    ]


@pytest.mark.parametrize(
    ("within", "kind"), [("world", None), ("US", "state"), ("US", None), ("US-TX", None)]
)
def test_each_place_has_what_lies_in_it(
    snapshot: Snapshot, said: list[tuple[str, str, set[str]]], within: str, kind: Any
) -> None:
    answer = places(snapshot, ALL, within, kind, 300)
    total = {company for _, company, around in said if within in around} - {""}
    assert answer.data
    assert answer.meta.companies == len(total)
    for row in answer.data:
        there = [(one, company) for one, company, around in said if row.place_id in around]
        companies = {company for _, company in there} - {""}
        assert (row.jobs, row.postings) == (len(there), len({one for one, _ in there}))
        assert row.companies == len(companies)
        assert row.share == len(companies) / len(total)
        assert (row.low, row.high) == wilson(len(companies), len(total))
        assert kind in (None, row.kind)
        assert within in ancestors(row.place_id)


def test_jobs_without_a_place_are_counted_apart(
    snapshot: Snapshot, said: list[tuple[str, str, set[str]]]
) -> None:
    answer = places(snapshot, ALL, "world", None, 5)
    assert answer.meta.unstated == sum(not around for _, _, around in said) > 0


def test_places_follow_the_filter(snapshot: Snapshot) -> None:
    everywhere = places(snapshot, JobFilter(), "US", None, 300)
    there = places(snapshot, JobFilter(location="Texas"), "US", None, 300)
    texas = {row.place_id: row for row in everywhere.data}["US-TX"]
    assert {row.place_id: row for row in there.data}["US-TX"].jobs == texas.jobs
    assert there.meta.counted is not None
    assert there.meta.counted.jobs == texas.jobs


def test_path_leads_from_the_world_to_the_place(snapshot: Snapshot) -> None:
    answer = places(snapshot, ALL, "US-TX", None, 1)
    names = [place.name for place in answer.meta.path]
    assert (names[0], names[-2:]) == ("Worldwide", ["US", "Texas"])
    assert [place.place_id for place in places(snapshot, ALL, "world", None, 1).meta.path] == [
        "world"
    ]


@pytest.mark.parametrize(
    ("text", "place_id"),
    [("DE", "DE"), ("germany", "DE"), ("Bay Area", "bay-area"), ("nowhere at all", None)],
)
def test_a_place_is_asked_for_by_id_or_name(text: str, place_id: str | None) -> None:
    found = place_named(text)
    assert found == place_id or (text == "Bay Area" and nodes()[found or ""].kind == "metro")
