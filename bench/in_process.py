"""Ask a published store every question in one process, without a server.

    python -m bench.in_process data/serving.sqlite --questions 100 --only trends insights

Processor milliseconds of each kind of question (bench/filtered.py), each asked once and its answer
checked (bench/shapes.py), after as many that are not measured. Before that the first question of
a process that is ready, and at last the memory that the answers have taken, as in a worker of the
API server.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import quantiles

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.filtered import Filtered, stored_in
from bench.shapes import SHAPES
from include.settings import Settings
from include.web.app import create_app
from include.web.health import readiness

__all__ = ["Asked", "ask", "main", "resident_mb"]

_MOUNT = "/techpulse"
_MB = 1 << 20
_FIRST = "insights, any filter"


class Asked(list[float]):
    """Processor milliseconds of questions of one kind."""

    def line(self, name: str) -> str:
        """Return a row of the table."""
        cuts = quantiles(self, n=100)
        figures = (cuts[49], cuts[94], max(self), sum(self) / len(self))
        return f"| {name} | {' | '.join(f'{one:.1f}' for one in figures)} |"


def main() -> None:
    """Ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("store", type=Path, help="a published SQLite store")
    parser.add_argument("--questions", type=int, default=100, help="of each kind")
    parser.add_argument("--only", nargs="*", default=(), help="kinds that begin with this")
    options = parser.parse_args()
    kinds = Filtered(stored_in(options.store)).by_path()
    app = create_app(Settings(serving_url=f"sqlite:///{options.store.absolute()}"))
    before, begun = resident_mb(), time.perf_counter()
    readiness(app.extensions["techpulse"], {"default": 1e9})
    print(f"ready after {(time.perf_counter() - begun) * 1000:,.0f} ms;", end=" ")
    begun = time.perf_counter()
    (first,) = ask(app, _FIRST, islice(kinds[_FIRST], 1))
    taken = (time.perf_counter() - begun) * 1000
    print(f"first question: {taken:.0f} ms by the clock, {first:.0f} ms of processor;", end=" ")
    print(f"{resident_mb() - before:.0f} MB\n")
    print("| question | p50 ms | p95 ms | longest ms | mean ms |\n| --- | --- | --- | --- | --- |")
    for name, questions in kinds.items():
        if not options.only or name.startswith(tuple(options.only)):
            ask(app, name, islice(questions, options.questions))
            print(ask(app, name, islice(questions, options.questions)).line(name), flush=True)
    print(f"\n{resident_mb() - before:.0f} MB after all of them")


def ask(app: Flask, name: str, questions: Iterator[str]) -> Asked:
    """Return the processor milliseconds of each question; raise RuntimeError for a wrong answer."""
    times = Asked()
    for question in questions:
        environ = EnvironBuilder(question.removeprefix(_MOUNT)).get_environ()
        begun = time.process_time()
        parts, status, _ = run_wsgi_app(app, environ)
        body = b"".join(parts)
        times.append((time.process_time() - begun) * 1000)
        if not status.startswith("200"):
            raise RuntimeError(f"{name}: {status}: {question}")
        SHAPES[name](body)
    return times


def resident_mb() -> float:
    """Return the memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / _MB


if __name__ == "__main__":
    main()
