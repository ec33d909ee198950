"""How many postings there are, month by month, and adjusted for the season."""

from __future__ import annotations

from datetime import timedelta

from include.insights.filters import JobFilter
from include.insights.models import Envelope, RunningMonth, VolumeMeta, VolumePoint
from include.insights.monthly import Monthly
from include.insights.seekers import control
from include.insights.statistics.seasons import seasonal_factors, usual_share
from include.insights.store import Snapshot
from include.insights.trends import months_before, months_between

__all__ = ["volume"]

_USUAL_MONTHS = 12


def volume(
    snapshot: Snapshot, wanted: JobFilter, first: str, last: str
) -> Envelope[VolumePoint, VolumeMeta]:
    """Return the postings a month; whole months are adjusted where there are enough."""
    monthly = Monthly.of(snapshot, wanted, first, last)
    season = _season(monthly)
    points = [_point(monthly, month, season) for month in monthly.months]
    meta = VolumeMeta(
        total_count=len(points),
        start_date=first,
        end_date=last,
        season=season,
        running=_running(monthly),
        control=control(snapshot, (first, last), _only(wanted.technologies)),
        **monthly.said,
    )
    return Envelope[VolumePoint, VolumeMeta](data=points, meta=meta)


def _only(technologies: tuple[str, ...]) -> str | None:
    return technologies[0] if len(technologies) == 1 else None


def _season(monthly: Monthly) -> list[float] | None:
    """Return the factors by calendar month of all whole months, shown or not."""
    months = monthly.selection.index.months
    whole = [month for month in months if not monthly.is_running(month)]
    dense = months_between(whole[0], whole[-1]) if whole else []
    counts = monthly.selection.index.counts_by_month(monthly.selection.posting_set, dense)
    # From the first month that has any: zeros before it are no season.
    start = next((at for at, count in enumerate(counts) if count), len(counts))
    return seasonal_factors(counts[start:], int(dense[start][5:])) if counts[start:] else None


def _point(monthly: Monthly, month: str, season: list[float] | None) -> VolumePoint:
    jobs = monthly.jobs(month)
    postings, is_running = monthly.postings(month).bit_count(), monthly.is_running(month)
    adjusted = postings / season[int(month[5:]) - 1] if season and not is_running else None
    return VolumePoint(
        month=month,
        postings=postings,
        jobs=jobs.bit_count(),
        companies=monthly.selection.index.companies.count(jobs),
        adjusted=adjusted and round(adjusted, 1),
        is_running=is_running,
    )


def _running(monthly: Monthly) -> RunningMonth | None:
    """Return what the running month has so far, and what share of a month that usually is."""
    month = monthly.snapshot.newest_month
    if month is None or not monthly.is_running(month):
        return None
    postings = monthly.postings(month)
    as_of, start = monthly.selection.as_of, monthly.selection.index.days.oldest(postings)
    elapsed = (as_of - start).days if start else 0
    earlier = (months_before(month, back) for back in range(1, _USUAL_MONTHS + 1))
    usual = usual_share(_by_then(monthly, one, elapsed) for one in earlier)
    return RunningMonth(
        month=month,
        as_of=as_of,
        postings=postings.bit_count(),
        usual_share_by_now=usual if start else None,
    )


def _by_then(monthly: Monthly, month: str, elapsed: int) -> tuple[int, int]:
    """Return a month's postings of its first days, so many after its first posting, and all."""
    index, postings = monthly.selection.index, monthly.postings(month)
    start = index.days.oldest(postings)
    if start is None:
        return 0, 0
    first_days = index.days.between(start, start + timedelta(days=elapsed))
    return (postings & first_days).bit_count(), postings.bit_count()
