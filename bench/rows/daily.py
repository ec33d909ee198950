"""The daily refresh of a 600-comment month in which three comments have changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from bench.comparison import Candidate, compare
from bench.report import Goal, Result, at_most

__all__ = ["check", "run"]

_MOST_TO_FIND = 5
"""The account's profile and its posts around the month, the thread among them."""
_CHANGED = 4
"""Items: the edited comment, the deleted one, the new one, and the thread that lists it."""
_REFRESH = Candidate("TechPulse: find, fetch, stage, load", "bench.candidates.daily")


def check(rows: Mapping[str, Any]) -> None:
    """Raise RuntimeError where a refresh has not found just what had changed."""
    if rows["inserted"] != _CHANGED or rows["unchanged"] != rows["expected"] - _CHANGED:
        raise RuntimeError(f"not {_CHANGED} of {rows['expected']} items have changed: {dict(rows)}")


def run(quick: bool = False) -> list[Result]:
    """Measure the refresh without HTTP and without Airflow; count what it asks."""
    comments, rounds = (60, 2) if quick else (600, 9)
    running = f"{dt.datetime.now(dt.UTC):%Y-%m}"
    runs = compare([_REFRESH], {"month": running, "comments": comments}, rounds)[_REFRESH.name]
    rows = runs.rows
    check(rows)
    more = rows["requests"] - rows["expected"]
    return [
        Result(
            key="daily",
            work=f"daily refresh of a {comments}-comment month with 3 changes",
            goals=[
                Goal(
                    "one request an item",
                    f"{rows['requests']:,} for {rows['expected']:,} items: "
                    f"{more} more to find the thread",
                    more <= _MOST_TO_FIND,
                ),
                at_most("of processor, outside HTTP and Airflow", 1, runs.processor, "s"),
            ],
            lines=[
                {
                    "candidate": _REFRESH.name,
                    "rounds": str(len(runs.seconds)),
                    "median s": f"{runs.median:.2f}",
                    "spread s": runs.spread,
                    "CPU s": f"{runs.processor:.2f}",
                    "inserted": f"{rows['inserted']:,}",
                    "unchanged": f"{rows['unchanged']:,}",
                }
            ],
            command="python -m bench daily",
            sizes=[f"1 month of {comments:,} comments, {rows['expected']:,} items with replies"],
            note="Four items differ: the edited comment, the deleted one, the new one, and the "
            "thread that lists it. Every answer lies in memory, so this is all but HTTP. The "
            "clock's seconds have waits for the disk and for a busy processor in them.",
        )
    ]
