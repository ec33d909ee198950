"""The companies of the jobs that a filter selects: most jobs, newest, first-time and returning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from include.insights.counted import Selection, count, selected
from include.insights.filters import JobFilter
from include.insights.models import CompanyMeta, CompanyMonth, CompanyRow, Envelope
from include.insights.nearest import nearest
from include.insights.store import Snapshot

__all__ = ["Order", "SeenBefore", "companies"]

Order = Literal["jobs", "newest"]
SeenBefore = Literal["any", "first_time", "returning"]


def companies(
    snapshot: Snapshot, wanted: JobFilter, order: Order, top: int, seen: SeenBefore = "any"
) -> Envelope[CompanyRow, CompanyMeta]:
    """Return the companies with most jobs, or those first seen last; unnamed ones do not count.

    ``seen`` leaves those whose first month is among the months counted, or those that were seen
    before. First and last month are of all postings of a company, whatever the filter.
    """
    selection = selected(snapshot, wanted)
    index = selection.index
    jobs = index.companies.sizes(selection.bits)
    first_time = selection.bits & index.seen.first_time
    firsts = () if seen == "any" else index.companies.sizes(first_time)
    # Sorting is stable: ties go by jobs, then by key.
    shown = sorted(n for n in jobs if seen == "any" or (seen == "first_time") == (n in firsts))
    shown.sort(key=jobs.__getitem__, reverse=True)
    if order == "newest":
        shown.sort(key=index.seen.first.__getitem__, reverse=True)
    rows = [
        _row(selection, number, jobs[number], bool(first_time & index.companies.jobs(number)))
        for number in shown[:top]
    ]
    meta = CompanyMeta(
        total_count=len(rows),
        counted=count(snapshot, selection),
        nearest=nearest(snapshot, selection),
        months=list(_months(snapshot, selection)),
    )
    return Envelope[CompanyRow, CompanyMeta](data=rows, meta=meta)


def _row(selection: Selection, number: int, jobs: int, is_first_time: bool) -> CompanyRow:
    index = selection.index
    company = index.companies.all[number]
    first, last = index.months_of(number)
    return CompanyRow(
        company_key=company.key,
        name=company.name,
        asked_as=index.companies.asked_as(number),
        jobs=jobs,
        postings=(selection.postings & index.companies.jobs(number)).bit_count(),
        first_month=first,
        last_month=last,
        is_first_time=is_first_time,
    )


def _months(snapshot: Snapshot, selection: Selection) -> Iterator[CompanyMonth]:
    index = selection.index
    newest = snapshot.newest_complete_month
    for month in index.months:
        if of_month := selection.bits & index.month(month):
            first_time = index.companies.count(of_month & index.seen.first_time)
            yield CompanyMonth(
                month=month,
                first_time=first_time,
                returning=index.companies.count(of_month) - first_time,
                is_running=newest is not None and month > newest,
            )
