"""Skills that postings ask for together, the surest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import combinations
from statistics import fmean
from typing import NamedTuple

from include.insights.counted import Selection, count, selected
from include.insights.filters import JobFilter
from include.insights.models import Envelope, PairMeta, PairRow
from include.insights.nearest import nearest
from include.insights.statistics.association import (
    design_effect_of_share,
    independence,
    lift,
    lift_low,
    p_of_g2,
)
from include.insights.statistics.changes import q_values
from include.insights.store import Snapshot
from include.insights.trends import months_before

__all__ = ["skill_pairs"]

_MONTHS = 12
_MIN_POSTINGS = 10  # that name both; with fewer, a lift is noise
_MOST_SKILLS = 100
"""Pairs of these are tested; a rarer skill's are by naming it. Bounds the time of an answer."""
_EFFECT_EVERY = 10
"""The design effect is the mean of one skill in so many: they differ little."""


class _Pair(NamedTuple):
    """Two skills by number, the postings that name each and both, and G2."""

    one: int
    other: int
    each: tuple[int, int]
    both: int
    g2: float


@dataclass(frozen=True)
class _Named:
    """The postings that a filter selects, and how many of them name each skill, if ten do."""

    selection: Selection
    counts: Mapping[int, int]

    @classmethod
    def of(cls, selection: Selection) -> _Named:
        found = selection.index.counts_by_skill(selection.postings, _MIN_POSTINGS)
        return cls(selection, found)

    @cached_property
    def total(self) -> int:
        return self.selection.postings.bit_count()

    @cached_property
    def most(self) -> Sequence[int]:
        """The skills that are named most; ties as in the index."""
        return sorted(self.counts, key=lambda skill: (-self.counts[skill], skill))[:_MOST_SKILLS]

    @cached_property
    def bits(self) -> Mapping[int, int]:
        """The postings by skill, of the most named, as bits of these postings alone."""
        index = self.selection.index
        return index.skill_lists.bits([*index.positions(self.selection.postings)], self.most)

    @cached_property
    def design_effect(self) -> float:
        """The mean design effect of companies, of some of the skills."""
        skills = self.selection.index.skills
        totals = self._by_company(self.selection.postings)
        some = (self.selection.postings & skills[n].bits for n in self.most[::_EFFECT_EVERY])
        effects = [design_effect_of_share(self._by_company(naming), totals) for naming in some]
        return fmean(effects) if effects else 1.0

    def _by_company(self, postings: int) -> Counter[int]:
        index = self.selection.index
        return Counter(map(index.companies.clusters.__getitem__, index.positions(postings)))

    def together(self, technology: str) -> Iterator[tuple[int, int, int]]:
        """Yield pairs of the most named skills, or of one with all, and the postings with both."""
        skills = self.selection.index.skills
        if technology == "any":
            for one, other in combinations(sorted(self.most), 2):
                yield one, other, (self.bits[one] & self.bits[other]).bit_count()
        for one in self.counts:
            if skills[one].skill == technology:
                naming = self.selection.postings & skills[one].bits
                for other in self.counts:
                    if other != one:
                        yield one, other, (naming & skills[other].bits).bit_count()

    def tested(self, technology: str) -> Iterator[_Pair]:
        """Yield the pairs with their G2."""
        counts, total, effect = self.counts, self.total, self.design_effect
        for one, other, both in self.together(technology):
            each = counts[one], counts[other]
            # Where all postings name one, as the filter asks, nothing is left to chance.
            if max(each) < total:
                yield _Pair(one, other, each, both, independence(both, *each, total, effect))


def skill_pairs(
    snapshot: Snapshot, wanted: JobFilter, technology: str, top: int
) -> Envelope[PairRow, PairMeta]:
    """Return the pairs of skills of the postings that match, or those of one technology.

    Of the newest twelve months unless the filter has a window. The pairs of the hundred most named
    skills, or all with the technology, are tested together (Benjamini-Hochberg); those that ten
    postings name are shown, the surest first.
    """
    if wanted.months is None and wanted.days is None:
        wanted = replace(wanted, months=_newest_months(snapshot))
    selection = selected(snapshot, wanted)
    named = _Named.of(selection)
    pairs = list(named.tested(technology))
    q = q_values([p_of_g2(pair.g2) for pair in pairs])
    shown = [item for item in zip(pairs, q, strict=True) if item[0].both >= _MIN_POSTINGS]
    shown.sort(key=lambda item: _order(named, item[0]))
    rows = [_row(snapshot, named, *item) for item in shown[:top]]
    first, last = wanted.months or (None, None)
    meta = PairMeta(
        total_count=len(rows),
        counted=count(snapshot, selection),
        nearest=nearest(snapshot, selection),
        start_date=first,
        end_date=last,
        tested=len(pairs),
        design_effect=named.design_effect,
    )
    return Envelope[PairRow, PairMeta](data=rows, meta=meta)


def _newest_months(snapshot: Snapshot) -> tuple[str, str] | None:
    """Return the newest twelve months that have come: a posting may be dated in the future."""
    today = snapshot.index.as_of(datetime.now(UTC).date())
    known = [month for month in snapshot.index.months if month <= f"{today:%Y-%m}"]
    return (months_before(known[-1], _MONTHS - 1), known[-1]) if known else None


def _order(named: _Named, pair: _Pair) -> tuple[float, int, int, int]:
    """Together more often than by chance first, surest first; ties by the skills."""
    is_more = lift(pair.both, *pair.each, named.total) > 1
    return -pair.g2 if is_more else pair.g2, -pair.both, pair.one, pair.other


def _row(snapshot: Snapshot, named: _Named, pair: _Pair, q: float) -> PairRow:
    index, total = named.selection.index, named.total
    skills = (index.skills[number] for number in (pair.one, pair.other))
    one, other = sorted(skills, key=lambda skill: skill.skill)
    return PairRow(
        skill_a=one.skill,
        skill_b=other.skill,
        name_a=snapshot.names.get(one.skill, one.skill),
        name_b=snapshot.names.get(other.skill, other.skill),
        postings_count=pair.both,
        share=pair.both / total,
        lift=lift(pair.both, *pair.each, total),
        companies_count=index.companies.count(named.selection.postings & one.bits & other.bits),
        lift_low=lift_low(pair.both, *pair.each, total, named.design_effect),
        g2=pair.g2,
        q=q,
    )
