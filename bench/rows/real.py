"""The real history, fetched from a replay of it, built, published, and asked.

It lies beside the project (../shared/history) and is no part of it: where it is absent the row is
skipped, and says so. Nothing of it is kept.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.comparison import Candidate, run_child
from bench.report import Result
from bench.rows.web import goals_of, note_of, web_lines
from bench.sizes import describe, sizes_of
from bench.web import Asked, ask_store
from include.settings import PROJECT_ROOT, Settings
from include.warehouse.connection import open_warehouse

__all__ = ["HISTORY", "REPLAY", "check", "months_there", "run"]

HISTORY = PROJECT_ROOT.parent / "shared" / "history"
REPLAY = PROJECT_ROOT.parent / "shared" / "tools" / "replay_api.py"
_BARE = Candidate("without Airflow", "bench.candidates.history_bare")
_QUICK_MONTHS = 30  # a year against the year before, and places to ask for
_CLIENTS, _PAUSE_SECONDS = 20, 0.25
_MIN_JOBS, _MAX_JOBS = 0.9, 1.0
"""Postings a comment: of the whole history 98 % are job postings."""


def run(quick: bool = False) -> list[Result]:
    """Measure once: all recorded months, or the last few; nothing where there are none."""
    months = months_there()
    if not months or not REPLAY.exists():
        print(f"  real: skipped, no recorded history at {HISTORY}", file=sys.stderr)
        return []
    months = months[-_QUICK_MONTHS:] if quick else months
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as name:
        folder = Path(name)
        with _replay(_part(folder, months)) as (url, comments):
            job = {"url": url, "first": months[0], "last": months[-1]}
            taken = run_child(_BARE, job, folder)
        with open_warehouse(Settings(data_dir=folder), read_only=True) as warehouse:
            sizes = sizes_of(warehouse)
        check(sizes, len(months), comments)
        store = folder / "serving.sqlite"
        found = ask_store(folder, store, _CLIENTS, 0.5 if quick else 5.0, _PAUSE_SECONDS)
    return [_result(taken, sizes, comments, found)]


def months_there(folder: Path = HISTORY) -> list[str]:
    """Return the months that are recorded, the oldest first."""
    names = (path.name.partition(".")[0] for path in (folder / "hn").glob("*.jsonl.gz"))
    return sorted(name for name in names if re.fullmatch(r"\d{4}-\d\d", name))


def check(sizes: dict[str, int], months: int, comments: int) -> None:
    """Raise RuntimeError where gold does not hold what was recorded: that has no speed."""
    share = sizes["postings"] / max(comments, 1)
    if sizes["months"] != months or not _MIN_JOBS <= share <= _MAX_JOBS:
        raise RuntimeError(
            f"gold has {sizes['postings']:,} postings of {sizes['months']} months, of "
            f"{comments:,} comments of {months} months: the real history was not read"
        )


def _part(folder: Path, months: list[str]) -> Path:
    """Return a folder with these months of the recording alone, as links."""
    part = folder / "recorded" / "hn"
    part.mkdir(parents=True)
    for name in ("threads_by_month.csv", "other_threads.csv"):
        (part / name).symlink_to(HISTORY / "hn" / name)
    for month in months:
        (part / f"{month}.jsonl.gz").symlink_to(HISTORY / "hn" / f"{month}.jsonl.gz")
    return part.parent


@contextmanager
def _replay(data: Path) -> Iterator[tuple[str, int]]:
    """Serve the recording from a process of its own; give its address and number of comments."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, str(REPLAY), "--data", str(data), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            served = re.search(r"serves (\d+) comments", line)
            if not served:
                raise RuntimeError(f"the replay server did not start: {line!r}")
            yield f"http://127.0.0.1:{port}", int(served[1])
        finally:
            process.terminate()


def _result(taken: dict[str, Any], sizes: dict[str, int], comments: int, found: Asked) -> Result:
    details, postings = taken["details"], sizes["postings"]
    months = [seconds for seconds, _ in details["months"]]
    seconds = taken["seconds"]
    fetched = sum(months)
    return Result(
        key="real",
        work=f"the real history: {len(months)} months, {comments:,} comments, fetch to published, "
        f"0 ms an answer; then {_CLIENTS} clients",
        goals=goals_of(found, f"{postings:,} real postings"),
        lines=web_lines(postings, found),
        command="python -m bench real",
        sizes=[
            f"{_CLIENTS} clients and 1 worker of the API server",
            describe(sizes),
        ],
        note=f"Fetched and loaded in {fetched:,.0f} s, a month after the other without Airflow; "
        f"built and published in {details['analytics']:,.0f} s; {seconds:,.0f} s in all, "
        f"{taken['processor_seconds']:,.0f} s of processor. The upstream is the replay server of "
        "the recorded history, another process on the same machine. "
        + note_of(found, f"{postings:,} real postings"),
    )
