"""Incremental analytics: 300 new postings on 100,000 and on a million, beside a full build."""

from __future__ import annotations

import os
from collections.abc import Iterator

from bench.analytics import Measured, Seconds, measure
from bench.report import Goal, Result, at_most
from bench.sizes import describe

__all__ = ["run"]


_SMALL, _LARGE = map(int, os.environ.get("BENCH_POSTINGS", "100000 1000000").split())
_QUICK = 550
_COMMAND, _TASKS, _MORE_POSTINGS, _RUN = 15, 10, 2, 2
"""What a day may cost: of a full build and publish in percent, of a day with fewer postings, and of
one bare build."""


def run(quick: bool = False) -> list[Result]:
    """Measure once; the larger warehouse takes most of an hour."""
    if quick:
        measured = measure(_QUICK, days_only=True)
        return [_result(_QUICK, measured, list(_of_full(measured.steps)))]
    small, large = measure(_SMALL), measure(_LARGE, days_only=True)
    more = {f"{step}, on {_LARGE:,}": taken for step, taken in large.steps.items()}
    goals = [
        *_of_full(small.steps),
        at_most(f"a day's build and publish, on {_LARGE:,} postings", _MORE_POSTINGS,
                _day(large.steps) / _day(small.steps)),
        at_most("a bare build of a day, by all tasks of the DAG's run", _RUN,
                small.steps["the DAG's run of a day"].processor
                / small.steps["a day's build"].processor),
    ]  # fmt: skip
    return [_result(_SMALL, Measured(small.steps | more, small.sizes), goals)]


def _result(postings: int, measured: Measured, goals: list[Goal]) -> Result:
    taken = measured.steps
    full = taken["full build"]
    return Result(
        key="analytics",
        work=f"incremental analytics: 300 new on {postings:,}",
        goals=goals,
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
        sizes=[describe(measured.sizes)],
        note="A build with nothing new takes dbt's start, a statement for each model and test, "
        "and the steps that read whole tables. `dbt started before`: in a fork of a process that "
        "has run dbt, as tasks are forks of the scheduler. `the DAG's run of a day`: an Airflow of "
        "its own, less what it takes without a run; its second one, since the first reads the "
        "whole dbt project.",
    )


def _day(taken: dict[str, Seconds], build: str = "a day's build") -> float:
    return taken[build].processor + taken["a day's publish"].processor


def _of_full(taken: dict[str, Seconds]) -> Iterator[Goal]:
    """Yield what a day's build and publish cost of a full build and first publish."""
    first = taken["first publish"].processor
    full = taken["full build"].processor + first
    yield at_most("of a full build and publish, a day as a command", _COMMAND,
                  100 * _day(taken) / full, "%")  # fmt: skip
    if refresh := taken.get("full refresh, dbt started before"):
        day = _day(taken, "a day's build, dbt started before")
        yield at_most("of a full build and publish, a day as tasks run it", _TASKS,
                      100 * day / (refresh.processor + first), "%")  # fmt: skip
