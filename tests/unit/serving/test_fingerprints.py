"""Publishing compares only the months that changed, and finds every change all the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from include.serving import fingerprints, schema
from include.serving.engine import reading_engine, writing_engine
from include.serving.merge import Merge
from include.serving.publish import publish

from .conftest import SIZE, indexed_words

Contents = dict[str, list[tuple[Any, ...]]]
Fresh = tuple[Contents, dict[str, int]]
ONE = """posting_id = (
    select max(p.posting_id) from gold.fct_postings as p
    join gold.fct_posting_skills as s on p.posting_id = s.posting_id where p.month = '2025-07-01'
)"""


@pytest.fixture(scope="module")
def before(published: str) -> Contents:
    return everything(published)


def everything(url: str) -> Contents:
    tables = [t for t in schema.metadata.sorted_tables if t.name != "store_meta"]
    engine = reading_engine(url)
    try:
        with engine.connect() as connection:
            found = {t.name: sorted(map(tuple, connection.execute(sa.select(t)))) for t in tables}
            # Numbers depend on the order of publishing; which words a posting has does not.
            return found | {schema.POSTING_TEXTS.name: indexed_words(connection)}
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def fresh_store(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Fresh]:
    """Publish the changed warehouse to an empty store: once, for both databases."""

    @cache
    def fresh(cause: str) -> Fresh:
        folder = tmp_path_factory.mktemp("fresh")
        url = f"sqlite:///{folder / 'serving.sqlite'}"
        with duckdb.connect(str(shutil.copy(filled, folder))) as warehouse:
            warehouse.execute(cause)
            counts = publish(warehouse, url)
        return everything(url), {name: table.read for name, table in counts.items()}

    return fresh


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many rows of the warehouse each table's merge looked at."""
    found: dict[str, int] = {}
    genuine = Merge.run

    def run(self: Merge) -> Any:
        counts = genuine(self)
        found[self.table.name] = counts.read
        return counts

    monkeypatch.setattr(Merge, "run", run)
    return found


CAUSES = [
    *(
        f"update gold.fct_postings set {column} = {value} where {ONE}"
        for column, value in {
            "duplicate_of": "'x'",
            "source": "'elsewhere'",
            "url": "'https://example.com/other'",
            "title": "'Edited'",
            "company": "'Edited'",
            "location": "'Edited'",
            "locations": "['Edited']",
            "country": "'XX'",
            "remote": "'mixed'",
            "date_posted": "timestamptz '2025-07-17 12:00:00+00'",
            "retrieved_at": "timestamptz '2026-07-17 12:00:00+00'",
            "role_bucket": "if(role_bucket = 'fullstack', 'any', 'fullstack')",
            "level_bucket": "if(level_bucket = 'entry', 'any', 'entry')",
            "roles": "['edited']",
            "levels": "['edited']",
            "salary_min": "1",
            "salary_max": "2",
            "salary_currency": "'XXX'",
            "salary_period": "'day'",
            "visa": "'no'",
            "classifier_version": "'edited'",
            "month": "date '2025-08-01'",
            "payload_hash": "'edited', raw_json = '{}'",
            "reading_version": "'edited', description_raw = 'Edited'",
        }.items()
    ),
    f"update gold.fct_postings set month = null where {ONE}",
    f"delete from gold.fct_postings where {ONE}",
    "delete from gold.fct_postings where month = '2025-07-01'",
    f"update gold.fct_posting_skills set count = count + 1 where {ONE}",
    f"delete from gold.fct_posting_skills where {ONE}",
    f"insert into gold.fct_posting_skills by name "
    f"select posting_id, 'new' as skill, 1 as count from gold.fct_postings where {ONE}",
    "update gold.dim_technologies set aliases = ['edited'] where technology_id = 'go'",
    "update gold.monthly_trends set mention_count = mention_count + 1 where month = '2025-07-01'",
    "delete from gold.monthly_market_mix where month = '2025-07-01'",
    "update gold.monthly_salaries set p25 = p25 - 1 where month = '2025-07-01'",
    "update gold.skill_pairs set lift = lift + 1 where skill_a = 'aws'",
    "delete from bronze.loads where load_id = (select max(load_id) from bronze.loads)",
]


@pytest.mark.parametrize("new_store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "cause",
    [
        *CAUSES[::8],
        *(pytest.param(c, marks=pytest.mark.slow) for c in CAUSES if c not in CAUSES[::8]),
    ],
)
def test_every_change_leaves_the_store_as_a_fresh_publish_would(
    cause: str,
    warehouse: duckdb.DuckDBPyConnection,
    store_url: str,
    before: Contents,
    fresh_store: Callable[[str], Fresh],
) -> None:
    warehouse.execute(cause)
    counts = publish(warehouse, store_url)
    fresh, read = fresh_store(cause)
    assert everything(store_url) == fresh != before
    assert {name: table.read for name, table in counts.items()} == read


@pytest.mark.parametrize("new_store_url", ["postgresql"], indirect=True)
def test_all_changes_at_once_leave_postgresql_as_a_fresh_publish_would(
    warehouse: duckdb.DuckDBPyConnection, store_url: str, tmp_path: Path
) -> None:
    for cause in CAUSES:
        warehouse.execute(cause)
    publish(warehouse, store_url)
    fresh = f"sqlite:///{tmp_path / 'fresh.sqlite'}"
    publish(warehouse, fresh)
    assert everything(store_url) == everything(fresh)


def test_only_the_month_that_changed_is_compared(
    warehouse: duckdb.DuckDBPyConnection, store_url: str, compared: dict[str, int]
) -> None:
    warehouse.execute(f"update gold.fct_postings set title = 'Edited' where {ONE}")
    counts = publish(warehouse, store_url)["postings"]
    assert (counts.updated, counts.unchanged) == (1, SIZE.postings - 1)
    (in_july,) = warehouse.sql(
        "select count(*) from gold.fct_postings where month = '2025-07-01'"
    ).fetchall()[0]
    facets = compared["posting_facets"]
    assert compared == {"postings": in_july, "posting_texts": in_july, "posting_facets": facets}


def test_nothing_is_compared_where_nothing_changed(
    warehouse: duckdb.DuckDBPyConnection, store_url: str, compared: dict[str, int]
) -> None:
    assert not any(table.changed for table in publish(warehouse, store_url).values())
    assert compared == {}


def damage(url: str) -> None:
    """Change a row of the store behind the publish's back."""
    engine = writing_engine(url)
    with engine.begin() as connection:
        row = sa.select(sa.func.min(schema.POSTINGS.c.id)).scalar_subquery()
        wrong = {"title": "Damaged", "row_hash": "damaged"}
        posting = schema.POSTINGS.c.id == row
        connection.execute(sa.update(schema.POSTINGS).where(posting).values(wrong))
    engine.dispose()


@pytest.mark.parametrize(
    ("new_store_url", "reason"),
    [
        ("sqlite", "asked for"),
        ("sqlite", "week"),
        ("sqlite", "version of the code"),
        ("postgresql", "week"),
        pytest.param("postgresql", "asked for", marks=pytest.mark.slow),
        pytest.param("postgresql", "version of the code", marks=pytest.mark.slow),
    ],
    indirect=["new_store_url"],
)
def test_store_that_was_damaged_heals_when_all_is_compared(
    reason: str,
    warehouse: duckdb.DuckDBPyConnection,
    store_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = everything(store_url)
    damage(store_url)
    publish(warehouse, store_url)
    assert everything(store_url) != sound  # the fingerprints vouch for it
    if reason == "version of the code":
        monkeypatch.setattr(fingerprints, "_publishing_version", lambda: "newer")
    if reason == "week":
        engine = writing_engine(store_url)
        with engine.begin() as connection:
            schema.write_meta(connection, {"compared_at": "2025-01-01T00:00:00+00:00"})
        engine.dispose()
    days = 0 if reason == "asked for" else 7
    assert publish(warehouse, store_url, compare_all_every_days=days)["postings"].updated == 1
    assert everything(store_url) == sound
