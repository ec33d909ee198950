"""The yearly pay that jobs state."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property

from include.insights.index.bitmaps import Bitmaps, bits_at, positions

__all__ = ["Pay"]

_KIND = ("job_role", "job_level", "country")


class Pay:
    """Yearly pay by position: the job's own, or its posting's where none of its jobs has any.

    Hourly and daily rates are no yearly pay. Each array has an entry a job, read when first used.
    """

    def __init__(self, bitmaps: Bitmaps) -> None:
        self._bitmaps = bitmaps
        # Two threads may fill an entry at once: both find the same.
        self._stated: dict[str, int] = {}
        self._values: dict[tuple[str, str], Mapping[int, Sequence[str]]] = {}
        self._kinds: dict[str, Mapping[int, int]] = {}

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

    def values(self, facet: str, currency: str) -> Mapping[int, Sequence[str]]:
        """Return a property's values by position, of the jobs whose pay is in this currency."""
        key = (facet, currency)
        if (kept := self._values.get(key)) is None:
            stated, size = self.stated_in(currency), len(self.currency)
            found: dict[int, tuple[str, ...]] = {}
            # Equal ones are one object: a list for each job would be 100 bytes each.
            known: dict[tuple[str, ...], tuple[str, ...]] = {}
            for value in sorted(self._bitmaps.counts(facet)):
                for position in positions(stated & self._bitmaps.get(facet, value), size):
                    longer = (*found.get(position, ()), value)
                    found[position] = known.setdefault(longer, longer)
            kept = self._values[key] = found
        return kept

    def kinds(self, currency: str) -> Mapping[int, int]:
        """Return the number of its kind by position: all its roles and levels, and its country.

        Of the jobs whose pay is in this currency and whose posting is in one country. Each job is
        of one kind, so that kinds are independent.
        """
        if (kept := self._kinds.get(currency)) is None:
            roles, levels, countries = (self.values(facet, currency) for facet in _KIND)
            numbers: dict[tuple[str, ...], int] = {}
            kept = self._kinds[currency] = {
                at: numbers.setdefault((*roles[at], "", *levels[at], "", *country), len(numbers))
                for at, country in countries.items()
            }
        return kept

    @cached_property
    def stated(self) -> int:
        """The jobs that state yearly pay, as bits."""
        numbered = enumerate(self.currency)
        return bits_at([(at for at, currency in numbered if currency)], len(self.currency))

    def _numbers(self, name: str) -> array[float]:
        values: array[float] = array("d")
        values.frombytes(self._bitmaps.payload("order", name))
        return values
