"""Sums over companies: as counted one by one."""

from __future__ import annotations

import random
from array import array
from collections import Counter

import pytest
from pyroaring import BitMap

from include.insights.index.clusters import Clusters


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
def test_sums_are_those_of_counters(seed: int, share: float) -> None:
    rng = random.Random(seed)
    numbers = array("I", sorted(rng.choices(range(300), k=2_000)))
    clusters = Clusters(numbers)
    one, other = (BitMap(at for at in range(2_000) if rng.random() < part) for part in (share, 0.3))
    counts = [Counter(numbers[at] for at in chosen) for chosen in (one, other)]
    first, second = (clusters.of(chosen) for chosen in (one, other))

    assert len(first) == len(one)
    assert first.squares == sum(n * n for n in counts[0].values())
    shared = sum(n * counts[1][number] for number, n in counts[0].items())
    assert first.times(second) == second.times(first) == shared


def test_an_empty_index_has_no_companies() -> None:
    nothing = Clusters(array("I")).of(BitMap())

    assert (len(nothing), nothing.squares, nothing.times(nothing)) == (0, 0, 0)
