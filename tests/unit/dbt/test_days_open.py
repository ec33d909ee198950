"""Days open by Kaplan-Meier: worked by hand, and on simulated boards with a known median."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from sample.gold.models import model_sql

SURVIVAL = model_sql("job_survival", survival_min_jobs="{0}")
GROUPS = f"create or replace table int_job_spans__groups as {model_sql('int_job_spans__groups')};"
Row = tuple[int | None, int | None, bool]  # entry, exit, closed


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set threads = 1")
        yield opened


def estimate(
    connection: duckdb.DuckDBPyConnection, rows: list[Row], min_jobs: int
) -> tuple[list[tuple[float, ...]], dict[str, float | None]]:
    """Return the curve of all jobs and the row of days_open."""
    entry, leave, closed = (pa.array(column) for column in zip(*rows, strict=True))
    connection.register("given", pa.table({"entry": entry, "leave": leave, "closed": closed}))
    connection.execute(
        "create or replace table int_job_spans__durations as select row_number() over () as "
        "posting_id, posting_id as job_id, 1 as period, entry as entry_days, leave as exit_days, "
        "closed as is_closed, entry > 0 as entered_late from given;"
        "create or replace table jobs as select posting_id, 1 as position, 'other' as family, "
        "['other'] as roles from int_job_spans__durations;"
        f"{GROUPS}"
        f"create or replace table job_survival as {SURVIVAL.format(min_jobs)}"
    )
    curve = connection.execute(
        "select days, at_risk, closed, survival, survival_lower, survival_upper from job_survival "
        "where dimension = 'all' order by days"
    ).fetchall()
    summary = connection.execute(
        f"select * from ({model_sql('days_open')}) where dimension = 'role'"
    )
    names = [column[0] for column in summary.description or []]
    return curve, dict(zip(names, summary.fetchall()[0], strict=True))


def test_estimate_equals_one_that_was_worked_by_hand(connection):
    rows: list[Row] = [(0, 2, True), (0, 3, False), (0, 5, True), (0, 8, True), (0, 8, True),
                       (2, 9, False), (0, 0, False), (None, None, True)]  # fmt: skip
    curve, summary = estimate(connection, rows, 1)
    assert [step[:3] for step in curve] == [(2, 5, 1), (3, 5, 0), (5, 4, 1), (8, 3, 2), (9, 1, 0)]
    # 4/5, times 3/4, times 1/3
    assert [step[3] for step in curve] == pytest.approx([0.8, 0.8, 0.6, 0.2, 0.2])
    # Greenwood: 1/(5*4), plus 1/(4*3), plus 2/(3*1); the interval is S^exp(-+1.96 g/|ln S|)
    for step, variance in zip(curve, (1 / 20, 1 / 20, 2 / 15, 4 / 5, 4 / 5), strict=True):
        spread = math.exp(1.959964 * math.sqrt(variance) / abs(math.log(step[3])))
        assert step[4:] == pytest.approx((step[3] ** spread, step[3] ** (1 / spread)))
    assert (summary["median_days"], summary["median_lower"], summary["median_upper"]) == (
        8,
        2,
        None,
    )
    counted = ("jobs_count", "closed_count", "late_count", "left_out_count")
    assert [summary[name] for name in counted] == [6, 4, 1, 2]


def test_a_curve_ends_where_too_few_jobs_are_at_risk(connection):
    few_left: list[Row] = [(0, day, True) for day in range(1, 21)]
    curve, summary = estimate(connection, few_left, 10)
    assert curve[-1][:2] == (11, 10)
    assert [summary[f"{part}_days"] for part in ("p25", "median", "p75")] == [5, 10, None]
    # Three new jobs close before the many that entered late are at risk: no curve at all.
    early = [(0, 3, True)] * 3 + [(5, 20 + n, True) for n in range(40)]
    curve, summary = estimate(connection, early, 10)
    assert curve == []
    assert summary["median_days"] is None


def exponential(rng: random.Random, median: float, size: int, watched: float) -> list[Row]:
    """Return jobs that open at any time, seen from day 0 of a board's readings to ``watched``.

    Their lives are exponential: a third of them are open at the first reading, so that the longer
    ones are seen more often, and many are open at the last.
    """
    rows: list[Row] = []
    while len(rows) < size:
        opened = rng.uniform(-2 * median, watched)
        closed = opened + rng.expovariate(math.log(2) / median)
        if closed <= 0:
            continue  # never seen
        entry, leave = max(0.0, -opened), min(closed, watched) - opened
        if round(leave) > round(entry):
            rows.append((round(entry), round(leave), closed < watched))
    return rows


@pytest.mark.parametrize("median", [20, 45])
def test_simulated_boards_have_the_median_that_they_were_made_with(connection, median):
    rows = exponential(random.Random(median), median, 6_000, watched=120)
    assert sum(entry > 0 for entry, _, _ in rows if entry is not None) > 600
    assert sum(not closed for _, _, closed in rows) > 600
    _, summary = estimate(connection, rows, 10)
    found, lower, upper = (summary[f"median_{part}"] for part in ("days", "lower", "upper"))
    assert found is not None
    assert lower is not None
    assert upper is not None
    assert abs(found - median) <= 0.06 * median + 1
    assert lower - 1 <= median <= upper + 1
    share = summary["open_after_90_days"]
    assert share is not None
    assert abs(share - 0.5 ** (90 / median)) < 0.02
    # Without late entry long jobs count too much, without open jobs short ones do.
    _, whole = estimate(connection, [(0, leave, closed) for _, leave, closed in rows], 10)
    _, ended = estimate(connection, [row for row in rows if row[2]], 10)
    assert (ended["median_days"] or math.inf) < lower <= upper < (whole["median_days"] or 0)


def test_intervals_hold_the_true_median_as_often_as_they_say(connection):
    rng, samples, size = random.Random(7), 80, 200
    rows = [row for _ in range(samples) for row in exponential(rng, 20, size, watched=90)]
    estimate(connection, rows, 10)
    connection.execute(f"update jobs set family = (posting_id - 1) // {size}")
    connection.execute(f"{GROUPS}create or replace table job_survival as {SURVIVAL.format(10)}")
    intervals = connection.execute(
        f"select coalesce(median_lower, 0), median_upper from ({model_sql('days_open')}) "
        "where dimension = 'family'"
    ).fetchall()
    assert len(intervals) == samples
    held = sum(lower - 1 <= 20 <= (upper or math.inf) for lower, upper in intervals)
    assert held >= 0.88 * samples  # 0.95 are expected
