"""Insights and trends through the real Airflow API server, at three sizes of the store."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

from bench.questions import places_of
from bench.report import Goal, Result, at_most
from bench.sizes import describe
from bench.web import FIRST, NO_OP, ask_store, fill

__all__ = ["run", "web_line"]

_SIZES = tuple(map(int, os.environ.get("BENCH_SIZES", "10000 200000 1000000").split()))
_QUICK_FIRST = date(2024, 1, 1)
_CLIENTS = 20
_PAUSE_SECONDS = 0.25
_GOALS_MS = {"insights": 50.0, "trends": 20.0}
"""At the 95th percentile, of the case whose questions are all distinct."""


def run(quick: bool = False) -> list[Result]:
    """Measure each size with clients that pause as people do, beside a no-op."""
    sizes, seconds = ((5_000,), 0.5) if quick else (_SIZES, 5.0)
    first = _QUICK_FIRST if quick else FIRST
    goals: list[Goal] = []
    lines: list[dict[str, str]] = []
    held: list[str] = []
    for size in sizes:
        found, stored = _measure(size, seconds, first)
        held.append(describe(stored))
        p95 = {str(row["case"]): float(row["p95_ms"]) for row in found}
        lines += [web_line(size, row, p95[NO_OP]) for row in found]
        goals += [
            at_most(f"{name} at {size:,} postings, p95", limit, p95[f"{name}, all distinct"], "ms")
            for name, limit in _GOALS_MS.items()
        ]
    return [
        Result(
            key="web",
            work=f"insights and trends, {_CLIENTS} clients",
            goals=goals,
            lines=lines,
            command="python -m bench web",
            sizes=[f"{_CLIENTS} clients and 1 worker of the API server", *held],
            note=f"Each client pauses {_PAUSE_SECONDS} s between questions, on average; server and "
            "clients share the machine. `all distinct`: no place is asked for twice, whatever its "
            "spelling, so no answer and no set of postings is cached; places that many postings "
            "name come rather early. `times a no-op` is the 95th percentile by that of the icon "
            "in the same run, which says more than milliseconds where the machine is busy.",
        )
    ]


def _measure(
    size: int, seconds: float, first: date
) -> tuple[list[dict[str, str | float]], dict[str, int | str]]:
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as folder:
        filled = fill(Path(folder), size, first)
        found = ask_store(Path(folder), filled.store, _CLIENTS, seconds, _PAUSE_SECONDS)
        places = len(places_of(filled.store))
    return found, {**filled.sizes, "places that can be asked for": places}


def web_line(size: int, row: dict[str, str | float], noop_p95: float) -> dict[str, str]:
    """Return a line of the table; a case that ran out of questions says so."""
    ended = f" (no question left after {row['seconds']} s)" if row["ran_out"] else ""
    return {
        "postings": f"{size:,}",
        "case": f"{row['case']}{ended}",
        "asked": f"{row['questions']:,}",
        "not empty": f"{float(row['not_empty']):.0%}",
        "p50 ms": f"{row['p50_ms']}",
        "p95 ms": f"{row['p95_ms']}",
        "p99 ms": f"{row['p99_ms']}",
        "times a no-op": f"{float(row['p95_ms']) / noop_p95:.1f}",
        "requests/s": f"{row['requests_per_second']}",
    }
