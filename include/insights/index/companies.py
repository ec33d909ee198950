"""The companies of the index: their numbers, names and keys, and how many there are in a set."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice, pairwise, repeat
from typing import TYPE_CHECKING

from pyroaring import BitMap

from include.insights.addresses import without_addresses
from include.insights.index.bitmaps import Bitmaps, Groups, array_of, flags_of
from include.insights.index.sets import positions

if TYPE_CHECKING:
    from include.insights.index.clusters import Clusters

__all__ = ["Companies", "Company"]

_ALONE = "~"
"""After a key: the company of this key alone, not the others of its name. In no name, as in
include/silver/companies, where it sets apart what distinguishes companies of one name."""
_FEW = 8
"""Below one job in this many, each is looked up; above, each company's are counted."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company: its key of dim_companies, else its name in lower case, and its name as shown."""

    key: str
    name: str


class Companies:
    """The companies by number, in the order of their positions; unnamed postings are in none."""

    def __init__(self, bitmaps: Bitmaps) -> None:
        self.groups = Groups(bitmaps.get("company", "ends"))
        self._size = bitmaps.get("set", "all").bit_length()
        lines = bitmaps.taken("text", "companies").decode()
        self._text_lines = lines.split("\n") if lines else []
        self._names = Groups(bitmaps.get("name", "ends"))
        shared = array_of("I", bitmaps.payload("order", "shared_names"))
        self._shared = dict(zip(shared[::2], shared[1::2], strict=True))
        """The number of a name that several companies have, by the name's last position in each."""
        self._shared_ends = sum(1 << position for position in self._shared)

    def count(self, bits: int) -> int:
        """Count the companies with a job in ``bits``."""
        return self.groups.fold(bits).bit_count()

    def count_few(self, found: BitMap) -> int:
        """Count the companies with a job in a set of few."""
        numbers = {*map(self.numbers.__getitem__, found.to_array())}
        return len(numbers - {self.groups.ends.bit_count()})

    def count_names(self, bits: int) -> int:
        """Count the distinct names, in any case, as contract 1.0.0 counts companies."""
        ends = self._names.fold(bits)
        shared = ends & self._shared_ends
        several = {self._shared[position] for position in positions(shared)}
        return (ends ^ shared).bit_count() + len(several)

    @cached_property
    def numbers(self) -> array[int]:
        """The company's number by position; ``len(all)`` where none is named."""
        after = accumulate(flags_of(self.groups.ends, self._size), initial=0)
        return array("I", islice(after, self._size))

    @cached_property
    def clusters(self) -> array[int]:
        """The company's number by position; where none is named, a number of its own."""
        # Those without a company come last: their numbers go on from the companies'.
        named = self.groups.ends.bit_length()
        first = self.groups.ends.bit_count()
        return self.numbers[:named] + array("I", range(first, first + self._size - named))

    @cached_property
    def by_cluster(self) -> Clusters:
        """The postings by ``clusters``."""
        # pyarrow is imported when first used: most processes that import the index count nothing.
        from include.insights.index.clusters import Clusters

        return Clusters(self.clusters)

    def sizes(self, bits: int) -> Counter[int]:
        """Return the jobs in ``bits`` of each company that has any, by number."""
        if bits.bit_count() * _FEW < self._size:
            found = Counter(map(self.numbers.__getitem__, positions(bits)))
            found.pop(self.groups.ends.bit_count(), None)
            return found
        flags = flags_of(bits, self._size)
        # In C: 25,000 companies take 3 ms, however many jobs they have.
        counts = enumerate(map(flags.count, repeat(1), self._starts, self._starts[1:]))
        return Counter({number: count for number, count in counts if count})

    @cached_property
    def all(self) -> list[Company]:
        """The companies by number."""
        parts = (line.split("\t") for line in self._text_lines)
        return [Company(key, without_addresses(name)) for key, name, *_ in parts]

    @cached_property
    def jobs_of_each(self) -> array[int]:
        """The number of jobs of each company, by number."""
        return array("I", (end - start for start, end in pairwise(self._starts)))

    def beginning(self, text: str) -> Iterator[int]:
        """Yield the companies whose name, or a word of it, begins with a text in lower case.

        "grove" finds "Finch Grove Media".
        """
        names, starts = self._folded
        asked, at = f" {text}", 0
        # Lines are searched at once, 1 ms for 50,000: a loop over the names takes 30.
        while "\n" not in text and (at := names.find(asked, at)) >= 0:
            number = bisect_right(starts, at) - 1
            yield number
            at = starts[number + 1]

    @cached_property
    def _folded(self) -> tuple[str, array[int]]:
        """The names, each in a line, after a blank; where each line begins, and the end."""
        lines = [f" {company.name.casefold()}\n" for company in self.all]
        return "".join(lines), array("I", accumulate(map(len, lines), initial=0))

    def called(self, text: str) -> int:
        """Return the jobs of the companies with this key or a spelling of this name, as bits."""
        bits = 0
        for number in self.numbers_called(text):
            bits |= self.jobs(number)
        return bits

    def numbers_called(self, text: str) -> Sequence[int]:
        """Return the numbers of the companies with this key or a spelling of this name.

        ``key~`` is the company of the key alone: "atlas" is also the name of ``atlas~atlas.dev``.
        """
        spelled = _spelled(text)
        found = self._numbers_by_name.get(spelled, ())
        if found or not spelled.endswith(_ALONE):
            return found
        key = spelled.removesuffix(_ALONE)
        return [n for n in self._numbers_by_name.get(key, ()) if self.all[n].key == key]

    def asked_as(self, number: int) -> str:
        """Return the text by which ``called`` finds a company alone."""
        key = self.all[number].key
        return key if self.numbers_called(key) == [number] else f"{key}{_ALONE}"

    def jobs(self, number: int) -> int:
        """Return the jobs of a company, as bits."""
        start = self._ends[number - 1] + 1 if number else 0
        return (1 << self._ends[number] + 1) - (1 << start)

    def names(self, number: int) -> Sequence[str]:
        """Return the spellings of a company's name, in lower case."""
        return self._text_lines[number].split("\t")[2:]

    def same_name(self, number: int) -> set[int]:
        """Return the other companies that share a spelling."""
        shared = (self._numbers_by_name[_spelled(name)] for name in self.names(number))
        return {other for numbers in shared for other in numbers} - {number}

    @cached_property
    def _starts(self) -> array[int]:
        """The first position of each company, and the one after the last."""
        return array("I", (0, *(end + 1 for end in self._ends)))

    @cached_property
    def _ends(self) -> array[int]:
        return positions(self.groups.ends)

    @cached_property
    def _numbers_by_name(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self._text_lines):
            # As shown, too: a name may be asked for as it was read.
            for name in {_spelled(form(part)) for part in line.split("\t") for form in _FORMS}:
                found[name].append(number)
        return dict(found)


_FORMS = (str, without_addresses)


def _spelled(name: str) -> str:
    """Return a name as it is compared: in lower case, with single blanks."""
    return " ".join(name.lower().split())
