"""Companies' boards by the thousand: two days read, loaded to the file and to a lake, published."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.board_upstream import START, BoardUpstream, serve_boards
from bench.comparison import Candidate, run_child
from bench.report import Goal, Result, at_most
from sample.services import postgres

__all__ = ["check", "run"]

_BOARDS, _QUICK_BOARDS = 10_000, 60
_RATE, _QUICK_RATE = 8, 50
"""Requests a second and system; the setting's default is 1, which takes 8 times as long."""
_TASKS = 16
"""Chunks that are read at the same time: Airflow's own limit of a DAG."""
_EDGE = 0.1
"""The first and the last tenth of the chunks, whose memory is compared."""


def run(quick: bool = False) -> list[Result]:
    """Measure once: some half an hour, most of it making the boards and waiting for the rate."""
    boards, rate = (_QUICK_BOARDS, _QUICK_RATE) if quick else (_BOARDS, _RATE)
    with (
        tempfile.TemporaryDirectory(prefix="techpulse-bench-") as name,
        postgres() as server,
        serve_boards(boards) as upstream,
    ):
        os.environ |= server.environment()
        folder = Path(name)
        homes: dict[str, dict[str, str]] = {"file": {}} | {
            name: {
                "TECHPULSE_WAREHOUSE_URI": server.lake_uri(server.database(name)),
                "TECHPULSE_WAREHOUSE_DATA_PATH": str(folder / f"{name}.parquet"),
            }
            for name in ("lake", "bare_lake")
        }
        measured = _measure(folder, upstream, homes, rate)
    check(measured, upstream.jobs)
    return [_result(boards, rate, upstream.jobs, measured)]


def check(measured: Mapping[str, Mapping[str, Any]], jobs: list[int]) -> None:
    """Raise RuntimeError where a day's load has not brought what the boards show."""
    for home in ("file", "lake"):
        first, second = (measured[f"load, {home}, day {day}"]["rows"] for day in (1, 2))
        there = second["inserted"] + second["updated"] + second["unchanged"]
        if first["rejected"] or second["rejected"] or not 0 < first["inserted"] <= jobs[0]:
            raise RuntimeError(f"not {jobs[0]:,} jobs were loaded: {first}, then {second}")
        if not 0 < second["inserted"] < there <= jobs[1]:
            raise RuntimeError(f"not {jobs[1]:,} jobs were read on the next day: {second}")
    found = {measured[f"load, {home}, day 1"]["rows"]["inserted"] for home in ("file", "lake")}
    if found != {measured["bare Arrow insert, file"]["rows"]["inserted"]} or len(found) != 1:
        raise RuntimeError(f"file, lake and bare insert differ in their rows: {found}")


def _measure(
    folder: Path, upstream: BoardUpstream, homes: Mapping[str, dict[str, str]], rate: int
) -> dict[str, dict[str, Any]]:
    """Return what each step measured, by its name, home and day."""
    found: dict[str, dict[str, Any]] = {}
    file, lake = folder / "file", folder / "lake"
    for home in (file, lake):
        home.mkdir()
        (home / "company_boards.csv").write_text(upstream.operators_file, encoding="utf-8")

    def step(name: str, home: Path, day: int) -> None:
        now = dt.datetime.combine(START, dt.time(6), dt.UTC) + dt.timedelta(days=day - 1)
        job = {
            "step": name, "url": upstream.url, "now": now.isoformat(), "run": f"bench__{day}",
            "tasks": _TASKS,
            "environment": {**homes[home.name], "TECHPULSE_COMPANY_REQUESTS_PER_SECOND": str(rate)},
        }  # fmt: skip
        title = f"{name}, {home.name}, day {day}"
        found[title] = run_child(Candidate(title, "bench.candidates.boards_day"), job, home)

    for day in (1, 2):
        step("plan", file, day)
        before = upstream.requests()
        step("fetch", file, day)
        after = upstream.requests()
        asked = {kind: count - before.get(kind, 0) for kind, count in after.items()}
        found[f"fetch, file, day {day}"]["requests"] = asked
        step("load", file, day)
        step("plan", lake, day)
        shutil.copy(file / "read.json", lake)  # staged once, loaded to both
        step("load", lake, day)
        if day == 1:
            found |= _bare(file, homes)
        step("build", file, day)
        step("publish", file, day)
        upstream.next_day()
    return found


def _bare(loaded: Path, homes: Mapping[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    found = {}
    for home, name in (("file", "file"), ("lake", "bare_lake")):
        job = {"loaded": str(loaded), "environment": homes[name]}
        candidate = Candidate(f"bare Arrow insert, {home}", "bench.candidates.boards_insert")
        found[candidate.name] = run_child(candidate, job)
    return found


def _result(
    boards: int, rate: int, jobs: list[int], measured: Mapping[str, dict[str, Any]]
) -> Result:
    return Result(
        key="boards",
        work=f"{boards:,} companies' boards with {jobs[0]:,} open jobs, read on two days",
        goals=_goals(rate, measured),
        lines=[
            {
                "step": name,
                "s": f"{one['seconds']:.1f}",
                "CPU s": f"{one['processor_seconds']:.1f}",
                "peak MB": f"{one['peak_mb']:.0f}",
                "result": ", ".join(f"{value:,} {key}" for key, value in _counts(one).items()),
            }
            for name, one in measured.items()
        ],
        command="python -m bench boards",
        sizes=[f"{boards:,} boards of six systems", f"{jobs[0]:,} and {jobs[1]:,} open jobs"],
        note=f"{rate} requests a second and system ({_TASKS} chunks at a time) where the setting's "
        f"default is 1: the bound of the politeness settings is the most that any system is asked, "
        "by that rate. One board in ten shows nothing, one is a vendor's demo and is refused. "
        "The lake (PostgreSQL, Parquet in a folder) loads what was staged for the file. A bare "
        "insert has the same rows in memory, as Arrow, and neither reads staged files nor "
        "compares hashes nor writes a ledger.",
    )


def _counts(one: Mapping[str, Any]) -> dict[str, int]:
    """Return the rows of a step and, where it has any, its requests of all systems."""
    requests = sum(one.get("requests", {}).values())
    return {**one["rows"], "requests": requests} if requests else dict(one["rows"])


def _goals(rate: int, measured: Mapping[str, dict[str, Any]]) -> list[Goal]:
    goals = []
    for day in (1, 2):
        one = measured[f"fetch, file, day {day}"]
        goals.append(
            at_most(f"the bound of the politeness settings, fetch, day {day}", 1.3,
                    one["seconds"] / (_most_asked(one["requests"]) / rate))
        )  # fmt: skip
    for home in ("file", "lake"):
        load, bare = measured[f"load, {home}, day 1"], measured[f"bare Arrow insert, {home}"]
        share = load["processor_seconds"] / bare["processor_seconds"]
        goals.append(at_most(f"a bare Arrow insert's processor, load to the {home}", 2, share))
    peaks = measured["fetch, file, day 1"]["details"]["peaks_mb"]
    edge = max(int(_EDGE * len(peaks)), 1)
    growth = statistics.median(peaks[-edge:]) / statistics.median(peaks[:edge])
    goals.append(at_most("memory of a chunk's task, the last by the first", 1.2, growth))
    return goals


def _most_asked(requests: Mapping[str, int]) -> int:
    """Return the requests of the busiest system; Lever's hosts share one rate."""
    found = {kind: count for kind, count in requests.items() if kind != "lever_eu"}
    found["lever"] = found.get("lever", 0) + requests.get("lever_eu", 0)
    return max(found.values())
