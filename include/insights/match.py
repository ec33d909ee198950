"""How the jobs that a filter selects fit what a person can do, and which skill would open more.

Nothing is kept: no cache has a key or a value that depends on the skills.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from include.insights.counted import Selection, count, enough, selected, units
from include.insights.filters import JobFilter
from include.insights.fits import FITS, Fits, fit_of
from include.insights.job_skills import most_asked
from include.insights.models import Envelope
from include.insights.models.match import FitRow, MatchMeta, MatchRow, Opening, SkillName
from include.insights.nearest import nearest
from include.insights.pay_cells import premiums_among
from include.insights.postings import ranked_page
from include.insights.statistics.association import design_effect_of_share
from include.insights.statistics.intervals import overlaps, wilson
from include.insights.store import Snapshot

__all__ = ["match"]

_JOBS_READ = 2_500
"""Jobs that the design effect of a fit is read from; of more it differs little."""


def match(
    snapshot: Snapshot,
    wanted: JobFilter,
    skills: Sequence[str],
    today: date,
    *,
    limit: int,
    cursor: str | None = None,
    fits: Collection[str] = FITS,
    top: int = 10,
    currency: str | None = None,
) -> Envelope[MatchRow, MatchMeta]:
    """Return a page of the postings that name a technology, best fit first, and what all ask for.

    ``skills`` are ids of technologies, each once; ``fits`` are those listed, ``top`` the openings
    at most, ``currency`` that of premiums, by default the one most jobs state. Raises
    ConfigurationError for a cursor that is not one of an earlier page.
    """
    matched = _Matched.of(snapshot, selected(snapshot, wanted, today), skills)
    ranked = matched.fits.ranked(fits)
    page, following = ranked_page(snapshot, ranked, wanted.q, limit, cursor)
    names = {snapshot.names.get(skill, skill) for skill in skills}
    rows = [
        MatchRow(
            **dict(row),
            fit=fit_of(score),
            has=[name for name in row.skills if name in names],
            missing=[name for name in row.skills if name not in names],
        )
        for score, row in page
    ]
    meta = matched.meta(fits, following, top, currency or _most_stated(matched.selection))
    return Envelope[MatchRow, MatchMeta](data=rows, meta=meta)


@dataclass(frozen=True)
class _Matched:
    snapshot: Snapshot
    selection: Selection
    naming: Selection
    """Those of the selection whose posting names a technology."""
    fits: Fits
    skills: Sequence[str]

    @classmethod
    def of(cls, snapshot: Snapshot, selection: Selection, skills: Sequence[str]) -> _Matched:
        fits = Fits.of(selection.index, selection.bits, skills)
        return cls(snapshot, selection, _among(selection, fits.naming), fits, skills)

    def meta(
        self, listed: Collection[str], following: str | None, top: int, currency: str | None
    ) -> MatchMeta:
        unnamed = _among(self.selection, self.selection.bits ^ self.naming.bits)
        rows = list(self._fit_rows())
        return MatchMeta(
            total_count=sum(row.postings for row in rows if row.fit in listed),
            next_cursor=following,
            counted=count(self.snapshot, self.selection),
            nearest=nearest(self.snapshot, self.selection),
            skills=[SkillName(**self._named(skill)) for skill in self.skills],
            fits=rows,
            naming_jobs=self.naming.bits.bit_count(),
            naming_companies=self.naming.index.companies.count(self.naming.bits),
            unnamed_jobs=unnamed.bits.bit_count(),
            unnamed_postings=unnamed.postings.bit_count(),
            lacking_one_jobs=self.fits.lacking_one.bit_count(),
            openings=list(self._openings(top, currency)),
            share_of=units(self.selection.wanted),
            enough=enough(self._total),
            currency=currency,
        )

    def _named(self, skill: str) -> dict[str, str]:
        return {"technology_id": skill, "name": self.snapshot.names.get(skill, skill)}

    @property
    def _total(self) -> int:
        """What an opening's share is of."""
        if units(self.selection.wanted) == "postings":
            return self.naming.postings.bit_count()
        return self.naming.index.companies.count(self.naming.bits)

    def _fit_rows(self) -> Iterator[FitRow]:
        index, total, some = self.naming.index, self.naming.bits.bit_count(), self._some_jobs
        totals = _by_company(self.naming, some)
        for fit, jobs in self.fits.by_fit.items():
            n = jobs.bit_count()
            effect = design_effect_of_share(_by_company(self.naming, jobs & some), totals)
            interval = wilson(n, total, effect) if total else None
            yield FitRow(
                fit=fit,
                jobs=n,
                postings=index.fold(jobs).bit_count(),
                companies=index.companies.count(jobs),
                share=n / total if total else None,
                low=interval and interval.low,
                high=interval and interval.high,
            )

    @property
    def _some_jobs(self) -> int:
        """The jobs of some companies, from which design effects are read: all, or some 2,500."""
        jobs = self.naming.bits.bit_count()
        if jobs <= _JOBS_READ:
            return self.naming.bits
        # A company's jobs are neighbours, so that those of the first positions are whole companies.
        return self.naming.bits & ((1 << self.naming.index.size * _JOBS_READ // jobs) - 1)

    def _openings(self, top: int, currency: str | None) -> Iterator[Opening]:
        """Yield the skills that jobs lack alone, those that would open most first."""
        index, total = self.naming.index, self._total
        # Pay is compared among all jobs of the filter, as /salaries does.
        premiums = premiums_among(self.snapshot, self.selection.bits, currency or "")
        ranked = self._ranked(top)
        for k, postings, companies, known in ranked:
            interval, named = wilson(k, total), index.bits("skill", known["technology_id"])
            yield Opening(
                **known,
                jobs=(self.fits.lacking_one & named).bit_count(),
                postings=postings,
                companies=companies,
                share=k / total,
                low=interval.low,
                high=interval.high,
                about_equal_to_first=overlaps(wilson(ranked[0][0], total), interval),
                premium=premiums.of(named),
            )

    def _ranked(self, top: int) -> list[tuple[int, int, int, dict[str, str]]]:
        """Return what ranks each skill that postings lack alone, its postings and companies."""
        by_company = units(self.selection.wanted) == "companies"
        # What they name beside one's own skills is the one that they lack.
        lacking = most_asked(_among(self.naming, self.fits.lacking_one), without=self.skills)
        rows = [
            (companies if by_company else postings, postings, companies, self._named(skill))
            for skill, postings, companies in lacking
        ]
        return sorted(rows, key=lambda row: (-row[0], -row[1], row[3]["name"]))[:top]


def _among(selection: Selection, bits: int) -> Selection:
    return replace(selection, bits=bits, postings=selection.index.fold(bits))


def _by_company(selection: Selection, bits: int) -> Counter[int]:
    clusters = selection.index.companies.clusters
    return Counter(map(clusters.__getitem__, selection.index.positions(bits)))


def _most_stated(selection: Selection) -> str | None:
    """Return the currency that most of the jobs state yearly pay in."""
    pay = selection.index.pay
    jobs = {one: (selection.bits & pay.stated_in(one)).bit_count() for one in pay.currencies}
    most = max(jobs, key=jobs.__getitem__)
    return most if jobs[most] else None
