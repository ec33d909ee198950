"""Lists, trends, movers, freshness: what the other questions answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from include.cli import insights as command
from include.errors import ConfigurationError, ServingError
from include.insights import mix, postings, status, trends
from include.insights.filters import JobFilter
from include.insights.pairs import skill_pairs
from include.insights.store import ServingStore, Snapshot
from include.serving.engine import writing_engine
from include.serving.publish import publish
from include.serving.schema import STORE_META, write_meta
from sample.gold.postings import GoldSize, fill_gold

NewUrl = Callable[[], str]

TODAY = date(2026, 1, 1)


def test_pages_give_every_posting_once_newest_first(
    snapshot: Snapshot, plain: list[dict[str, Any]]
) -> None:
    wanted = JobFilter(role="backend")
    seen: list[tuple[str | None, str]] = []
    cursor = None
    while True:
        page = postings.postings(snapshot, wanted, TODAY, limit=7, cursor=cursor)
        seen += [(row.date_posted, row.id) for row in page.data]
        cursor = page.meta.next_cursor
        if cursor is None:
            break
    expected = sorted(
        (
            (row["date_posted"].strftime("%Y-%m-%dT%H:%M:%SZ"), row["posting_id"])
            for row in plain
            if row["role_bucket"] == "backend" and row["duplicate_of"] is None
        ),
        reverse=True,
    )
    assert seen == expected
    assert page.meta.total_count == len(expected)


def test_pages_do_not_repeat_postings_of_the_same_second(new_store_url: NewUrl) -> None:
    url = new_store_url()
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(postings=30, first=date(2025, 1, 1), last=date(2025, 1, 1)))
        warehouse.execute("update gold.fct_postings set date_posted = '2025-01-02 00:00:00+00'")
        publish(warehouse, url)
    store = ServingStore(url)
    with store.read() as snapshot:
        wanted = JobFilter(repeats=True)
        seen: list[str] = []
        cursor = None
        while len(seen) < 40:
            page = postings.postings(snapshot, wanted, TODAY, limit=4, cursor=cursor)
            seen += [row.id for row in page.data]
            cursor = page.meta.next_cursor
            if cursor is None:
                break
    store.close()
    assert len(seen) == len(set(seen)) == 30
    assert seen == sorted(seen, reverse=True)


def test_technology_filter_gives_only_postings_that_name_it(snapshot: Snapshot) -> None:
    page = postings.postings(snapshot, JobFilter(technologies=("rust",)), TODAY, limit=100)
    assert page.data
    assert all("Rust" in row.skills for row in page.data)


def test_remotive_is_named_and_linked_wherever_its_posting_is_shown(snapshot: Snapshot) -> None:
    page = postings.postings(snapshot, JobFilter(source="remotive"), TODAY, limit=5)
    assert page.data
    for row in page.data:
        assert row.attribution.name == "Remotive"
        assert row.attribution.url.startswith("https://remotive.com")
        assert row.url.startswith("https://remotive.com/")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "MTIz", "=" * 8, "MTIzIHp6eg"])
@pytest.mark.parametrize("kind", ["postings", "loads"])
def test_cursor_of_another_list_is_refused(snapshot: Snapshot, cursor: str, kind: str) -> None:
    def ask() -> object:
        if kind == "loads":
            return postings.loads(snapshot, limit=5, cursor=cursor)
        return postings.postings(snapshot, JobFilter(), TODAY, limit=5, cursor=cursor)

    with pytest.raises(ConfigurationError, match="not a cursor"):
        ask()


def test_ledger_pages_give_every_load_once(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    seen = []
    cursor = None
    while True:
        page = postings.loads(snapshot, limit=9, cursor=cursor)
        seen += [row.load_id for row in page.data]
        cursor = page.meta.next_cursor
        if cursor is None:
            break
    expected = warehouse.sql(
        "select load_id::varchar from bronze.loads order by committed_at desc, load_id desc"
    ).fetchall()
    assert seen == [row[0] for row in expected]
    assert all(row.reconciled for row in page.data)


@pytest.mark.parametrize(
    ("month", "count", "expected"),
    [("2025-03", 0, "2025-03"), ("2025-03", 3, "2024-12"), ("2025-12", 12, "2024-12")],
)
def test_months_before(month: str, count: int, expected: str) -> None:
    assert trends.months_before(month, count) == expected


def test_market_shares_of_a_month_add_up_to_one(snapshot: Snapshot) -> None:
    rows = mix.market_mix(snapshot, trends.AS_THE_MARTS, "remote", "2025-01", "2025-01").data
    assert sum(row.share or 0 for row in rows) == pytest.approx(1)


def test_pairs_of_a_skill_all_have_it(snapshot: Snapshot) -> None:
    rows = skill_pairs(snapshot, JobFilter(), "python", 10).data
    assert rows
    assert all("python" in (row.skill_a, row.skill_b) for row in rows)


def test_summary_counts_what_does_not_count(
    snapshot: Snapshot, plain: list[dict[str, Any]]
) -> None:
    found = status.summary(snapshot, {"default": 48})
    assert found.postings_count == len(plain)
    assert found.duplicates_count == sum(row["duplicate_of"] is not None for row in plain)
    assert {source.source for source in found.sources} == {row["source"] for row in plain}
    rejects = [(row.state, row.records_count) for row in found.rejects]
    assert rejects == [("open", 5), ("replayed", 2)]


def test_source_is_stale_by_its_own_limit(snapshot: Snapshot) -> None:
    now = datetime(2025, 6, 21, 12, tzinfo=UTC)
    found = {
        source.source: source.stale
        for source in status.source_statuses(snapshot, {"default": 24, "remotive": 48}, now)
    }
    assert found == {"hacker_news": True, "remotive": False, "theirstack": True}


def test_source_says_how_old_its_newest_posting_is(snapshot: Snapshot) -> None:
    now = datetime(2026, 1, 31, 12, tzinfo=UTC)
    for source in status.source_statuses(snapshot, {"default": 24}, now):
        newest = snapshot.index.days.newest(snapshot.index.bits("source", source.source))
        assert source.newest_posting_day == newest
        assert newest is not None
        assert source.newest_posting_age_days == (now.date() - newest).days > 200


def test_store_that_is_not_there_says_what_to_do(tmp_path: Any) -> None:
    store = ServingStore(f"sqlite:///{tmp_path / 'none.sqlite'}")
    with pytest.raises(ServingError, match="run the analytics DAG"), store.read():
        pass
    assert not (tmp_path / "none.sqlite").exists()


def test_store_where_nothing_was_ever_published_says_what_to_do(new_store_url: NewUrl) -> None:
    store = ServingStore(new_store_url())
    with pytest.raises(ServingError, match="run the analytics DAG"), store.read():
        pass
    store.close()


def test_store_of_another_schema_version_is_not_read(new_store_url: NewUrl) -> None:
    url = new_store_url()
    engine = writing_engine(url)
    with engine.begin() as target:
        STORE_META.create(target)
        write_meta(target, {"schema_version": "99", "content_version": "x"})
    engine.dispose()
    store = ServingStore(url)
    with pytest.raises(ServingError, match="schema version 99"), store.read():
        pass
    store.close()


def test_new_publish_is_read_though_the_old_is_in_memory(new_store_url: NewUrl) -> None:
    url = new_store_url()
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(postings=40, first=date(2025, 1, 1), last=date(2025, 2, 1)))
        publish(warehouse, url)
        store = ServingStore(url, check_seconds=0)
        with store.read() as old:
            before = old.index.fold(old.index.all).bit_count()
            warehouse.execute(
                "delete from gold.fct_postings where posting_id = "
                "(select min(posting_id) from gold.fct_postings)"
            )
            publish(warehouse, url)
            assert old.index.fold(old.index.all).bit_count() == before
        with store.read() as new:
            assert new.index.fold(new.index.all).bit_count() == before - 1
        store.close()


def test_command_answers_like_the_api(url: str) -> None:
    answer = command.insights(location="Berlin", role="backend", days=400, top=3, url=url)
    assert answer.filters.location == "Berlin"
    assert command.insights_table(answer).row_count == len(answer.skills)
    found = command.inspect(limit=2, url=url)
    assert sum(row[3] for row in found.counts) == 900
    assert len(found.samples) == 2
    assert [table.row_count for table in command.inspect_table(found)] == [len(found.counts), 2]


def test_commands_take_the_filter_of_the_api(url: str) -> None:
    answer = command.insights(roles="backend", seniors="exclude", days=400, url=url)
    assert answer.schema_version == "1.1.0"
    found = command.inspect(limit=3, url=url, roles="backend", seniors="exclude", days=400)
    assert sum(row[3] for row in found.counts) == answer.totals.postings_count
    assert "senior_excluded" not in {row[2] for row in found.counts}
    assert len(found.samples) == 3
