"""Insights and trends through the real Airflow API server, at three sizes of the store."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from bench.airflow_server import airflow_server
from bench.report import Goal, Result, at_most
from bench.web import fill, measure

__all__ = ["run"]

_SIZES = tuple(map(int, os.environ.get("BENCH_SIZES", "10000 200000 1000000").split()))
_CLIENTS = 20
_PAUSE_SECONDS = 0.25
_GOALS_MS = {"insights": 50.0, "trends": 20.0}
"""At the 95th percentile, of the case whose questions are all distinct."""


def run(quick: bool = False) -> list[Result]:
    """Measure each size with clients that pause as people do, beside a no-op."""
    sizes, seconds = ((5_000,), 0.5) if quick else (_SIZES, 5.0)
    goals: list[Goal] = []
    lines: list[dict[str, str]] = []
    for size in sizes:
        found = _measure(size, seconds)
        lines += [_line(size, row) for row in found]
        p95 = {str(row["case"]): float(row["p95_ms"]) for row in found}
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
            note=f"Each client pauses {_PAUSE_SECONDS} s between questions, on average; one worker "
            "of Airflow's API server; server and clients share the machine.",
        )
    ]


def _measure(size: int, seconds: float) -> list[dict[str, str | float]]:
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as folder:
        store = fill(Path(folder), size)
        with airflow_server(Path(folder), f"sqlite:///{store}") as server:
            return asyncio.run(
                measure(server.port, server.token, _CLIENTS, seconds, _PAUSE_SECONDS)
            )


def _line(size: int, row: dict[str, str | float]) -> dict[str, str]:
    return {
        "postings": f"{size:,}",
        "case": str(row["case"]),
        "p50 ms": f"{row['p50_ms']}",
        "p95 ms": f"{row['p95_ms']}",
        "p99 ms": f"{row['p99_ms']}",
        "requests/s": f"{row['requests_per_second']}",
    }
