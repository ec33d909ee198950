"""Movers: the counts of the marts, whole months only, and nothing where nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import duckdb
import pytest
from pyroaring import BitMap

from include.insights.comparison import Comparison, Split, last_whole_month, windows_of
from include.insights.filters import JobFilter
from include.insights.index.sets import roaring_of
from include.insights.models import MoverRow
from include.insights.movers import Q_LIMIT, movers
from include.insights.statistics.changes import ClusterSums, cluster_difference
from include.insights.store import ServingStore, Snapshot
from include.insights.trends import AS_THE_MARTS
from include.serving.publish import publish
from sample.gold.postings import GoldSize, fill_gold

NOW, BEFORE = ("2025-01", "2025-06"), ("2024-01", "2024-06")
# Rust comes up and COBOL goes, in every company; Go only in one that posts each day.
CHANGES = """
    delete from gold.fct_posting_skills where skill in ('rust', 'cobol', 'go');
    insert into gold.fct_posting_skills (posting_id, skill)
    select posting_id, 'rust' from gold.fct_postings
        where month >= '2025-01-01' and posting_id[5] < '4'
    union all
    select posting_id, 'cobol' from gold.fct_postings
        where month < '2025-01-01' and posting_id[6] < '4'
    union all
    select posting_id, 'cobol' from gold.fct_postings
        where month >= '2025-01-01' and posting_id[6] = '4'
    union all
    select posting_id, 'go' from gold.fct_postings
        where month >= '2025-01-01' and posting_id[1] in ('0', '1');
    update gold.fct_postings set company = 'Busy Ltd', company_key = null
        where month >= '2025-01-01' and posting_id[1] in ('0', '1')
"""


@pytest.fixture(scope="module")
def changed(own_store_url: Callable[[], str]) -> Iterator[Snapshot]:
    url = own_store_url()
    with duckdb.connect() as warehouse:
        fill_gold(
            warehouse,
            GoldSize(1_200, date(2024, 1, 1), date(2025, 7, 1), companies=400, technologies=80),
        )
        warehouse.execute(CHANGES)
        warehouse.execute(
            "update gold.monthly_trends set is_complete = false where month = '2025-07-01'"
        )
        publish(warehouse, url)
    store = ServingStore(url)
    with store.read() as snapshot:
        yield snapshot
    store.close()


@pytest.fixture(scope="module")
def rows(changed: Snapshot) -> dict[str, MoverRow]:
    answer = movers(changed, JobFilter(repeats=True), windows_of("2025-06", 6), 25)
    assert answer.meta.total_count == len(answer.data) <= 50
    return {row.technology_id: row for row in answer.data}


def test_windows_are_the_same_months_whole_years_before() -> None:
    assert windows_of("2025-06", 12).before == ("2023-07", "2024-06")
    assert windows_of("2025-06", 3) == windows_of("2025-06", 3)
    assert windows_of("2025-06", 3).before == ("2024-04", "2024-06")
    assert windows_of("2025-06", 18).before == ("2022-01", "2023-06")


def test_a_rise_from_nothing_is_new_and_has_no_ratio(rows: dict[str, MoverRow]) -> None:
    rust = rows["rust"]
    assert (rust.kind, rust.direction, rust.earlier_mention_count) == ("new", "rising", 0)
    assert 0 < rust.low < rust.change_points < rust.high


def test_a_fall_is_below_zero_with_its_whole_interval(rows: dict[str, MoverRow]) -> None:
    cobol = rows["cobol"]
    assert (cobol.kind, cobol.direction) == ("falling", "falling")
    assert cobol.low < cobol.change_points < cobol.high < 0
    assert cobol.q <= Q_LIMIT


def test_one_company_s_postings_make_no_mover(changed: Snapshot, rows: dict[str, MoverRow]) -> None:
    comparison = Comparison.of(changed, JobFilter(repeats=True), windows_of("2025-06", 6))
    mentions, earlier = comparison.counts(changed.index.bitmaps.roaring("skill", "go"))
    assert mentions > 20
    assert earlier == 0
    assert "go" not in rows


def test_the_running_month_has_no_part(changed: Snapshot) -> None:
    assert changed.newest_month == "2025-07"
    assert last_whole_month(changed) == "2025-06"
    assert last_whole_month(changed, "2025-03-31") == "2025-03"


def test_the_surest_change_comes_first(rows: dict[str, MoverRow]) -> None:
    for direction in ("rising", "falling"):
        ends = [min(abs(r.low), abs(r.high)) for r in rows.values() if r.direction == direction]
        assert ends == sorted(ends, reverse=True)


def test_a_market_that_does_not_change_has_no_movers(snapshot: Snapshot) -> None:
    """As many postings of every technology in both windows: no difference."""
    index = snapshot.index
    everyone = roaring_of(index.fold(index.all))
    now, before = (BitMap(at for at in everyone if at & 1 == window) for window in (1, 0))
    comparison = Comparison(index, now, before)
    # The same part of both windows, as near as whole postings allow.
    alike = [
        BitMap([*now[: len(now) // part], *before[: len(before) // part]]) for part in (1, 2, 5)
    ]
    changes = [abs(one.change) for one in comparison.changes([BitMap(), *alike])]
    assert changes == pytest.approx([0, 0, 0, 0], abs=1 / len(now))
    assert changes[:2] == [0, 0]
    nothing = movers(snapshot, JobFilter(company="nobody"), windows_of("2025-06", 6), 5)
    assert (nothing.data, nothing.meta.tested) == ([], 0)


def test_counts_are_those_of_the_mart(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    windows = windows_of("2025-06", 6)
    comparison = Comparison.of(snapshot, AS_THE_MARTS, windows)
    query = """
        select sum(mention_count), any_value(total) from gold.monthly_trends,
            (select sum(total_jobs) as total from (select distinct month, total_jobs
            from gold.monthly_trends where month between ? and ?))
        where technology_id = ? and month between ? and ?
    """
    for skill in snapshot.index.skills[:30]:
        for side, (first, last) in enumerate((windows.now, windows.before)):
            months = [f"{first}-01", f"{last}-01"]
            mart = warehouse.execute(query, [*months, skill.skill, *months]).fetchone()
            counts = comparison.counts(skill.set)[side]
            total = comparison.counts(comparison.now | comparison.before)[side]
            assert (counts, total) == mart


def test_the_change_is_that_of_a_plain_recount(snapshot: Snapshot) -> None:
    index = snapshot.index
    windows = windows_of("2025-06", 6)
    comparison = Comparison.of(snapshot, JobFilter(), windows)
    skill = index.skills[3]
    companies: dict[int, list[int]] = {}
    for side, window in enumerate((comparison.now, comparison.before)):
        for position in window:
            company = companies.setdefault(index.companies.clusters[position], [0, 0, 0, 0])
            company[side] += 1
            company[2 + side] += skill.bits >> position & 1
    sums = ClusterSums()
    for m1, m0, y1, y0 in companies.values():
        sums.add_company(m1, m0)
        sums.add_mentions(y1, y0, m1, m0)
    assert comparison.change(skill.set) == pytest.approx(cluster_difference(sums))


def test_within_and_mix_are_the_change(snapshot: Snapshot) -> None:
    index = snapshot.index
    comparison = Comparison.of(snapshot, JobFilter(), windows_of("2025-06", 6))
    remote = roaring_of(index.bits("posting_remote", "remote"))
    groups = [position % 5 for position in range(index.size)]
    change = comparison.change(remote)
    assert change is not None
    assert sum(Split(comparison, groups).of(remote)) == pytest.approx(change.change)


def test_a_filter_chooses_the_postings(snapshot: Snapshot) -> None:
    windows = windows_of("2025-06", 6)
    whole = movers(snapshot, JobFilter(), windows, 5).meta
    part = movers(snapshot, replace(JobFilter(), role="backend"), windows, 5).meta
    assert whole.counted is not None
    assert part.counted is not None
    assert 0 < part.counted.postings < whole.counted.postings
    assert part.tested <= whole.tested
