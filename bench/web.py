"""Measure the API in the real Airflow API server, beside a no-op in the same run.

    python -m bench.web --postings 200000 --clients 20 --seconds 8

Starts `airflow api-server` (one worker, simple auth manager) on a free loopback port over a
filled store, and asks from as many connections as there are clients: first each pausing between
questions as people do, then each as fast as it is answered, which measures the server's limit:
the times are then those of a queue of 20. Server and clients share the machine. Distinct
questions (bench/questions.py) are answered by the index, each for a place that was not asked for
before; repeated ones from the memory of answers. Every answer's shape is checked: a wrong one has
no speed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from urllib.request import Request, urlopen

import duckdb

from bench.airflow_server import AirflowServer, airflow_server
from bench.filtered import Filtered, stored_in
from bench.questions import Questions, jobs_of, months_of
from bench.shapes import SHAPES, listed, points, postings_counted
from bench.sizes import sizes_of
from include.serving.publish import publish
from sample.companies import COMPANIES
from sample.gold.postings import GoldSize, fill_gold

__all__ = [
    "FIRST",
    "NO_OP",
    "Case",
    "Filled",
    "ask_store",
    "cases",
    "check",
    "fill",
    "main",
    "measure",
    "questions_for",
]

FIRST, LAST = date(2011, 4, 1), date(2026, 11, 1)
NO_OP = "no-op, behind the login (icon)"
"""What Airflow itself takes for an answer: figures are compared with it."""
_POSTINGS_A_COMPANY = 10
"""Of stores so large that boards must have filled them."""
_FIRST_ANSWER_SECONDS = 300
"""The first answer reads the whole index."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A published store, and what it holds."""

    store: Path
    sizes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Case:
    """Questions, and what their answers hold: a count, or ValueError for a wrong shape."""

    name: str
    questions: Iterator[str]
    found: Callable[[bytes], int] = len


def main() -> None:
    """Fill a store if there is none, start the server, measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--postings", type=int, default=200_000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--pause", type=float, default=0.25, help="seconds, on average")
    parser.add_argument("--store", type=Path, help="a published SQLite store, to save the filling")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as folder:
        store = options.store or fill(Path(folder), options.postings).store
        pauses = (options.pause, 0.0)
        found = ask_store(Path(folder), store, options.clients, options.seconds, *pauses)
    _show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


def fill(folder: Path, postings: int, first: date = FIRST) -> Filled:
    """Publish so many generated postings since this month to a new store in the folder."""
    store = folder / "serving.sqlite"
    companies = max(COMPANIES, postings // _POSTINGS_A_COMPANY)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as warehouse:
        fill_gold(warehouse, GoldSize(postings, first, LAST, companies))
        begun = time.perf_counter()
        publish(warehouse, f"sqlite:///{store}")
        print(f"published {postings:,} postings in {time.perf_counter() - begun:.1f} s")
        begun = time.perf_counter()
        publish(warehouse, f"sqlite:///{store}")
        print(f"published again, unchanged, in {time.perf_counter() - begun:.1f} s")
        return Filled(store, sizes_of(warehouse))


def ask_store(
    folder: Path, store: Path, clients: int, seconds: float, *pauses: float
) -> list[dict[str, str | float]]:
    """Start a server over a store, check one answer by a count of the rows, measure all cases."""
    asked = cases(*questions_for(store))
    with airflow_server(folder, f"sqlite:///{store.absolute()}") as server:
        require_known_answer(server, jobs_of(store))
        return [
            row
            for pause in pauses
            for row in asyncio.run(
                measure(server.port, server.token, clients, seconds, pause, asked)
            )
        ]


def require_known_answer(server: AirflowServer, jobs: int) -> None:
    """Raise RuntimeError where the server does not count this many jobs of all times."""
    address = f"{server.url}/techpulse/api/v1/insights?location=Anywhere&days=36500"
    request = Request(address, headers={"Authorization": f"Bearer {server.token}"})  # noqa: S310
    with urlopen(request, timeout=_FIRST_ANSWER_SECONDS) as answer:  # noqa: S310 -- our own server
        counted = postings_counted(answer.read())
    if counted != jobs:
        raise RuntimeError(f"the server counts {counted:,} jobs, the store has {jobs:,}")


def questions_for(store: Path) -> tuple[Questions, Filtered]:
    """Return the questions that can be asked of a store."""
    stored = stored_in(store)
    return Questions(stored.places, stored.technologies, months_of(store)), Filtered(stored)


def cases(questions: Questions, filtered: Filtered) -> list[Case]:
    """Return what is measured, in this order; a case goes on where it was left."""
    return [
        Case("no-op, public (health/live)", cycle(["/techpulse/health/live"])),
        Case(NO_OP, cycle(["/techpulse/static/icon.svg"])),
        Case("insights, repeated", questions.repeated(questions.insights), postings_counted),
        Case("insights, all distinct", questions.insights, postings_counted),
        Case("trends, repeated", questions.repeated(questions.trends), points),
        Case("trends, all distinct", questions.trends, points),
        Case("postings, first page, all distinct", questions.postings, listed),
        Case("insights of jobs, all distinct", _of_jobs(questions.insights), postings_counted),
        Case("trends of jobs, all distinct", _of_jobs(questions.trends), points),
        *(Case(name, asked, SHAPES[name]) for name, asked in filtered.by_path().items()),
    ]


def _of_jobs(questions: Iterator[str]) -> Iterator[str]:
    """Yield the questions about senior and staff jobs of two families alone."""
    return (f"{path}&families=engineering,data&levels=senior,staff" for path in questions)


def check(case: Case, bodies: list[bytes]) -> float:
    """Return the share of answers that have something in them.

    Raises RuntimeError where an answer has the wrong shape, or none has anything in it.
    """
    try:
        found = [case.found(body) for body in bodies]
    except (KeyError, TypeError, ValueError) as error:
        raise RuntimeError(f"{case.name}: a wrong answer has no speed: {error!r}") from error
    if not any(found):
        raise RuntimeError(f"{case.name}: all of {len(found)} answers have nothing in them")
    return sum(map(bool, found)) / len(found)


async def measure(
    port: int, token: str, clients: int, seconds: float, pause: float, asked: list[Case]
) -> list[dict[str, str | float]]:
    """Ask each case's questions for so many seconds; return a row of figures for each case.

    A case without a question left ends before: ``seconds`` says when.
    """
    found: list[dict[str, str | float]] = []
    for case in asked:
        asking = _Asking(port, token, case.questions, pause)
        await asking.for_seconds(clients, min(seconds, 1))  # warm up
        times, bodies, taken = await asking.for_seconds(clients, seconds)
        if len(times) < 2:
            raise RuntimeError(f"{case.name}: no question is left; measure a larger store")
        full = check(case, bodies)
        cuts = quantiles(times, n=100)
        found.append(
            {
                "case": case.name,
                "pause_seconds": pause,
                "clients": clients,
                "questions": len(times),
                "seconds": round(taken, 1),
                "ran_out": asking.ran_out,
                "not_empty": round(full, 2),
                "requests_per_second": round(len(times) / taken, 1),
                "p50_ms": round(cuts[49] * 1000, 1),
                "p95_ms": round(cuts[94] * 1000, 1),
                "p99_ms": round(cuts[98] * 1000, 1),
            }
        )
    return found


@dataclass(slots=True)
class _Asking:
    """Clients that share one supply of questions."""

    port: int
    token: str
    questions: Iterator[str]
    pause: float
    ran_out: bool = False

    async def for_seconds(
        self, clients: int, seconds: float
    ) -> tuple[list[float], list[bytes], float]:
        """Return the seconds of each answer, the answers, and the seconds of it all."""
        begun = time.perf_counter()
        done = await asyncio.gather(*(self._client(begun + seconds) for _ in range(clients)))
        taken = min(time.perf_counter() - begun, seconds)
        answers = [answer for one in done for answer in one]
        return [spent for spent, _ in answers], [body for _, body in answers], taken

    async def _client(self, until: float) -> list[tuple[float, bytes]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answers = []
        while time.perf_counter() < until:
            if self.pause:
                await asyncio.sleep(random.expovariate(1 / self.pause))
            path = next(self.questions, None)
            if path is None:
                self.ran_out = True
                break
            begun = time.perf_counter()
            head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}"
            writer.write(f"{head}\r\n\r\n".encode())
            body = await _answer(reader)
            answers.append((time.perf_counter() - begun, body))
        writer.close()
        return answers


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise SystemExit(f"An unexpected answer: {head.decode()}")
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return await reader.readexactly(int(length))


def _show(found: list[dict[str, str | float]]) -> None:
    print(
        f"{'case':<36}{'pause s':>9}{'asked':>9}{'req/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}"
    )
    for row in found:
        names = ("pause_seconds", "questions", "requests_per_second", "p50_ms", "p95_ms", "p99_ms")
        cells = (row[name] for name in names)
        ended = "  (no question left)" if row["ran_out"] else ""
        print(f"{row['case']:<36}" + "".join(f"{cell:>9}" for cell in cells) + ended)


if __name__ == "__main__":
    main()
