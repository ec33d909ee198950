"""Every question through the real Airflow API server, at three sizes of the store."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

from bench.questions import places_of
from bench.report import Goal, Result, at_most
from bench.sizes import describe
from bench.web import FIRST, NO_OP, Asked, ask_store, fill

__all__ = ["MORE_MS", "goals_of", "note_of", "run", "web_lines"]

_SIZES = tuple(map(int, os.environ.get("BENCH_SIZES", "10000 200000 1000000").split()))
_QUICK_SIZE = 20_000  # fewer have fewer places than twenty clients ask for
_QUICK_FIRST = date(2024, 1, 1)
_CLIENTS = 20
_PAUSE_SECONDS = 0.25
MORE_MS = {
    "insights, all distinct": 35.0,
    "insights, any filter": 35.0,
    "trends, all distinct": 35.0,
    "trends, any filter": 35.0,
    "search, newest first": 85.0,
    "search, best first": 85.0,
}
"""By case: how much slower than a no-op behind the login its 95th percentile may be."""
_FIRST_MS, _MORE_MB, _TIMES_BESIDE = 300.0, 500.0, 2.0


def run(quick: bool = False) -> list[Result]:
    """Measure each size with clients that pause as people do, beside a no-op."""
    sizes, seconds = ((_QUICK_SIZE,), 0.5) if quick else (_SIZES, 5.0)
    first = _QUICK_FIRST if quick else FIRST
    goals: list[Goal] = []
    lines: list[dict[str, str]] = []
    held: list[str] = []
    notes: list[str] = []
    for size in sizes:
        found, stored = _measure(size, seconds, first)
        held.append(describe(stored))
        lines += web_lines(size, found)
        goals += goals_of(found, f"{size:,} postings")
        notes.append(note_of(found, f"{size:,} postings"))
    return [
        Result(
            key="web",
            work=f"every question, {_CLIENTS} clients",
            goals=goals,
            lines=lines,
            command="python -m bench web",
            sizes=[f"{_CLIENTS} clients and 1 worker of the API server", *held],
            note=f"Each client pauses {_PAUSE_SECONDS} s between questions, on average; server and "
            "clients share the machine. `all distinct`: no place is asked for twice, whatever its "
            "spelling, so no answer and no set of postings is cached; places that many postings "
            "name come rather early. `above a no-op` is the 95th percentile less that of the icon "
            "in the same run. " + " ".join(notes),
        )
    ]


def _measure(size: int, seconds: float, first: date) -> tuple[Asked, dict[str, int | str]]:
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as folder:
        filled = fill(Path(folder), size, first)
        found = ask_store(Path(folder), filled.store, _CLIENTS, seconds, _PAUSE_SECONDS)
        places = len(places_of(filled.store))
    return found, {**filled.sizes, "places that can be asked for": places}


def goals_of(found: Asked, where: str) -> list[Goal]:
    """Return what is asked of a server with so many postings."""
    p95 = found.p95()
    return [
        *(
            at_most(f"above a no-op, p95 of {case}, {where}", limit, p95[case] - p95[NO_OP], "ms")
            for case, limit in MORE_MS.items()
        ),
        at_most(f"for the first question of a server that is ready, {where}",
                _FIRST_MS, found.first_ms, "ms"),
        at_most(f"of memory above a server without the plugin, {where}",
                _MORE_MB, found.memory_mb - found.bare_mb, "MB"),
        at_most(f"one client's p95 beside two that ask the slowest question all the time, {where}",
                _TIMES_BESIDE, found.beside_p95_ms / found.alone_p95_ms),
    ]  # fmt: skip


def note_of(found: Asked, where: str) -> str:
    """Return in words what the lines of a size do not say."""
    return (
        f"With {where}: first answer {found.first_ms:,.0f} ms, memory {found.memory_mb:,.0f} MB "
        f"({found.bare_mb:,.0f} without the plugin); one client's insights of any filter "
        f"{found.alone_p95_ms:,.0f} ms at p95, {found.beside_p95_ms:,.0f} beside two that ask "
        f"`{found.slowest}`."
    )


def web_lines(size: int, found: Asked) -> list[dict[str, str]]:
    """Return the lines of the table; a case that ran out of questions says so."""
    noop = found.p95()[NO_OP]
    return [_line(size, row, noop) for row in found.rows]


def _line(size: int, row: dict[str, str | float], noop_p95: float) -> dict[str, str]:
    ended = f" (no question left after {row['seconds']} s)" if row["ran_out"] else ""
    return {
        "postings": f"{size:,}",
        "case": f"{row['case']}{ended}",
        "asked": f"{row['questions']:,}",
        "not empty": f"{float(row['not_empty']):.0%}",
        "p50 ms": f"{row['p50_ms']}",
        "p95 ms": f"{row['p95_ms']}",
        "p99 ms": f"{row['p99_ms']}",
        "above a no-op": f"{float(row['p95_ms']) - noop_p95:+.1f}",
        "requests/s": f"{row['requests_per_second']}",
    }
