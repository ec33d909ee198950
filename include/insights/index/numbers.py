"""A number by position, bit-sliced (O'Neil and Quass 1997, https://doi.org/10.1145/253260.253268).

One bitmap a binary digit: sums and comparisons of all positions are a few operations of integers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import zip_longest

__all__ = ["Numbers"]

_BYTE = 8
_ZERO = ord("0")


@dataclass(frozen=True)
class Numbers:
    """A number from 0 on by position; ``slices`` has a bitmap a digit, the lowest first."""

    all: int
    """Every position."""
    slices: Sequence[int] = ()

    @classmethod
    def of(cls, values: Iterable[int], all_positions: int) -> Numbers:
        """Return these numbers, each below 65,536, by position."""
        kept = array("H", values)
        parts = (bytes(value & 255 for value in kept), bytes(value >> _BYTE for value in kept))
        slices = [_digit(part, bit) for part in parts for bit in range(_BYTE)]
        while slices and not slices[-1]:
            slices.pop()
        return cls(all_positions, slices)

    @classmethod
    def counting(cls, sets: Iterable[int], all_positions: int) -> Numbers:
        """Return by position how many of the sets have it."""
        return reduce(Numbers._plus_one, sets, cls(all_positions))

    def equal(self, number: int) -> int:
        """Return the positions with this number."""
        if number >> len(self.slices):
            return 0
        found = self.all
        for bit, having in enumerate(self.slices):
            common = found & having
            found = common if number >> bit & 1 else found ^ common
        return found

    def at_least(self, number: int) -> int:
        """Return the positions with this number or a greater one."""
        if number >> len(self.slices):
            return 0
        # Compared digit by digit from the highest; ``equal`` are still undecided.
        greater, equal = 0, self.all
        for bit in reversed(range(len(self.slices))):
            common = equal & self.slices[bit]
            if number >> bit & 1:
                equal = common
            else:
                greater |= common
                equal ^= common
        return greater | equal

    def minus(self, other: Numbers) -> Numbers:
        """Return the differences; ``other`` is nowhere greater."""
        return Numbers(self.all, self._subtracted(other)[0])

    def not_below(self, other: Numbers) -> int:
        """Return the positions whose number is at least that of ``other``."""
        return self.all ^ self._subtracted(other)[1]

    def _plus_one(self, where: int) -> Numbers:
        slices, carry = [], where
        for having in self.slices:
            slices.append(having ^ carry)
            carry &= having
        return Numbers(self.all, [*slices, carry] if carry else slices)

    def _subtracted(self, other: Numbers) -> tuple[list[int], int]:
        """Return the digits of the differences, and where the last one borrows."""
        slices, borrow = [], 0
        for one, less in zip_longest(self.slices, other.slices, fillvalue=0):
            slices.append(one ^ less ^ borrow)
            borrow = (less | borrow) & (self.all ^ one) | less & borrow
        return slices, borrow


def _digit(part: bytes, bit: int) -> int:
    """Return the positions whose byte has a bit, through digits that are parsed in C."""
    table = bytes(_ZERO + (value >> bit & 1) for value in range(256))
    return int(part.translate(table)[::-1] or b"0", 2)
