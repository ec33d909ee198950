"""The jobs of one published version, by their properties: any filter, exact, in microseconds."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from pyroaring import BitMap

from include.insights.filters import JobFilter
from include.insights.index.bitmaps import Bitmaps, FacetRow
from include.insights.index.companies import Companies
from include.insights.index.days import Days
from include.insights.index.numbers import Numbers
from include.insights.index.order import Postings
from include.insights.index.pay import Pay
from include.insights.index.places import ANYWHERE, JobPlaces
from include.insights.index.seen import Seen
from include.insights.index.sets import positions, roaring_of
from include.insights.index.skill_lists import SkillLists
from include.insights.index.spans import Spans

if TYPE_CHECKING:
    from include.insights.index.pay_order import PayOrder, SharedPay

__all__ = ["REMOTE", "FacetIndex", "SkillBits"]

REMOTE = "remote"
_FEW_SHARE = 400
"""Below one position in this many, each is read."""
_REMOTE_VALUES = ("remote", "mixed")
_READ_A_MONTH = 50
"""Below so many positions a month, each is read; above, months are intersected."""


@dataclass(frozen=True)
class SkillBits:
    """A skill, its number of postings, and the jobs of the postings that name it."""

    skill: str
    count: int
    index: Bitmaps

    @property
    def bits(self) -> int:
        """The jobs, as bits."""
        return self.index.get("skill", self.skill)

    @property
    def set(self) -> BitMap:
        """The jobs, as a roaring bitmap."""
        return self.index.roaring("skill", self.skill)


class FacetIndex:
    """Sets of jobs are integers: bit i stands for the job at position i.

    Positions are ordered by company, posting and place in the posting; what is said of a posting
    holds for each of its jobs (include/serving/facets.py). ``size`` is the number of jobs.
    """

    def __init__(self, rows: Iterable[FacetRow]) -> None:
        self.bitmaps = Bitmaps(rows)
        self.all = self.bitmaps.get("set", "all")
        self.size = self.all.bit_length()
        self.postings = Postings(self.bitmaps)
        self.companies = Companies(self.bitmaps)
        self.days = Days(self.bitmaps)
        self.pay = Pay(self.bitmaps)
        self.spans = Spans(self.bitmaps)
        self.places = JobPlaces(self.bitmaps, self.postings)
        self.skill_lists = SkillLists(self.bitmaps, self.postings)
        counts = self.bitmaps.counts("skill")
        skills = (SkillBits(skill, count, self.bitmaps) for skill, count in counts.items())
        self.skills = sorted(skills, key=lambda skill: (-skill.count, skill.skill))
        self.newest_day = self.days.newest(self.all)
        self._kinds: dict[tuple[str, ...], array[int]] = {}
        self._pay_orders: dict[str, PayOrder] = {}
        self._firsts = self.all ^ self.bitmaps.get("set", "duplicate")
        self._others = self.all ^ self.bitmaps.get("level", "senior_excluded")
        self._counted = self._firsts & self._others

    def values(self, facet: str) -> dict[str, int]:
        """Return the postings per value of a property, most frequent first."""
        found = self.bitmaps.counts(facet)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def bits(self, facet: str, value: str) -> int:
        """Return the jobs with a property, as bits; none for an unknown value.

        Of the job itself: ``job_role``, ``job_level``, ``family``, ``remote`` (its own way of
        working, else its posting's). Of its posting: ``source``, ``skill``, ``visa``, ``country``,
        ``month`` (YYYY-MM), ``role`` and ``level`` (buckets of 1.0.0), ``state`` (``open``).
        """
        return self.bitmaps.get(facet, value)

    def month(self, month: str) -> int:
        """Return the jobs of a month, ``YYYY-MM``, as bits."""
        return self.bitmaps.get("month", month)

    @cached_property
    def months(self) -> list[str]:
        """The months that have postings, oldest first."""
        return sorted(self.bitmaps.counts("month"))

    @cached_property
    def month_numbers(self) -> array[int]:
        """The number in ``months`` of the month, by position; ``len(months)`` where unknown."""
        numbers = array("H", [len(self.months)]) * self.size
        for number, month in enumerate(self.months):
            for position in self.bitmaps.roaring("month", month).to_array():
                numbers[position] = number
        return numbers

    def of_months(self, months: Iterable[str]) -> BitMap:
        """Return the jobs of some months."""
        return BitMap.union(BitMap(), *(self.bitmaps.roaring("month", one) for one in months))

    def counts_by_month(self, found: BitMap, months: Sequence[str]) -> list[int]:
        """Return how many of a set each month has."""
        if len(found) < _READ_A_MONTH * len(months):
            counted = Counter(map(self.month_numbers.__getitem__, found.to_array()))
            return [counted[self._number_of.get(month, -1)] for month in months]
        sets = (self.bitmaps.roaring("month", one) for one in months)
        return list(map(found.intersection_cardinality, sets))

    @cached_property
    def _number_of(self) -> Mapping[str, int]:
        return {month: number for number, month in enumerate(self.months)}

    @cached_property
    def stated_once(self) -> array[int]:
        """A number by position: one where a posting states the same pay for several of its jobs.

        0 where a job states none.
        """
        found = array("I", bytes(4 * self.size))
        low, high, posting = self.pay.low, self.pay.high, self.postings.numbers
        number, current = 0, -1
        # A posting's jobs are neighbours: only its own pays are looked at.
        numbers: dict[tuple[float, float], int] = {}
        for at in self.positions(self.pay.stated):
            if posting[at] != current:
                current, numbers = posting[at], {}
            pay = low[at], high[at]
            if pay not in numbers:
                number += 1
                numbers[pay] = number
            found[at] = numbers[pay]
        return found

    @cached_property
    def shared_pay(self) -> SharedPay:
        """The pays of ``stated_once`` that several jobs share."""
        from include.insights.index.pay_order import SharedPay

        return SharedPay(self.stated_once)

    def pay_order(self, currency: str) -> PayOrder:
        """Return the pays in a currency; a cell is a kind of job (``Pay.kinds``) and its year."""
        # pyarrow is imported when first used: most processes that import the index sort no pay.
        from include.insights.index.pay_order import PayOrder

        # Two threads may fill an entry at once: both find the same.
        if (kept := self._pay_orders.get(currency)) is None:
            cells, pay = self._pay_cells(currency), self.pay
            kept = self._pay_orders[currency] = PayOrder.of(cells, pay.low, pay.high)
        return kept

    def _pay_cells(self, currency: str) -> array[int]:
        """Return the number of the cell by position; 0 where the job is of no kind.

        0, too, where its pay is in another currency.
        """
        years = [month[:4] for month in self.months] + [""]
        numbers: dict[tuple[int, str], int] = {}
        is_wanted = [one == currency for one in self.pay.currencies]
        kinds = zip(self.pay.kinds, self.month_numbers, self.pay.currency, strict=True)
        return array(
            "I",
            (
                numbers.setdefault((kind, years[month]), len(numbers) + 1)
                if kind and is_wanted[of]
                else 0
                for kind, month, of in kinds
            ),
        )

    def kinds(self, *facets: str) -> array[int]:
        """Return a number by position for what a posting's jobs are, such as their role and level.

        Of several values it counts as the rarest. Cached.
        """
        if facets not in self._kinds:
            self._kinds[facets] = self._numbered(facets)
        return self._kinds[facets]

    def _numbered(self, facets: tuple[str, ...]) -> array[int]:
        parts = [self.fold(self.all)]
        for facet in facets:
            parts = [piece for part in parts for piece in self._parted(part, facet)]
        numbers = array("H", bytes(2 * self.size))
        for number, part in enumerate(parts):
            for position in positions(part):
                numbers[position] = number
        return numbers

    def _parted(self, postings: int, facet: str) -> Iterator[int]:
        """Yield the postings by their first value of a facet; last those that have none."""
        # Rare values first: most of the postings that name them name a frequent one as well.
        for value in reversed(self.values(facet)):
            part = postings & self.fold(self.bits(facet, value))
            yield part
            postings ^= part
        yield postings

    @cached_property
    def seen(self) -> Seen:
        """When each company was seen first and last."""
        return Seen(self.companies.numbers, self.month_numbers, len(self.months), self.size)

    def months_of(self, company: int) -> tuple[str | None, str | None]:
        """Return the first and last month that a company was seen; None where no month is known."""
        seen = (self.seen.first[company], self.seen.last[company])
        first, last = (self.months[n] if n < len(self.months) else None for n in seen)
        return first, last

    @cached_property
    def asked(self) -> Numbers:
        """How many skills the posting names, by position."""
        return Numbers.of(self.skill_lists.sizes(), self.all)

    def fold(self, bits: int) -> int:
        """Return the postings of a set: one bit each, the position of the posting's last job.

        ``(fold(bits) & skill.bits).bit_count()`` counts the postings that name a skill.
        """
        return self.postings.groups.fold(bits)

    def few(self, postings: int) -> list[int] | None:
        """Return the positions of a folded set of so few that reading each is fastest, else None.

        Of such a set nearly all skills are named as often as the last of the first, so that a scan
        of their bitmaps would end late.
        """
        return list(self.positions(postings)) if self.is_few(postings.bit_count()) else None

    def is_few(self, count: int) -> bool:
        """Return whether reading so many positions is quicker than a pass over all."""
        return count * _FEW_SHARE < self.size

    def counts_by_skill(self, postings: int, least: int) -> dict[int, int]:
        """Return by number how many of a folded set name each skill, if so many do."""
        if (few := self.few(postings)) is not None:
            counted = self.skill_lists.counts(few)
            return {number: count for number, count in counted.items() if count >= least}
        chosen = roaring_of(postings)
        counts = (chosen.intersection_cardinality(one.set) for one in self.skills_named(least))
        return {number: count for number, count in enumerate(counts) if count >= least}

    def skills_named(self, least: int) -> Iterator[SkillBits]:
        """Yield the skills that so many postings name in all, the most named first."""
        return takewhile(lambda skill: skill.count >= least, self.skills)

    def newest(self, bits: int, after: tuple[int, str] | None = None) -> Iterator[tuple[int, str]]:
        """Yield time posted (epoch seconds) and id of the postings of a set, newest first.

        ``after`` is the last one of an earlier page.
        """
        return self.postings.newest(self.fold(bits), after)

    def positions(self, bits: int) -> array[int]:
        """Return the positions of a set, ascending."""
        return positions(bits)

    def as_of(self, today: date) -> date:
        """Return the day that windows end at: the newest posting's, at most today.

        With old data, a window then covers the data's last days instead of an empty present.
        """
        return min(today, self.newest_day or today)

    def select(self, wanted: JobFilter, as_of: date) -> int:
        """Return the jobs that match a filter, as bits."""
        bits = self._located(wanted)
        if not (wanted.seniors and wanted.repeats):
            bits &= self._included(wanted)
        if window := wanted.window(as_of):
            bits &= self.days.between(*window)
        for facet, value in (("role", wanted.role), ("level", wanted.level)):
            if value != "any":
                bits &= self.bitmaps.get(facet, value)
        if wanted.source != "any":
            bits &= self.bitmaps.get("source", wanted.source)
        for facet, values in (
            ("source", wanted.sources),
            ("remote", wanted.remote),
            ("job_role", wanted.roles),
            ("job_level", wanted.levels),
            ("family", wanted.families),
        ):
            if values:
                bits &= self.bitmaps.any_of(facet, values)
        for technology in wanted.technologies:
            bits &= self.bitmaps.get("skill", technology)
        if wanted.company is not None:
            bits &= self.companies.called(wanted.company)
        if wanted.apply_from is not None:
            bits &= self._open_from(wanted.apply_from, wanted.unstated == "include")
        return bits & self.bitmaps.get("state", "open") if wanted.state == "open" else bits

    def _included(self, wanted: JobFilter) -> int:
        if wanted.seniors:
            return self._firsts
        return self._others if wanted.repeats else self._counted

    def _located(self, wanted: JobFilter) -> int:
        """Return the jobs at a place; "Remote" filters by work mode, not by place."""
        location, by_posting = wanted.location.strip(), wanted.by_posting
        lowered = location.casefold()
        if lowered in ANYWHERE:
            return self.all
        head, comma, _ = lowered.partition(",")
        if head.strip() != REMOTE:
            return self.places.at(location, by_posting=by_posting)
        way = "posting_remote" if by_posting else "remote"
        remote = self.bitmaps.any_of(way, _REMOTE_VALUES)
        region = location[len(head) + 1 :].strip()
        if not comma or region.casefold() in ANYWHERE:
            return remote
        return remote & self.places.open_to(region, by_posting=by_posting)

    def _open_from(self, place: str, unstated: bool) -> int:
        """Return the jobs that one may apply for from a place."""
        if place.strip().casefold() in ANYWHERE:
            return self.all
        remote = self.bitmaps.any_of("remote", _REMOTE_VALUES)
        found = self.places.open_to(place)
        if unstated:
            found |= self.places.unstated(place)
        there = self.places.at(place) & ~self.bitmaps.get("remote", "remote")
        return remote & found | there
