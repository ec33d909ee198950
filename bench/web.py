"""Measure the API in the real Airflow API server, beside a no-op in the same run.

    python -m bench.web --postings 200000 --clients 20 --seconds 8 --pauses 0.25 0

Starts `airflow api-server` (one worker, simple auth manager) on a free loopback port over a
filled store, and asks from as many connections as there are clients: first each pausing between
questions as people do, then each as fast as it is answered, which measures the server's limit:
the times are then those of a queue of 20. Server and clients share the machine. Distinct
questions (bench/questions.py) are answered by the index, each for a place that was not asked for
before; repeated ones from the memory of answers. Every answer's shape is checked: a wrong one has
no speed. At the end one client asks alone, then beside two that ask the slowest questions of the
run without a pause.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from urllib.error import HTTPError
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
    "ANY",
    "FIRST",
    "NO_OP",
    "Asked",
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
ANY = "insights, any filter"
_POSTINGS_A_COMPANY = 10
"""Of stores so large that boards must have filled them."""
_ANSWER_SECONDS = 300
_READY_SECONDS = 120
_PATIENT_PAUSE_SECONDS = 0.05
"""Of the client beside others: some hundreds of questions in ten seconds."""
_OTHERS = 2


@dataclass(frozen=True, slots=True)
class Filled:
    """A published store, and what it holds."""

    store: Path
    sizes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a server took: a row of figures for each case, and of the server itself.

    ``first_ms``: its first answer, once it says that it is ready. ``memory_mb``: its processes
    after all cases; ``bare_mb``: those of a server without the plugin. ``alone_p95_ms``
    is of one client, ``beside_p95_ms`` of one beside two that ask the ``slowest`` case at once.
    """

    rows: list[dict[str, str | float]]
    first_ms: float
    memory_mb: float
    bare_mb: float
    alone_p95_ms: float
    beside_p95_ms: float
    slowest: str

    def p95(self) -> dict[str, float]:
        """Return the 95th percentile by case, in milliseconds."""
        return {str(row["case"]): float(row["p95_ms"]) for row in self.rows}


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
    parser.add_argument(
        "--pauses", type=float, nargs="+", default=[0.25, 0.0], help="seconds, on average"
    )
    parser.add_argument("--store", type=Path, help="a published SQLite store, to save the filling")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as folder:
        store = options.store or fill(Path(folder), options.postings).store
        found = ask_store(Path(folder), store, options.clients, options.seconds, *options.pauses)
    _show(found)
    if options.json:
        options.json.write_text(json.dumps(asdict(found), indent=2), encoding="utf-8")


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
    folder: Path,
    store: Path,
    clients: int,
    seconds: float,
    *pauses: float,
    url: str = "",
    only: Collection[str] = (),
) -> Asked:
    """Start a server over a store, check one answer by a count of the rows, measure all cases.

    ``url``: of another store of the same content, which is asked instead; ``only``: these cases.
    """
    asked = [one for one in cases(*questions_for(store)) if not only or one.name in only]
    url = url or f"sqlite:///{store.absolute()}"
    with airflow_server(folder, url, plugin=False) as server:
        _get(server, "/api/v2/version")
        bare_mb = server.memory_mb()
    with airflow_server(folder, url) as server:
        _wait_until_ready(server)
        first_ms = require_known_answer(server, jobs_of(store))
        rows = [
            row
            for pause in pauses
            for row in asyncio.run(
                measure(server.port, server.token, clients, seconds, pause, asked)
            )
        ]
        memory_mb = server.memory_mb()
        slowest = max(rows, key=lambda row: float(row["p95_ms"]))["case"]
        by_name = {case.name: case.questions for case in asked}
        alone, beside = asyncio.run(
            _beside(server, by_name[ANY], by_name[str(slowest)], 2 * seconds)
        )
    return Asked(rows, first_ms, memory_mb, bare_mb, alone, beside, str(slowest))


def _wait_until_ready(server: AirflowServer) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        try:
            _get(server, "/techpulse/health/ready")
        except HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not become ready: ask its /techpulse/health/ready why.")


def _get(server: AirflowServer, path: str) -> bytes:
    request = Request(f"{server.url}{path}", headers={"Authorization": f"Bearer {server.token}"})  # noqa: S310
    with urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 -- our own server
        body: bytes = answer.read()
    return body


def require_known_answer(server: AirflowServer, jobs: int) -> float:
    """Return the milliseconds of the first answer: the postings of all times.

    Raises RuntimeError where the server does not count this many.
    """
    begun = time.perf_counter()
    answer = _get(server, "/techpulse/api/v1/insights?location=Anywhere&days=36500")
    taken = time.perf_counter() - begun
    if (counted := postings_counted(answer)) != jobs:
        raise RuntimeError(f"the server counts {counted:,} jobs, the store has {jobs:,}")
    return taken * 1000


async def _beside(
    server: AirflowServer, own: Iterator[str], slow: Iterator[str], seconds: float
) -> tuple[float, float]:
    """Return the 95th percentile of one client's questions, alone and beside others, in ms."""
    client = _Asking(server.port, server.token, own, _PATIENT_PAUSE_SECONDS)
    others = _Asking(server.port, server.token, slow, 0.0)
    alone, _, _ = await client.for_seconds(1, seconds)
    (beside, _, _), _ = await asyncio.gather(
        client.for_seconds(1, seconds), others.for_seconds(_OTHERS, seconds)
    )
    return _p95_ms(alone), _p95_ms(beside)


def _p95_ms(times: list[float]) -> float:
    return round(quantiles(times, n=100)[94] * 1000, 1)


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


def _show(found: Asked) -> None:
    print(
        f"{'case':<36}{'pause s':>9}{'asked':>9}{'req/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}"
    )
    for row in found.rows:
        names = ("pause_seconds", "questions", "requests_per_second", "p50_ms", "p95_ms", "p99_ms")
        cells = (row[name] for name in names)
        ended = "  (no question left)" if row["ran_out"] else ""
        print(f"{row['case']:<36}" + "".join(f"{cell:>9}" for cell in cells) + ended)
    print(
        f"first answer {found.first_ms:.0f} ms; {found.memory_mb:.0f} MB, without the plugin "
        f"{found.bare_mb:.0f} MB; {ANY}, one client: p95 {found.alone_p95_ms} ms, beside two that "
        f"ask {found.slowest}: {found.beside_p95_ms} ms"
    )


if __name__ == "__main__":
    main()
