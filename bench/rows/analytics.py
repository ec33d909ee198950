"""Incremental analytics: 300 new postings on 100,000, beside a full build."""

from __future__ import annotations

from bench.analytics import Seconds, measure
from bench.report import Result, at_most

__all__ = ["run"]


def run(quick: bool = False) -> list[Result]:
    """Measure once; a full build takes a minute."""
    postings = 550 if quick else 100_000
    return [_result(postings, measure(postings, quick))]


def _result(postings: int, taken: dict[str, Seconds]) -> Result:
    full, day = taken["full build"], taken["a day's build"]
    return Result(
        key="analytics",
        work=f"incremental analytics: 300 new on {postings:,}",
        goals=[at_most("of a full build", 10, 100 * day.processor / full.processor, "%")],
        lines=[
            {
                "step": step,
                "s": f"{seconds.clock:.1f}",
                "CPU s": f"{seconds.processor:.1f}",
                "of a full build's CPU": f"{seconds.processor / full.processor:.1%}",
            }
            for step, seconds in taken.items()
        ],
        command="python -m bench analytics",
        note=f"The 300 themselves are {day.processor - taken['nothing new'].processor:.1f} s of "
        "processor time above a build with nothing new; the rest is dbt's own: its start, and a "
        "statement for each model and test, whatever is new.",
    )
