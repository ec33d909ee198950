"""Pairs: equal to the mart where it asks the same, and to a plain count under any filter."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

import duckdb
import pytest

from include.insights.filters import JobFilter
from include.insights.pairs import skill_pairs
from include.insights.statistics.association import independence, lift_low
from include.insights.store import Snapshot


def test_pairs_without_a_filter_are_the_marts(
    snapshot: Snapshot, warehouse: duckdb.DuckDBPyConnection
) -> None:
    found = skill_pairs(snapshot, JobFilter(), "python", 100)
    expected = warehouse.sql("""
        select skill_a, skill_b, postings_count, share, lift from gold.skill_pairs
        where postings_count >= 10 and 'python' in (skill_a, skill_b)
    """).fetchall()
    assert len(expected) > 5
    assert {
        (r.skill_a, r.skill_b): (r.postings_count, pytest.approx(r.share), pytest.approx(r.lift))
        for r in found.data
    } == {(a, b): figures for a, b, *rest in expected for figures in [tuple(rest)]}


def test_all_pairs_are_those_of_each_skill(snapshot: Snapshot) -> None:
    """Two ways of counting: by lists of skills, and by bitmaps."""
    wanted = JobFilter(days=3_650)
    every = {(r.skill_a, r.skill_b): r for r in skill_pairs(snapshot, wanted, "any", 100).data}
    of_one = skill_pairs(snapshot, wanted, "python", 100).data
    same = [row for row in of_one if (row.skill_a, row.skill_b) in every]
    assert same
    for row in same:
        other = every[row.skill_a, row.skill_b]
        assert (row.postings_count, row.lift) == (other.postings_count, other.lift)
        assert row.companies_count == other.companies_count


def test_pairs_follow_the_filter_and_count_companies(
    snapshot: Snapshot, plain: list[dict[str, Any]]
) -> None:
    wanted = JobFilter(source="hacker_news", seniors=False, days=36_500)
    answer = skill_pairs(snapshot, wanted, "any", 20)
    chosen = [
        row
        for row in plain
        if row["source"] == "hacker_news"
        and row["duplicate_of"] is None
        and row["level_bucket"] != "senior_excluded"
    ]
    pairs = Counter(p for row in chosen for p in combinations(sorted(row["names"] or []), 2))
    assert answer.meta.counted is not None
    assert answer.meta.counted.postings == len(chosen)
    assert answer.data
    for row in answer.data:
        names = tuple(sorted((row.name_a, row.name_b)))
        companies = {
            one["company_key"] or one["company"].strip().lower()
            for one in chosen
            if one["company"] and set(names) <= set(one["names"] or [])
        }
        assert row.postings_count == pairs[names]
        assert row.companies_count == len(companies)


def test_pairs_are_ordered_by_g2_and_tested_together(snapshot: Snapshot) -> None:
    answer = skill_pairs(snapshot, JobFilter(days=36_500), "any", 100)
    together = [row for row in answer.data if (row.lift or 0) > 1]
    assert answer.data[: len(together)] == together
    assert [row.g2 for row in together] == sorted((row.g2 for row in together), reverse=True)
    assert [row.q for row in together] == sorted(row.q for row in together)
    assert answer.meta.tested > len(answer.data)
    assert all(row.lift_low < (row.lift or 0) for row in answer.data)


def test_design_effect_divides_g2(snapshot: Snapshot) -> None:
    answer = skill_pairs(snapshot, JobFilter(days=36_500), "any", 1)
    assert answer.meta.counted is not None
    row, n = answer.data[0], answer.meta.counted.postings
    bits = {skill.skill: skill.bits for skill in snapshot.index.skills}
    chosen = snapshot.index.fold(snapshot.index.all ^ snapshot.index.bits("set", "duplicate"))
    each = [(bits[skill] & chosen).bit_count() for skill in (row.skill_a, row.skill_b)]
    effect = answer.meta.design_effect
    assert effect > 1
    assert row.g2 == pytest.approx(independence(row.postings_count, *each, n) / effect)
    assert row.lift_low == pytest.approx(lift_low(row.postings_count, *each, n, effect))


def test_a_skill_that_the_filter_asks_for_is_in_no_pair(snapshot: Snapshot) -> None:
    """All postings name it: it goes with every skill by design, not by chance."""
    answer = skill_pairs(snapshot, JobFilter(technologies=("python",), days=36_500), "any", 100)
    assert answer.data
    assert not [row for row in answer.data if "python" in (row.skill_a, row.skill_b)]


def test_nothing_counted_gives_no_pair(snapshot: Snapshot) -> None:
    answer = skill_pairs(snapshot, JobFilter(company="no such company"), "any", 5)
    assert (answer.data, answer.meta.tested, answer.meta.design_effect) == ([], 0, 1)
    assert answer.meta.nearest is not None
    assert answer.meta.nearest.drop == "company"
