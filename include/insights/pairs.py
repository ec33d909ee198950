"""Skills that postings ask for together, the surest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, combinations
from statistics import fmean

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


@dataclass(frozen=True)
class _Pair:
    """Two skills by number, the postings that name each and both, and G2."""

    skills: tuple[int, int]
    each: tuple[int, int]
    both: int
    lift: float
    g2: float

    @property
    def order(self) -> tuple[float, int, tuple[int, int]]:
        """Together more often than by chance first, surest first."""
        return -self.g2 if self.lift > 1 else self.g2, -self.both, self.skills


def skill_pairs(
    snapshot: Snapshot, wanted: JobFilter, technology: str, top: int
) -> Envelope[PairRow, PairMeta]:
    """Return the pairs of skills of the postings that match, or those of one technology.

    Of the newest twelve months unless the filter has a window. All pairs are tested together
    (Benjamini-Hochberg); those that ten postings name are shown.
    """
    if wanted.months is None and wanted.days is None:
        wanted = replace(wanted, months=_newest_months(snapshot, wanted))
    selection = selected(snapshot, wanted)
    named = _named(selection, technology)
    effect = _design_effect(selection, named)
    pairs = list(_tested(selection, named, technology, effect))
    q = q_values([p_of_g2(pair.g2) for pair in pairs])
    # Ties of pairs are broken by their skills: two servers give the same order.
    ordered = sorted(zip(pairs, q, strict=True), key=lambda item: item[0].order)
    shown = [item for item in ordered if item[0].both >= _MIN_POSTINGS][:top]
    rows = [_row(snapshot, selection, effect, *item) for item in shown]
    first, last = wanted.months or (None, None)
    meta = PairMeta(
        total_count=len(rows),
        counted=count(snapshot, selection),
        nearest=nearest(snapshot, selection),
        start_date=first,
        end_date=last,
        tested=len(pairs),
        design_effect=effect,
    )
    return Envelope[PairRow, PairMeta](data=rows, meta=meta)


def _newest_months(snapshot: Snapshot, wanted: JobFilter) -> tuple[str, str] | None:
    """Return the newest twelve months that have come: a posting may be dated in the future."""
    today = snapshot.index.as_of(datetime.now(UTC).date())
    known = [month for month in snapshot.index.months if month <= f"{today:%Y-%m}"]
    return (months_before(known[-1], _MONTHS - 1), known[-1]) if known else None


def _named(selection: Selection, technology: str) -> Mapping[int, int]:
    """Return the postings by skill that are tested: the most named, or all with one technology."""
    skills = selection.index.skills
    found = {
        number: n
        for number, skill in enumerate(skills)
        if skill.count >= _MIN_POSTINGS
        and (n := (skill.bits & selection.postings).bit_count()) >= _MIN_POSTINGS
    }
    if technology != "any":
        return found
    most = sorted(found, key=lambda number: (-found[number], number))[:_MOST_SKILLS]
    return {number: found[number] for number in most}


def _design_effect(selection: Selection, named: Mapping[int, int]) -> float:
    """Return the mean design effect of companies, of some of the skills."""
    index, clusters = selection.index, selection.index.companies.clusters
    if not named:
        return 1.0

    def by_company(postings: int) -> Counter[int]:
        return Counter(map(clusters.__getitem__, index.positions(postings)))

    totals = by_company(selection.postings)
    some = sorted(named, key=lambda number: (-named[number], number))[:_MOST_SKILLS:_EFFECT_EVERY]
    return fmean(
        design_effect_of_share(by_company(selection.postings & index.skills[one].bits), totals)
        for one in some
    )


def _tested(
    selection: Selection, named: Mapping[int, int], technology: str, effect: float
) -> Iterator[_Pair]:
    total = selection.postings.bit_count()
    for skills, both in _together(selection, named, technology).items():
        one, other = (named[skill] for skill in skills)
        # Where all postings name one, as the filter asks, nothing is left to chance.
        if max(one, other) < total:
            g2 = independence(both, one, other, total, effect)
            yield _Pair(skills, (one, other), both, lift(both, one, other, total), g2)


def _together(
    selection: Selection, named: Mapping[int, int], technology: str
) -> Mapping[tuple[int, int], int]:
    """Return the postings by pair that name both, 0 for those never named together."""
    index = selection.index
    if technology == "any":
        lists = index.skill_lists.of(index.positions(selection.postings), named)
        found = Counter(chain.from_iterable(combinations(one, 2) for one in lists))
        return {pair: found[pair] for pair in combinations(sorted(named), 2)}
    numbers = [number for number in named if index.skills[number].skill == technology]
    return {
        (min(one, other), max(one, other)): (
            selection.postings & index.skills[one].bits & index.skills[other].bits
        ).bit_count()
        for one in numbers
        for other in named
        if other != one
    }


def _row(snapshot: Snapshot, selection: Selection, effect: float, pair: _Pair, q: float) -> PairRow:
    index, total = selection.index, selection.postings.bit_count()
    one, other = sorted((index.skills[number] for number in pair.skills), key=lambda s: s.skill)
    both = selection.postings & one.bits & other.bits
    return PairRow(
        skill_a=one.skill,
        skill_b=other.skill,
        name_a=snapshot.names.get(one.skill, one.skill),
        name_b=snapshot.names.get(other.skill, other.skill),
        postings_count=pair.both,
        share=pair.both / total,
        lift=pair.lift,
        companies_count=index.companies.count(both),
        lift_low=lift_low(pair.both, *pair.each, total, effect),
        g2=pair.g2,
        q=q,
    )
