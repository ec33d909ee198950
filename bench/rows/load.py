"""Load 200,000 raw items to bronze, compared by hash with as many that are there already."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from bench.comparison import DLT_PYTHON, Candidate, Runs, compare
from bench.history import items_of
from bench.report import Result, at_least, at_most
from include.sources.record import Record
from include.staging.files import stage
from sample.world import World

__all__ = ["DLT", "OURS", "run", "write_job"]

_MONTH = "2026-05"
_FIRST_ID = 50_000_000
_FILE_RECORDS = 1_000
_PART = 10
"""The older system is given every tenth file: each of its batches costs the same."""
OURS = Candidate("TechPulse, one transaction", "bench.candidates.load_techpulse")
DLT = Candidate("dlt, merge by key", "bench.candidates.load_dlt", DLT_PYTHON)


def run(quick: bool = False) -> list[Result]:
    """Measure: of the news one half is there already, a quarter is edited, a quarter is new."""
    items, rounds = (20_000, 1) if quick else (200_000, 3)
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as folder:
        job = write_job(Path(folder), items)
        part = _part(Path(job["news"]), Path(folder) / "part")
        older = Candidate(
            f"older system, executemany by the hundred, one item in {_PART}",
            "bench.candidates.load_executemany",
            options={"news": str(part)},
            whole=False,
        )
        runs = compare([OURS, DLT, older], job, rounds)
    return [_result(runs, items, older)]


def write_job(folder: Path, items: int) -> dict[str, str]:
    """Write what is there and what is news as staged files; return the job that names both."""
    there, news = folder / "there", folder / "news"
    half, quarter = items // 2, items // 4
    _write(there, range(items))
    _write(news, [*range(half), *range(items, items + quarter)])
    _write(news, range(half, half + quarter), edit="<p>Edited: the office has moved.")
    return {"there": str(there), "news": str(news)}


def _part(news: Path, part: Path) -> Path:
    """Put one file in ten of the news into a folder of its own."""
    part.mkdir()
    for path in sorted(news.iterdir())[::_PART]:
        (part / path.name).hardlink_to(path)
    return part


def _write(folder: Path, numbers: Iterable[int], edit: str = "") -> None:
    """Stage generated items under these numbers, so many to a file."""
    records = [_record(number, edit) for number in numbers]
    for start in range(0, len(records), _FILE_RECORDS):
        part = records[start : start + _FILE_RECORDS]
        manifest = stage(
            part, folder.parent, source="x", partition="x", run="x", name=f"from {part[0].key}"
        )
        path = Path(manifest["path"])
        folder.mkdir(exist_ok=True)
        path.rename(folder / path.name)


def _record(number: int, edit: str) -> Record:
    item = {**_patterns()[number % len(_patterns())], "id": _FIRST_ID + number}
    item["text"] = f"{item.get('text', '')}{edit}"
    return Record.fetched(str(item["id"]), item, json.dumps(item))


@cache
def _patterns() -> list[dict[str, Any]]:
    world = World(first_month=_MONTH, last_month=_MONTH, comments=1_000)
    found = items_of(world, [world.threads(_MONTH).thread_id])
    return [item for _, item in found if item and item["type"] == "comment"]


def _result(runs: dict[str, Runs], items: int, older: Candidate) -> Result:
    ours = runs[OURS.name]
    older_seconds = runs[older.name].median * _PART
    return Result(
        key="load",
        work=f"load {items:,} raw items to bronze, compared by hash with {items:,}",
        goals=[
            at_least("the older executemany", 10, older_seconds / ours.median),
            at_least("dlt merge", 2, runs[DLT.name].median / ours.median),
            at_most("of memory", 500, max(ours.peak_mb), "MB"),
        ],
        lines=[
            _line(name, found, items // _PART if name == older.name else items)
            for name, found in runs.items()
        ],
        command="python -m bench load",
        sizes=[
            f"{items:,} items there, {items:,} in the news, in files of {_FILE_RECORDS:,}, made of "
            f"{len(_patterns()):,} distinct texts"
        ],
        note="One half of the news is there already, a quarter is edited, a quarter is new. "
        "Memory is the highest of the process during the load. The "
        f"older system loads one item in {_PART} of the same news into the same table: each of "
        "its batches costs the same, and all of them would take a quarter of an hour.",
    )


def _line(name: str, runs: Runs, items: int) -> dict[str, str]:
    return {
        "candidate": name,
        "rounds": str(len(runs.seconds)),
        "median s": f"{runs.median:.2f}",
        "spread s": runs.spread,
        "items/s": f"{items / runs.median:,.0f}",
        "CPU s": f"{runs.processor:.2f}",
        "peak MB": f"{max(runs.peak_mb):.0f}",
    }
