"""The cache: bounded, and not emptied by a flood of questions that are asked once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count

import pytest
import sqlalchemy as sa

from include.insights.cache import SegmentedLRU
from include.insights.index import bitmaps
from include.insights.index.bitmaps import Bitmaps
from include.insights.store import Snapshot
from include.serving.schema import POSTING_FACETS


def flood(cache: SegmentedLRU[str, int], times: int, again: int = 1) -> None:
    for number in range(times):
        for _ in range(again):
            if cache.get(f"flood {number}") is None:
                cache.put(f"flood {number}", number)


@pytest.fixture
def cache() -> SegmentedLRU[str, int]:
    return SegmentedLRU(8)


def test_flood_does_not_displace_what_was_asked_again(cache: SegmentedLRU[str, int]) -> None:
    for name in ("a", "b", "c"):
        cache.put(name, 1)
        assert cache.get(name) == 1
    flood(cache, 10_000)
    assert [cache.get(name) for name in ("a", "b", "c")] == [1, 1, 1]


@pytest.mark.parametrize("most", [1, 2, 3, 8, 100])
@pytest.mark.parametrize("again", [1, 3])
def test_flood_does_not_grow_it(most: int, again: int) -> None:
    cache: SegmentedLRU[str, int] = SegmentedLRU(most)
    flood(cache, 1_000, again)
    assert len(cache) <= max(most, 2)


def test_flood_of_pairs_leaves_what_is_in_use(cache: SegmentedLRU[str, int]) -> None:
    cache.put("a", 1)
    for number in range(1_000):
        assert cache.get("a") == 1
        flood(cache, number % 3, again=2)


def test_newest_value_of_a_key_counts(cache: SegmentedLRU[str, int]) -> None:
    for value in (1, 2):
        cache.put("a", value)
        assert cache.get("a") == value
    cache.put("a", 3)
    assert cache.get("a") == 3


def test_oldest_goes_first(cache: SegmentedLRU[str, int]) -> None:
    numbers: Iterator[int] = count()
    for name in "abcdefghij":
        cache.put(name, next(numbers))
        cache.get(name)
    assert cache.get("a") is None
    assert cache.get("j") == 9


def test_heavy_values_are_few() -> None:
    kept: SegmentedLRU[int, bytes] = SegmentedLRU(1_000, len)
    for number in range(50):
        kept.put(number, bytes(number % 7 * 50))
        for again in range(number):
            kept.get(again)
    found = [value for number in range(50) if (value := kept.get(number)) is not None]
    assert 2 < len(found) == len(kept)
    assert sum(map(len, found)) <= 1_000


def test_value_heavier_than_all_is_kept_alone() -> None:
    kept: SegmentedLRU[str, bytes] = SegmentedLRU(100, len)
    for name in "abc":
        kept.put(name, bytes(1_000))
    assert [kept.get(name) for name in "abc"] == [None, None, bytes(1_000)]
    assert len(kept) == 1


def test_sets_as_integers_are_bounded_by_bytes(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = snapshot.index
    columns = POSTING_FACETS.c
    query = sa.select(columns.facet, columns.value, columns.postings_count, columns.payload)
    rows = [(row[0], row[1], row[2], row[3]) for row in snapshot.connection.execute(query)]
    bound = 20 * sys.getsizeof(index.all)
    monkeypatch.setattr(bitmaps, "_INTEGER_BYTES", bound)
    short = Bitmaps(rows)
    asked = [skill.skill for skill in index.skills]
    for _ in range(2):
        assert [short.get("skill", one) for one in asked] == [one.bits for one in index.skills]
    kept = [short._bits.get(("skill", one)) or 0 for one in asked]
    assert 2 < sum(map(bool, kept)) < len(asked)
    assert sum(map(sys.getsizeof, filter(None, kept))) <= bound
