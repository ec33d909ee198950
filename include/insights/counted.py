"""The jobs that a filter selects, and what is said of them: one place for every endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Literal

from pyroaring import BitMap

from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.index.sets import digest, roaring_of
from include.insights.models import Counted, Enough, SourceCount
from include.insights.search import matching
from include.insights.store import Snapshot
from include.sources.registry import attribution_of

__all__ = ["FULL", "GREY", "Selection", "count", "enough", "selected", "units"]

FULL, GREY = 30, 10
"""A share or a median of fewer is shown in grey, of fewer still not at all."""
_SOURCES_IN_LINE = 4


@dataclass(frozen=True)
class Selection:
    """The jobs that a filter selects in one published version."""

    index: FacetIndex
    wanted: JobFilter
    as_of: date
    """The day that the window ends at."""
    bits: int
    """The jobs."""
    postings: int
    """One bit a posting, at its last job: for counting what is said of postings."""

    @cached_property
    def job_set(self) -> BitMap:
        """The jobs as a roaring bitmap."""
        return roaring_of(self.bits)

    @cached_property
    def posting_set(self) -> BitMap:
        """The postings as a roaring bitmap."""
        return roaring_of(self.postings)

    @cached_property
    def key(self) -> bytes:
        """What stands for the jobs in caches."""
        return digest(self.bits)


def selected(snapshot: Snapshot, wanted: JobFilter, today: date | None = None) -> Selection:
    """Return the jobs that a filter selects; its window ends at ``FacetIndex.as_of(today)``."""
    index = snapshot.index
    as_of = index.as_of(today or datetime.now(UTC).date())
    bits = index.select(wanted, as_of)
    if wanted.q is not None:
        bits &= matching(snapshot, wanted.q)
    return Selection(index, wanted, as_of, bits, index.fold(bits))


def count(snapshot: Snapshot, selection: Selection, bits: int | None = None) -> Counted:
    """Return what is counted: the selection, or those of its jobs that are in ``bits``."""
    of = selection.key if bits is None else digest(bits)
    key = (of, selection.wanted.seniors, selection.wanted.repeats)
    kept: Counted | None = snapshot.memory.counted.get(key)
    if kept is None:
        bits = selection.bits if bits is None else bits
        kept = _counted(selection.index, selection.wanted, bits)
        snapshot.memory.counted.put(key, kept)
    return kept


def units(wanted: JobFilter) -> Literal["companies", "postings"]:
    """Return what a share is of: companies are independent; of a single one it is its postings."""
    return "companies" if wanted.company is None else "postings"


def enough(n: int) -> Enough:
    """Return whether so many units are enough to show a share or a median of."""
    return "full" if n >= FULL else "grey" if n >= GREY else "none"


def _counted(index: FacetIndex, wanted: JobFilter, bits: int) -> Counted:
    postings = index.fold(bits)
    numbers = {
        "jobs": bits.bit_count(),
        "postings": postings.bit_count(),
        "companies": index.companies.count(bits),
    }
    first, last = index.days.oldest(bits), index.days.newest(bits)
    sources = [
        SourceCount(source=source, postings=n)
        for source in index.values("source")
        if (n := (postings & index.bits("source", source)).bit_count())
    ]
    sources.sort(key=lambda one: (-one.postings, one.source))
    return Counted(
        **numbers,
        first_day=first,
        last_day=last,
        months=_months(first, last),
        sources=sources,
        seniors=wanted.seniors,
        repeats=wanted.repeats,
        line=_line(numbers, first, last, sources, wanted),
    )


def _months(first: date | None, last: date | None) -> int:
    if first is None or last is None:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _line(
    numbers: dict[str, int],
    first: date | None,
    last: date | None,
    sources: list[SourceCount],
    wanted: JobFilter,
) -> str:
    jobs, postings, companies = (
        f"{n:,} {_one(noun, n)}" for noun, n in zip(_NOUNS, numbers.values(), strict=True)
    )
    parts = [f"{jobs} in {postings} of {companies}"]
    if first and last:
        months = list(dict.fromkeys(f"{day:%b %Y}" for day in (first, last)))
        parts += [" to ".join(months), *_shares(sources, numbers["postings"])]
    left_out = (("seniors", wanted.seniors), ("repeats", wanted.repeats))
    said = ", ".join(f"{what} {'in' if is_in else 'out'}" for what, is_in in left_out)
    return f"{', '.join(parts)}; {said}"


_NOUNS = (("job", "jobs"), ("posting", "postings"), ("company", "companies"))


def _one(noun: tuple[str, str], n: int) -> str:
    return noun[n != 1]


def _shares(sources: list[SourceCount], total: int) -> list[str]:
    shown = [
        f"{attribution_of(one.source).name} {max(round(100 * one.postings / total), 1)} %"
        for one in sources[:_SOURCES_IN_LINE]
    ]
    more = len(sources) - len(shown)
    return [*shown, f"{more} more {_one(('source', 'sources'), more)}"] if more > 0 else shown
