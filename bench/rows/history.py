"""The full history, from fetch to published: bare, and through Airflow."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from typing import Any

from bench.comparison import Candidate, run_child
from bench.report import Result, at_most
from include.months import FIRST_MONTH, Month
from sample.server import spawn

__all__ = ["growth", "run"]

_COMMENTS = 535
"""A month; times 187 months: 100,000."""
_LATENCY_MS = 30
_FLAT = 1.25
"""The last month may cost so much more than the first, by the line through all of them."""
_BARE = Candidate("without Airflow", "bench.candidates.history_bare")
_AIRFLOW = Candidate("through Airflow (make backfill)", "bench.candidates.history_airflow")
_LAST = Month(2026, 10)


def run(quick: bool = False) -> list[Result]:
    """Measure once each: all 187 months, or as many as ``BENCH_MONTHS`` says."""
    count = int(os.environ.get("BENCH_MONTHS", "3" if quick else "187"))
    comments = 60 if quick else _COMMENTS
    first = max(_months_before(_LAST, count - 1), FIRST_MONTH)
    arguments = ["--months", f"{first}..{_LAST}", "--comments", str(comments)]
    with spawn([*arguments, "--latency-ms", str(_LATENCY_MS)]) as url:
        job = {"url": url, "first": first.key, "last": _LAST.key}
        bare, airflow = run_child(_BARE, job), run_child(_AIRFLOW, job)
    if bare["rows"] != airflow["rows"]:
        raise RuntimeError(f"Airflow leaves other rows: {airflow['rows']}, not {bare['rows']}")
    return [_result(bare, airflow, count, comments)]


def _months_before(month: Month, count: int) -> Month:
    total = month.year * 12 + month.month - 1 - count
    return Month(total // 12, total % 12 + 1)


def growth(costs: Sequence[float]) -> float:
    """Return the last month's cost by the first's, on the straight line through all of them."""
    line = statistics.linear_regression(range(len(costs)), costs)
    return (line.intercept + line.slope * (len(costs) - 1)) / line.intercept


def _result(bare: dict[str, Any], airflow: dict[str, Any], count: int, comments: int) -> Result:
    clock = [seconds for seconds, _ in bare["details"]["months"]]
    processor = [seconds for _, seconds in bare["details"]["months"]]
    return Result(
        key="history",
        work=f"full history: {count} months, {count * comments:,} comments, fetch to published, "
        f"{_LATENCY_MS} ms an answer",
        goals=[
            at_most("from the first month's cost to the last's", _FLAT, growth(processor)),
            at_most("the bare pipeline", 1.5, airflow["seconds"] / bare["seconds"]),
        ],
        lines=[
            _line(_BARE.name, bare, clock, f"{bare['details']['analytics']:.0f}"),
            _line(_AIRFLOW.name, airflow, airflow["details"]["months"], "within the total"),
        ],
        command="python -m bench history",
        sizes=[
            f"{count} months of {comments:,} comments, "
            + ", ".join(f"{rows:,} rows of {table}" for table, rows in bare["rows"].items())
        ],
        note=f"{bare['rows']['bronze.raw_hn_items']:,} items. Without Airflow a month's processor "
        f"seconds grow {growth(processor):.2f} × from the first to the last, its seconds by the "
        f"clock {growth(clock):.2f} ×. Airflow has four months under way at a time.",
    )


def _line(
    name: str, run: dict[str, Any], months: Sequence[float], analytics: str
) -> dict[str, str]:
    return {
        "candidate": name,
        "total s": f"{run['seconds']:,.0f}",
        "median s a month": f"{statistics.median(months):.1f}",
        "spread s": f"{min(months):.1f} to {max(months):.1f}",
        "analytics and publish s": analytics,
    }
