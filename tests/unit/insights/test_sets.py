"""Roaring bitmaps and integers are the same sets."""

from __future__ import annotations

import random
from array import array

import pytest
from pyroaring import BitMap

from include.insights.index.sets import bits_at, bits_of, bytes_of, digest, roaring_at, roaring_of

CONTAINER = 1 << 16


@pytest.mark.parametrize("size", [1, 100, CONTAINER - 1, CONTAINER, CONTAINER + 1, 200_000])
@pytest.mark.parametrize("share", [0.0, 0.0001, 0.06, 0.0625, 0.5, 0.95, 1.0])
def test_conversions_are_inverse(size: int, share: float) -> None:
    chosen = sorted(random.Random(size).sample(range(size), int(size * share)))
    bits = bits_at([chosen[::2], chosen[1::2]], size)
    found = roaring_of(bits)
    assert found.to_array().tolist() == chosen
    assert found == BitMap(chosen) == roaring_at(array("I", chosen[1::2] + chosen[::2]))
    assert bits_of(found) == bits_of(found.copy()) == bits
    # As any other that is stored or computed.
    assert BitMap.deserialize(found.serialize()) == found


def test_containers_of_all_kinds_are_one_set() -> None:
    many = range(5 * CONTAINER, 5 * CONTAINER + 5_000)
    chosen = [3, *many, *range(7 * CONTAINER, 9 * CONTAINER), 12 * CONTAINER - 1]
    found = BitMap(chosen)
    found.run_optimize()
    assert bits_of(found) == bits_at([chosen], 12 * CONTAINER)
    assert list(roaring_of(bits_of(found))) == chosen


def test_memory_is_that_of_containers() -> None:
    assert bytes_of(BitMap([1, 70_000])) == 4
    assert bytes_of(roaring_of((1 << CONTAINER) // 3)) == CONTAINER // 8


def test_digests_stand_for_sets() -> None:
    assert digest(0) != digest(1) != digest(1 << CONTAINER)
    assert digest(0b1010) == digest(bits_of(BitMap([1, 3])))
    assert digest(BitMap([1, 3])) == digest(roaring_of(0b1010)) != digest(BitMap([1, 4]))


def test_copied_containers_are_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """No set of ours has runs, which would be read position by position."""
    chosen = [*range(0, 3 * CONTAINER, 3), *range(4 * CONTAINER, 4 * CONTAINER + 100)]
    found = roaring_at(array("I", chosen))
    expected = bits_at([chosen], 5 * CONTAINER)
    monkeypatch.setattr("include.insights.index.sets.bits_at", None)
    assert bits_of(found) == bits_of(roaring_of(expected)) == expected
    assert bits_of(found & roaring_of(expected)) == expected
    assert bits_of(BitMap.union(found, BitMap())) == expected
