"""The jobs of a filter by how much of what their postings name one has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from include.insights.index import FacetIndex
from include.insights.index.numbers import Numbers
from include.insights.models.match import Fit

__all__ = ["FITS", "Fits", "fit_of"]

FITS: tuple[Fit, ...] = get_args(Fit)
_STEP = 100
"""Above the number of skills that one may have: a better fit comes before more of them."""


@dataclass(frozen=True)
class Fits:
    """Sets of jobs, exact, from bitmaps. What a posting names is asked of each of its jobs."""

    had: Numbers
    """How many of one's skills the posting names, by position."""
    by_fit: Mapping[Fit, int]
    """The jobs of each fit; each that names a technology is in one."""
    lacking_one: int
    """The jobs that name one technology that one lacks, also if they name no other."""

    @classmethod
    def of(cls, index: FacetIndex, bits: int, skills: Collection[str]) -> Fits:
        """Return the fits of the jobs in ``bits``; fewer than 100 skills, each once."""
        named = (index.bits("skill", skill) for skill in skills)
        had = Numbers.counting(named, index.all)
        missing = index.asked.minus(had)
        lacking = [bits & missing.equal(number) for number in range(3)]
        some = bits & had.at_least(1)
        more = some & ~(lacking[0] | lacking[1] | lacking[2])
        half = more & had.not_below(missing)
        jobs = (
            lacking[0] & some,
            lacking[1] & some,
            lacking[2] & some,
            half,
            more ^ half,
            bits & index.asked.at_least(1) & ~some,
        )
        return cls(had, dict(zip(FITS, jobs, strict=True)), lacking[1])

    @property
    def naming(self) -> int:
        """The jobs whose posting names a technology."""
        found = 0
        for jobs in self.by_fit.values():
            found |= jobs
        return found

    def ranked(self, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
        """Yield score and jobs: the best fits first, of equal ones those that name most of it."""
        most = (1 << len(self.had.slices)) - 1
        for place, (fit, jobs) in enumerate(self.by_fit.items()):
            if fit in wanted and jobs:
                for number in range(most, -1, -1):
                    if found := jobs & self.had.equal(number):
                        yield (len(FITS) - place) * _STEP + number, found


def fit_of(score: int) -> Fit:
    """Return the fit that a score of ``Fits.ranked`` stands for."""
    return FITS[len(FITS) - score // _STEP]
