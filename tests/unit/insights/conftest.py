"""A published store, and the same postings as plain Python for counting anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from include.insights.store import ServingStore, Snapshot
from include.serving.publish import publish
from sample.gold.postings import GoldSize, fill_gold
from tests.stores import NewStores

SIZE = GoldSize(
    postings=900, first=date(2024, 1, 1), last=date(2025, 6, 1), companies=60, technologies=80
)
_SOME_IN_DALLAS = """
    update gold.fct_postings set country = 'US', locations = ['Dallas'],
        location = case when posting_id < '4' then 'Dallas, TX' else 'Hybrid DALLAS, TX, USA' end
    where posting_id < '8' and posting_id[2] = '0';
    delete from gold.fct_posting_places where posting_id < '8' and posting_id[2] = '0';
    insert into gold.fct_posting_places
    select posting_id, '4684888', 'site' from gold.fct_postings
    where posting_id < '8' and posting_id[2] = '0'
"""
# Some companies have several names, and some names belong to two companies.
_COMPANIES = """
    update gold.fct_postings set company_key = case when posting_id < '3' then 'other ' else '' end
        || left(lower(company), 4)
    where company <> '' and posting_id < 'c'
"""
_OWN_PLACES = """
    update gold.fct_jobs set locations = ['Berlin'], remote = 'onsite',
        places = [{'place_id': '2950159', 'relation': 'site'}]
    where jobs_count = 2 and position = 2 and posting_id < '5';
    update gold.fct_jobs set locations = ['Germany'], remote = 'remote',
        places = [{'place_id': 'DE', 'relation': 'hire_from'}]
    where jobs_count = 2 and position = 1 and posting_id between '4' and '7'
"""


@pytest.fixture(scope="session")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        fill_gold(connection, SIZE)
        for statement in (_SOME_IN_DALLAS, _COMPANIES, _OWN_PLACES):
            connection.execute(statement)
        yield connection


@pytest.fixture(scope="package")
def url(warehouse: duckdb.DuckDBPyConnection, new_store_url: NewStores) -> str:
    return new_store_url.once("insights", lambda url: publish(warehouse, url))


@pytest.fixture(scope="package")
def store(url: str) -> Iterator[ServingStore]:
    store = ServingStore(url)
    yield store
    store.close()


@pytest.fixture
def snapshot(store: ServingStore) -> Iterator[Snapshot]:
    with store.read() as snapshot:
        yield snapshot


@pytest.fixture(scope="session")
def plain(warehouse: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every posting with its day and the names of its skills."""
    query = """
        select p.*, list(t.name) filter (t.name is not null) as names
        from gold.fct_postings as p
        left join gold.fct_posting_skills as s using (posting_id)
        left join gold.dim_technologies as t on t.technology_id = s.skill
        group by all
    """
    rows: list[dict[str, Any]] = warehouse.sql(query).to_arrow_table().to_pylist()
    for row in rows:
        row["day"] = row["date_posted"].date()
    return rows
