"""Incremental analytics: 300 new postings on 100,000, beside a full build."""

from __future__ import annotations

from collections.abc import Iterator

from bench.analytics import Measured, Seconds, measure
from bench.report import Goal, Result, at_most
from bench.sizes import describe

__all__ = ["run"]


_DAYS = ("a day's build", "a day's build, dbt started before")


def run(quick: bool = False) -> list[Result]:
    """Measure once; a full build takes a minute."""
    if quick:
        return [_result(550, measure(550, quick))]
    small, large = 25_000, 100_000
    before = measure(small)
    taken = measure(large)
    smaller = {f"{day}, on {small:,}": before.steps[day] for day in _DAYS}
    return [_result(large, Measured(taken.steps | smaller, taken.sizes))]


def _result(postings: int, measured: Measured) -> Result:
    taken = measured.steps
    full = taken["full build"]
    return Result(
        key="analytics",
        work=f"incremental analytics: 300 new on {postings:,}",
        goals=list(_goals(taken)),
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
        note="What a build with nothing new takes is dbt's own: its start, and a statement for "
        "each model and test. `dbt started before`: in a fork of a process that has run dbt, as "
        "tasks are forks of the scheduler. A day on 25,000 tells what grows with the history.",
    )


def _goals(taken: dict[str, Seconds]) -> Iterator[Goal]:
    """Yield what a day costs of a full build: both commands, and both where dbt has started."""
    for where, full in (
        ("", "full build"),
        (", dbt started before", "full refresh, dbt started before"),
    ):
        if full in taken:
            share = taken[f"a day's build{where}"].processor / taken[full].processor
            yield at_most(f"of a full build{where or ', as a command'}", 10, 100 * share, "%")
