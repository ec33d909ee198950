"""Fetch one month: 1,000 comments with their replies, at 30 ms an answer and at none."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.comparison import DLT_PYTHON, Candidate, Runs, compare, run_child
from bench.report import Result, at_least
from sample.server import spawn
from sample.world import World

__all__ = ["CANDIDATES", "run", "upstream"]

_MONTH = "2026-05"
_CONCURRENCY = 32
_LATENCY_MS = 30
_BARE = Candidate("bare asyncio client, in memory only", "bench.candidates.fetch_asyncio")
_FETCH = Candidate("TechPulse, to staged files", "bench.candidates.fetch_techpulse")
_CHUNKS = Candidate(
    "TechPulse, the same in chunks of 300, one after the other",
    "bench.candidates.fetch_techpulse",
    options={"chunk_comments": 300},
)
_WHOLE = Candidate("TechPulse, to bronze", "bench.candidates.month_techpulse")
_DLT = Candidate("dlt, to DuckDB", "bench.candidates.fetch_dlt", DLT_PYTHON)
CANDIDATES = [_BARE, _FETCH, _CHUNKS, _WHOLE, _DLT]
"""All but the sequential client, which sits out most rounds."""


def run(quick: bool = False) -> list[Result]:
    """Measure both latencies."""
    comments, rounds = (100, 1) if quick else (1_000, 5)
    sequential = Candidate(
        "sequential client, to DuckDB",
        "bench.candidates.fetch_sequential",
        rounds=1 if quick else 2,
    )
    with upstream(comments) as job:
        _set_latency(job["url"], _LATENCY_MS)
        waiting = compare([*CANDIDATES, sequential], job, rounds)
        _set_latency(job["url"], 0)
        working = compare([_BARE, _FETCH, _WHOLE, _DLT], job, rounds)
    size = f"{comments:,} comments with replies"
    return [_result_waiting(waiting, size, sequential), _result_working(working, size)]


@contextmanager
def upstream(comments: int) -> Iterator[dict[str, Any]]:
    """Serve the month from a process of its own, every answer made before; give the job."""
    world = World(first_month=_MONTH, last_month=_MONTH, comments=comments)
    with spawn(["--months", f"{_MONTH}..{_MONTH}", "--comments", str(comments)]) as url:
        job = {
            "url": f"{url}/v0",
            "thread": world.threads(_MONTH).thread_id,
            "concurrency": _CONCURRENCY,
            "levels": _levels(world),
        }
        run_child(_BARE, job)
        yield job


def _levels(world: World) -> int:
    """Return the depth of the replies, which a dlt source must know in advance."""
    found, depth = [world.threads(_MONTH).thread_id], 0
    while found := [kid for key in found for kid in (world.item(key) or {}).get("kids", [])]:
        depth += 1
    return depth


def _set_latency(url: str, milliseconds: float) -> None:
    faults = json.dumps({"latency_ms": milliseconds}).encode()
    address = url.removesuffix("/v0") + "/control/faults"
    with urllib.request.urlopen(address, data=faults) as answer:  # noqa: S310 -- our own server
        answer.read()


def _result_waiting(runs: dict[str, Runs], size: str, sequential: Candidate) -> Result:
    ours, bare = runs[_WHOLE.name], runs[_BARE.name]
    return Result(
        key="fetch",
        work=f"fetch one month, {size}, {_LATENCY_MS} ms an answer",
        goals=[
            at_least("the sequential client", 20, runs[sequential.name].median / ours.median),
            at_least("dlt", 2, runs[_DLT.name].median / ours.median),
            at_least(
                f"of a bare client's rate, {_CONCURRENCY} in flight",
                80,
                100 * bare.median / runs[_FETCH.name].median,
                "%",
            ),
        ],
        lines=[_line(name, found) for name, found in runs.items()],
        command="python -m bench fetch",
        sizes=[_sizes(runs, size)],
    )


def _result_working(runs: dict[str, Runs], size: str) -> Result:
    ours, dlt = runs[_WHOLE.name], runs[_DLT.name]
    return Result(
        key="fetch_cpu",
        work=f"fetch one month, {size}, 0 ms an answer",
        goals=[at_least("dlt's items per CPU second", 2, dlt.processor / ours.processor)],
        lines=[_line(name, found) for name, found in runs.items()],
        command="python -m bench fetch",
        sizes=[_sizes(runs, size)],
    )


def _sizes(runs: dict[str, Runs], size: str) -> str:
    items = next(iter(runs.values())).rows["rows"]
    return f"1 month of {size}, {items:,} items, {_CONCURRENCY} in flight"


def _line(name: str, runs: Runs) -> dict[str, str]:
    items = runs.rows["rows"]
    return {
        "candidate": name,
        "rounds": str(len(runs.seconds)),
        "median s": f"{runs.median:.2f}",
        "spread s": runs.spread,
        "items/s": f"{items / runs.median:,.0f}",
        "CPU s": f"{runs.processor:.2f}",
        "items per CPU s": f"{items / runs.processor:,.0f}",
    }
