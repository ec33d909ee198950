"""Jobs that companies' boards show: opened, closed and open by week, and how long they stay open.

Only a board shows when a job closes: nothing here counts postings of Hacker News or of job boards.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from include.insights.models import Contract, Count, Share
from include.insights.rows import rows_as
from include.insights.store import Snapshot
from include.serving.schema import DAYS_OPEN, JOB_SURVIVAL, WEEKLY_OPEN_JOBS

__all__ = [
    "DaysOpenRow",
    "OpenJobs",
    "OpenMeta",
    "SurvivalPoint",
    "WeekRow",
    "open_jobs",
]

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


class OpenMeta(Contract):
    """What the answer counts: all jobs of companies' boards."""

    total_count: Count
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
    snapshot: Snapshot, by: str = "family", first: str | None = None, last: str | None = None
) -> OpenJobs:
    """Return the weeks whose Mondays lie in the months from first to last, and days open of all.

    Days open count all jobs whenever they opened; their groups are by ``family`` or ``role``.
    """
    weekly = _weekly(snapshot, first or "0000-01", last or "9999-12")
    return OpenJobs(
        weekly=weekly,
        days_open=_days_open(snapshot, by),
        curve=_curve(snapshot),
        meta=OpenMeta(
            total_count=len(weekly),
            by=by,
            first_week=weekly[0].week if weekly else None,
            last_week=weekly[-1].week if weekly else None,
        ),
    )


def _weekly(snapshot: Snapshot, first: str, last: str) -> list[WeekRow]:
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
        # "~" is after all digits: the whole last month.
        .where(columns.week >= f"{first}-01", columns.week <= f"{last}-~")
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
