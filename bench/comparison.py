"""Run candidates on the same job, in turn: A B C A B C, each run in its own process."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.child import MARK
from include.settings import PROJECT_ROOT

__all__ = ["DLT_PYTHON", "Candidate", "Runs", "compare", "run_child"]

DLT_PYTHON = PROJECT_ROOT / ".venv-bench" / "bin" / "python"
"""The interpreter of requirements-bench.txt, which `make bench` makes."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to do a job: a module of bench.candidates, its interpreter and options.

    ``rounds`` limits the runs of a slow one; None: every round. A candidate too slow for the
    ``whole`` job gets a part of it by its options, so its rows differ.
    """

    name: str
    module: str
    python: Path = Path(sys.executable)
    rounds: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Runs:
    """What a candidate's runs took, in the order of the rounds; ``rows`` is the same for all."""

    seconds: list[float]
    processor_seconds: list[float]
    peak_mb: list[float]
    rows: dict[str, Any]

    @property
    def median(self) -> float:
        """Seconds by the clock."""
        return statistics.median(self.seconds)

    @property
    def processor(self) -> float:
        """Median seconds of processor time, of all threads and children together."""
        return statistics.median(self.processor_seconds)

    @property
    def spread(self) -> str:
        """Fastest and slowest run."""
        return f"{min(self.seconds):.2f} to {max(self.seconds):.2f}"


def compare(
    candidates: Sequence[Candidate],
    job: Mapping[str, Any],
    rounds: int,
) -> dict[str, Runs]:
    """Run all candidates in turn, so many rounds; return what each took, by name.

    Each run has a new folder, ``job["folder"]``. Raises RuntimeError when one leaves other rows
    behind than the others: a wrong answer has no speed.
    """
    taken: dict[str, list[dict[str, Any]]] = {candidate.name: [] for candidate in candidates}
    for number in range(rounds):
        for candidate in candidates:
            if candidate.rounds is not None and number >= candidate.rounds:
                continue
            measured = run_child(candidate, job)
            print(f"  {candidate.name}: {measured['seconds']:.2f} s", file=sys.stderr, flush=True)
            taken[candidate.name].append(measured)
    _require_same_rows({one.name: taken[one.name] for one in candidates if one.whole})
    return {name: _runs(measured) for name, measured in taken.items()}


def run_child(
    candidate: Candidate, job: Mapping[str, Any], keep_in: Path | None = None
) -> dict[str, Any]:
    """Run a candidate once, in a process of its own; return what it measured.

    Its folder is a new one that is removed, or ``keep_in``.
    """
    with contextlib.ExitStack() as stack:
        folder = keep_in or stack.enter_context(
            tempfile.TemporaryDirectory(prefix="techpulse-bench-")
        )
        options = json.dumps({**job, **candidate.options, "folder": str(folder)})
        done = subprocess.run(
            [str(candidate.python), "-m", "bench.child", candidate.module, options],
            cwd=PROJECT_ROOT,
            env={**os.environ, "PYTHONPATH": _python_path()},
            capture_output=True,
            text=True,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode or not lines:
        raise RuntimeError(f"{candidate.name} failed:\n{done.stdout}\n{done.stderr}")
    measured: dict[str, Any] = json.loads(lines[-1].removeprefix(MARK))
    return measured


def _python_path() -> str:
    return os.pathsep.join(filter(None, (str(PROJECT_ROOT), os.environ.get("PYTHONPATH"))))


def _require_same_rows(taken: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    found = {name: measured["rows"] for name, all_of in taken.items() for measured in all_of}
    first = next(iter(found.values()))
    if any(rows != first for rows in found.values()):
        raise RuntimeError(f"the candidates differ in what they leave behind: {found}")


def _runs(measured: Sequence[Mapping[str, Any]]) -> Runs:
    return Runs(
        seconds=[run["seconds"] for run in measured],
        processor_seconds=[run["processor_seconds"] for run in measured],
        peak_mb=[run["peak_mb"] for run in measured],
        rows=measured[0]["rows"],
    )
