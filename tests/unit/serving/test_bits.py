"""Sets as integers: positions of few, of some and of most."""

from __future__ import annotations

import random

import pytest

from include.insights.index.bitmaps import bits_at
from include.serving.bits import flags_of, positions

SIZE = 3_001


@pytest.mark.parametrize("count", [0, 1, 10, 60, 300, 900, 2_900, SIZE])
def test_positions_are_those_of_the_set(count: int) -> None:
    chosen = sorted(random.Random(count).sample(range(SIZE), count))
    bits = sum(1 << position for position in chosen)
    assert list(positions(bits, SIZE)) == chosen
    assert [at for at, flag in enumerate(flags_of(bits, SIZE)) if flag] == chosen
    assert bits_at([chosen[::2], chosen[1::2]], SIZE) == bits
