"""Numbers by position: what a list of them says."""

from __future__ import annotations

import random

import pytest

from include.insights.index.numbers import Numbers

SIZE = 200
EVERY = (1 << SIZE) - 1


def bits(chosen: list[bool]) -> int:
    return sum(1 << at for at, is_in in enumerate(chosen) if is_in)


@pytest.mark.parametrize("most", [0, 1, 5, 64, 1_000])
def test_comparisons_are_those_of_the_numbers(most: int) -> None:
    rng = random.Random(most)
    one = [rng.randrange(most + 1) for _ in range(SIZE)]
    less = [rng.randrange(number + 1) for number in one]
    other = [rng.randrange(most + 1) for _ in range(SIZE)]
    numbers, fewer, others = (Numbers.of(values, EVERY) for values in (one, less, other))
    rest = numbers.minus(fewer)
    for number in {0, 1, most // 2, most, most + 1, 70_000}:
        assert numbers.equal(number) == bits([value == number for value in one])
        assert numbers.at_least(number) == bits([value >= number for value in one])
        assert rest.equal(number) == bits([a - b == number for a, b in zip(one, less, strict=True)])
    assert numbers.not_below(others) == bits([a >= b for a, b in zip(one, other, strict=True)])


def test_sets_are_counted_by_position() -> None:
    rng = random.Random(3)
    sets = [rng.getrandbits(SIZE) for _ in range(21)]
    counted = Numbers.counting(sets, EVERY)
    for number in range(23):
        expected = bits([sum(one >> at & 1 for one in sets) == number for at in range(SIZE)])
        assert counted.equal(number) == expected
    assert Numbers.counting([], EVERY).equal(0) == EVERY


def test_no_position_has_no_number() -> None:
    assert Numbers.of([], 0).equal(0) == Numbers.of([], 0).at_least(1) == 0
