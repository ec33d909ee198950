"""Jobs that companies' boards show: opened, closed and open by week, and how long they stay open.

Only a board shows when a job closes: nothing here counts postings of Hacker News or of job boards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from include.insights.counted import count, selected
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.index.spans import Lives, monday
from include.insights.models import Contract, Count, CountedMeta, Share
from include.insights.rows import rows_as
from include.insights.statistics.survival import Step, days_until, kaplan_meier, share_after
from include.insights.store import Snapshot
from include.serving.facets import UNSPECIFIED
from include.serving.schema import DAYS_OPEN, JOB_SURVIVAL, WEEKLY_OPEN_JOBS

__all__ = [
    "DaysOpenRow",
    "OpenJobs",
    "OpenMeta",
    "SurvivalPoint",
    "WeekRow",
    "open_jobs",
]

_FACETS = {"family": "family", "role": "job_role"}
_LONG_DAYS = 90

Days = Annotated[float | None, Field(ge=0, description="Days; null where too few jobs closed.")]


class WeekRow(Contract):
    """A week of companies' boards."""

    week: date = Field(description="Its Monday.")
    open: Count = Field(description="Jobs that a board shows on a day of the week.")
    opened: Count = Field(description="Without those of a board's first reading.")
    closed: Count
    boards: Count = Field(description="Boards that are read: compare weeks of the same number.")
    is_running: bool


class DaysOpenRow(Contract):
    """How long the jobs of a group stay open, by the Kaplan-Meier estimate."""

    dimension: str
    value: str
    n: Count = Field(description="Jobs that the estimate counts.")
    closed: Count
    censored: Count = Field(description="Those of them that are still open.")
    late: Count = Field(description="Those that were open at their board's first reading.")
    left_out: Count = Field(description="Jobs that say nothing of how long.")
    p25: Days
    median: Days
    p75: Days
    low: Days = Field(description="Lower end of the median's 95 % interval.")
    high: Days = Field(description="Upper end; null: above what was followed.")
    open_after_90_days: Share | None
    open_after_90_days_low: Share | None
    open_after_90_days_high: Share | None


class SurvivalPoint(Contract):
    """The share of jobs that are open for longer than so many days."""

    days: int = Field(ge=0)
    at_risk: Count
    share: Share
    low: Share | None
    high: Share | None


class OpenMeta(CountedMeta):
    """What the answer counts: jobs of companies' boards."""

    by: str
    first_week: date | None
    last_week: date | None


class OpenJobs(Contract):
    """Jobs of companies' boards by week, and how long they stay open."""

    weekly: list[WeekRow]
    days_open: list[DaysOpenRow] = Field(description="Of all jobs, then of each group by size.")
    curve: list[SurvivalPoint] = Field(description="Of all jobs.")
    meta: OpenMeta


def open_jobs(
    snapshot: Snapshot,
    by: str = "family",
    wanted: JobFilter | None = None,
    window: tuple[date, date] | None = None,
) -> OpenJobs:
    """Return the jobs of boards that match, by week, and how long they stay open.

    Without a filter all of them, as the marts have them. ``window`` bounds the weeks by their
    Mondays; days open count all jobs, whenever they opened. Their groups are by ``family`` or
    ``role``.
    """
    everything = wanted is None
    selection = selected(snapshot, wanted or JobFilter(repeats=True))
    bits = selection.bits & snapshot.index.spans.all
    weekly = _weekly(snapshot) if everything else _weeks_of(snapshot.index, bits)
    if window:
        weekly = [row for row in weekly if window[0] <= row.week <= window[1]]
    groups = _days_open(snapshot, by) if everything else _days_open_of(snapshot.index, bits, by)
    return OpenJobs(
        weekly=weekly,
        days_open=groups,
        curve=_curve(snapshot) if everything else _points(_steps(snapshot.index.spans.lives(bits))),
        meta=OpenMeta(
            total_count=len(weekly),
            counted=count(snapshot, selection, bits),
            by=by,
            first_week=weekly[0].week if weekly else None,
            last_week=weekly[-1].week if weekly else None,
        ),
    )


def _weeks_of(index: FacetIndex, bits: int) -> list[WeekRow]:
    spans = index.spans
    return [
        WeekRow(
            week=monday(week.number),
            open=week.open,
            opened=week.opened,
            closed=week.closed,
            boards=week.boards,
            is_running=monday(week.number + 1) > spans.read_until,
        )
        for week in spans.weeks(bits)
    ]


def _days_open_of(index: FacetIndex, bits: int, by: str) -> list[DaysOpenRow]:
    """Return the rows of days open: of a set, and of each of its groups."""
    facet = _FACETS[by]
    values = [value for value in index.values(facet) if value != UNSPECIFIED]
    sets = [("all", "all", bits), *((by, one, bits & index.bits(facet, one)) for one in values)]
    rows = [_estimate(group, value, index.spans.lives(jobs)) for group, value, jobs in sets]
    shown = [row for row in rows if row.n or row.left_out]
    return sorted(shown, key=lambda row: (row.dimension != "all", -row.n, row.value))


def _estimate(dimension: str, value: str, lives: Lives) -> DaysOpenRow:
    steps = _steps(lives)
    jobs, closed = lives.left.total(), lives.closed.total()
    shares = [(step.days, step.share) for step in steps]
    p25, median, p75 = (days_until(shares, share) for share in (0.75, 0.5, 0.25))
    later = share_after(steps, _LONG_DAYS)
    return DaysOpenRow(
        dimension=dimension,
        value=value,
        n=jobs,
        closed=closed,
        censored=jobs - closed,
        late=lives.late,
        left_out=lives.left_out,
        p25=p25,
        median=median,
        p75=p75,
        low=days_until([(step.days, step.low) for step in steps], 0.5),
        high=days_until([(step.days, step.high) for step in steps], 0.5),
        open_after_90_days=later and later.share,
        open_after_90_days_low=later and later.low,
        open_after_90_days_high=later and later.high,
    )


def _steps(lives: Lives) -> list[Step]:
    return kaplan_meier(lives.entered, lives.left, lives.closed)


def _points(steps: Sequence[Step]) -> list[SurvivalPoint]:
    return [
        SurvivalPoint(
            days=step.days, at_risk=step.at_risk, share=step.share, low=step.low, high=step.high
        )
        for step in steps
    ]


def _weekly(snapshot: Snapshot) -> list[WeekRow]:
    columns = WEEKLY_OPEN_JOBS.c
    query = (
        sa.select(
            columns.week,
            columns.open_jobs.label("open"),
            columns.opened_jobs.label("opened"),
            columns.closed_jobs.label("closed"),
            columns.boards_count.label("boards"),
            (columns.is_complete == 0).label("is_running"),
        )
        .where(columns.dimension == "all")
        .order_by(columns.week)
    )
    return rows_as(WeekRow, snapshot.connection, query)


def _days_open(snapshot: Snapshot, by: str) -> list[DaysOpenRow]:
    columns = DAYS_OPEN.c
    query = (
        sa.select(DAYS_OPEN)
        .where(columns.dimension.in_(("all", by)))
        .order_by(columns.dimension != "all", columns.jobs_count.desc(), columns.value)
    )
    return [_days_open_row(row) for row in snapshot.connection.execute(query).mappings()]


def _days_open_row(row: sa.RowMapping) -> DaysOpenRow:
    jobs, closed = row["jobs_count"], row["closed_count"]
    return DaysOpenRow(
        dimension=row["dimension"],
        value=row["value"],
        n=jobs,
        closed=closed,
        censored=jobs - closed,
        late=row["late_count"],
        left_out=row["left_out_count"],
        p25=row["p25_days"],
        median=row["median_days"],
        p75=row["p75_days"],
        low=row["median_lower"],
        high=row["median_upper"],
        open_after_90_days=row["open_after_90_days"],
        open_after_90_days_low=row["open_after_90_days_lower"],
        open_after_90_days_high=row["open_after_90_days_upper"],
    )


def _curve(snapshot: Snapshot) -> list[SurvivalPoint]:
    columns = JOB_SURVIVAL.c
    query = (
        sa.select(
            columns.days,
            columns.at_risk,
            columns.survival.label("share"),
            columns.survival_lower.label("low"),
            columns.survival_upper.label("high"),
        )
        .where(columns.dimension == "all")
        .order_by(columns.days)
    )
    return rows_as(SurvivalPoint, snapshot.connection, query)
