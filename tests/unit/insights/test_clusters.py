"""Sums over companies in two windows: as counted one by one."""

from __future__ import annotations

import random
from array import array
from collections import Counter

import pytest
from pyroaring import BitMap

from include.insights.index.clusters import Clustered, Clusters


def _sums(found: Clustered) -> list[list[int]]:
    now, before = found.now, found.before
    products = [found.dot(one, other) for one in (now, before) for other in (now, before)]
    return [found.sum(now), found.sum(before), *products]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
def test_sums_are_those_of_counters(seed: int, share: float) -> None:
    rng = random.Random(seed)
    size, numbers = 2_000, array("I", sorted(rng.choices(range(300), k=2_000)))
    now = {at for at in range(size) if rng.random() < 0.4}
    sets = [BitMap(at for at in range(size) if rng.random() < part) for part in (share, 0, 0.1)]
    clusters, everything = Clusters(numbers), BitMap(range(size))
    is_now = clusters.flags(BitMap(now))
    found, totals = clusters.of(sets, is_now), clusters.of([everything], is_now)

    def counted(chosen: BitMap) -> tuple[Counter[int], Counter[int]]:
        return Counter(numbers[at] for at in chosen if at in now), Counter(
            numbers[at] for at in chosen if at not in now
        )

    by_set, m = [counted(one) for one in sets], counted(everything)
    assert _sums(found) == [
        *([one.total() for one in column] for column in zip(*by_set, strict=True)),
        *(
            [
                sum(both[one][number] * both[other][number] for number in range(300))
                for both in by_set
            ]
            for one in (0, 1)
            for other in (0, 1)
        ),
    ]
    for window, of_all in enumerate(totals.at(found.companies)):
        expected = [sum(y[0][number] * m[window][number] for number in y[0]) for y in by_set]
        assert found.dot(found.now, of_all) == expected


@pytest.mark.parametrize("empty", range(4))
def test_sets_without_a_posting_stay_apart(empty: int) -> None:
    clusters, one = Clusters(array("I", [0, 0, 1])), BitMap([0, 1, 2])
    found = clusters.of([one, *[BitMap()] * empty, one], clusters.flags(BitMap([0, 1])))

    assert found.sum(found.now) == [2, *[0] * empty, 2]
    assert found.dot(found.now, found.now) == [4, *[0] * empty, 4]
    assert found.dot(found.before, found.before) == [1, *[0] * empty, 1]


def test_a_square_may_exceed_four_bytes() -> None:
    clusters, one = Clusters(array("I", [0] * 70_000)), BitMap(range(70_000))
    found = clusters.of([one], clusters.flags(one))

    assert found.dot(found.now, found.now) == [4_900_000_000]
    assert found.dot(found.now, found.at(found.companies)[0]) == [4_900_000_000]


def test_an_empty_index_has_no_companies() -> None:
    clusters = Clusters(array("I"))

    assert set(map(tuple, _sums(clusters.of([BitMap()], clusters.flags(BitMap()))))) == {(0,)}
    assert set(map(tuple, _sums(clusters.of([], clusters.flags(BitMap()))))) == {()}
