"""Run one candidate in a process of its own and print what it took, as one line of JSON.

    python -m bench.child bench.candidates.fetch_techpulse '{"url": "...", ...}'

A candidate is a module with ``work(job)``, which is timed; ``rows(job)``, which says what came of
it, the same for all who did it right; and, where needed, ``prepare(job)``, ``clean(job)`` and
``details(job)``, which says more of this run. Only work is timed; imports are not. Standard library
only: candidates run on other interpreters too.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

__all__ = ["MARK", "forget_peak", "main", "peak_mb"]

MARK = "MEASURED "


def main() -> None:
    """Run the candidate named by the first argument on the job given by the second."""
    candidate = importlib.import_module(sys.argv[1])
    job: dict[str, Any] = json.loads(sys.argv[2])
    if hasattr(candidate, "prepare"):
        candidate.prepare(job)
    forget_peak()
    clock, processor = time.perf_counter(), _processor_seconds()
    try:
        candidate.work(job)
        taken = {
            "seconds": time.perf_counter() - clock,
            "processor_seconds": _processor_seconds() - processor,
            "peak_mb": peak_mb(),
            "rows": candidate.rows(job),
            "details": candidate.details(job) if hasattr(candidate, "details") else None,
        }
    finally:
        if hasattr(candidate, "clean"):
            candidate.clean(job)
    print(MARK + json.dumps(taken), flush=True)


def _processor_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def forget_peak() -> None:
    """Let the highest memory be that of the work; see proc_pid_clear_refs(5)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """Return the most memory that was held at once; Linux's ru_maxrss begins with the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


if __name__ == "__main__":
    main()
