"""The yearly pay that jobs state."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from include.insights.index.bitmaps import Bitmaps, bits_at
from include.insights.index.sets import positions

__all__ = ["ByPosition", "Pay"]

_KIND = ("job_role", "job_level", "country")


@dataclass(frozen=True)
class ByPosition:
    """Values by position; none where there are none."""

    numbers: array[int]
    """By position, the number of its values in ``known``: a list for each job is 100 bytes."""
    known: Sequence[tuple[str, ...]]

    def __getitem__(self, position: int) -> tuple[str, ...]:
        return self.known[self.numbers[position]]


class Pay:
    """Yearly pay by position: the job's own, or its posting's where none of its jobs has any.

    Hourly and daily rates are no yearly pay. Each array has an entry a job, read when first used.
    """

    def __init__(self, bitmaps: Bitmaps) -> None:
        self._bitmaps = bitmaps
        # Two threads may fill an entry at once: both find the same.
        self._stated: dict[str, int] = {}
        self._values: dict[str, ByPosition] = {}

    @cached_property
    def low(self) -> array[float]:
        """The lower end in the currency a year; not a number where none is stated."""
        return self._numbers("pay_low")

    @cached_property
    def high(self) -> array[float]:
        """The upper end; equal to ``low`` where one end is stated."""
        return self._numbers("pay_high")

    @cached_property
    def currency(self) -> bytes:
        """The number of the currency in ``currencies``; 0 where no yearly pay is stated."""
        return self._bitmaps.payload("order", "pay_currency")

    @cached_property
    def currencies(self) -> list[str]:
        """ISO 4217 by number; the first is empty."""
        return self._bitmaps.payload("text", "currencies").decode().split("\n")

    def stated_in(self, currency: str) -> int:
        """Return the jobs whose pay is in this currency, as bits; none for an unknown one."""
        if not currency or currency not in self.currencies:
            return 0
        if (kept := self._stated.get(currency)) is None:
            number = self.currencies.index(currency)
            of_it = (position for position, one in enumerate(self.currency) if one == number)
            kept = self._stated[currency] = bits_at([of_it], len(self.currency))
        return kept

    def values(self, facet: str) -> ByPosition:
        """Return a property's values by position, of the jobs that state yearly pay."""
        if (kept := self._values.get(facet)) is None:
            numbers = array("H", bytes(2 * len(self.currency)))
            known: list[tuple[str, ...]] = [()]
            for value in sorted(self._bitmaps.counts(facet)):
                longer: dict[int, int] = {}
                for at in positions(self.stated & self._bitmaps.get(facet, value)):
                    if (shorter := numbers[at]) not in longer:
                        longer[shorter] = len(known)
                        known.append((*known[shorter], value))
                    numbers[at] = longer[shorter]
            kept = self._values[facet] = ByPosition(numbers, known)
        return kept

    @cached_property
    def kinds(self) -> array[int]:
        """The number of its kind by position: all its roles and levels, and its country.

        Of the jobs that state yearly pay and whose posting is in one country; 0 of others. Each job
        is of one kind, so that kinds are independent.
        """
        roles, levels, countries = (self.values(facet).numbers for facet in _KIND)
        numbers: dict[tuple[int, int, int], int] = {}
        kinds = zip(roles, levels, countries, strict=True)
        return array(
            "I", (kind[2] and numbers.setdefault(kind, len(numbers) + 1) for kind in kinds)
        )

    @cached_property
    def stated(self) -> int:
        """The jobs that state yearly pay, as bits."""
        numbered = enumerate(self.currency)
        return bits_at([(at for at, currency in numbered if currency)], len(self.currency))

    def _numbers(self, name: str) -> array[float]:
        values: array[float] = array("d")
        values.frombytes(self._bitmaps.payload("order", name))
        return values
