"""Measure the API in the real Airflow API server, beside a no-op in the same run.

    python -m bench.web --postings 200000 --clients 20 --seconds 8

Starts `airflow api-server` (one worker, simple auth manager) on a free loopback port over a
filled store, and asks from as many connections as there are clients: first each pausing between
questions as people do, then each as fast as it is answered, which measures the server's limit:
the times are then those of a queue of 20. Server and clients share the machine. Distinct
questions are answered by the index, repeated ones from the memory of answers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import count, cycle
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote, urlencode

import duckdb

from bench.airflow_server import airflow_server
from bench.gold import TECHNOLOGIES, GoldSize, fill_gold
from include.storage.serving import publish

__all__ = ["fill", "main", "measure"]

_PLACES = ("Anywhere", "Remote", "US", "Berlin", "Dallas, TX", "Germany", "New York", "London")


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
        store = options.store or fill(Path(folder), options.postings)
        with airflow_server(Path(folder), f"sqlite:///{store.absolute()}") as server:
            found = [
                row
                for pause in (options.pause, 0.0)
                for row in asyncio.run(
                    measure(server.port, server.token, options.clients, options.seconds, pause)
                )
            ]
    _show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


def fill(folder: Path, postings: int) -> Path:
    """Publish so many generated postings to a new store in the folder; return its path."""
    store = folder / "serving.sqlite"
    with duckdb.connect(str(folder / "warehouse.duckdb")) as warehouse:
        fill_gold(warehouse, GoldSize(postings, date(2011, 4, 1), date(2026, 11, 1)))
        begun = time.perf_counter()
        publish(warehouse, f"sqlite:///{store}")
        print(f"published {postings:,} postings in {time.perf_counter() - begun:.1f} s")
        begun = time.perf_counter()
        publish(warehouse, f"sqlite:///{store}")
        print(f"published again, unchanged, in {time.perf_counter() - begun:.1f} s")
    return store


def _insights() -> Iterator[str]:
    """Yield questions that are all different, over places, roles, levels and windows."""
    for number in count():
        query = {
            "location": _PLACES[number % len(_PLACES)],
            "role": ("any", "backend", "frontend", "fullstack")[number // 8 % 4],
            "level": ("any", "entry", "junior_mid")[number // 32 % 3],
            "days": 30 + number % 5_000,
        }
        yield f"/techpulse/api/v1/insights?{urlencode(query)}"


def _trends() -> Iterator[str]:
    """Yield questions of ten technologies over sixty months, all different."""
    names = list(TECHNOLOGIES)
    for number in count():
        chosen = [
            names[(number * 7 + step * (1 + number // 60)) % len(names)] for step in range(10)
        ]
        first = 2011 * 12 + 5 + number % 100
        span = [first, first + 59]
        start, end = (f"{month // 12}-{month % 12 + 1:02}" for month in span)
        ids = quote(",".join(dict.fromkeys(chosen)))
        yield f"/techpulse/api/v1/trends?tech_ids={ids}&start_date={start}&end_date={end}"


def _first(questions: Iterator[str], number: int) -> Iterator[str]:
    return cycle([next(questions) for _ in range(number)])


async def measure(
    port: int, token: str, clients: int, seconds: float, pause: float
) -> list[dict[str, str | float]]:
    """Ask each case's questions for so many seconds; return a row of figures for each case."""
    cases = {
        "no-op, public (health/live)": cycle(["/techpulse/health/live"]),
        "no-op, behind the login (icon)": cycle(["/techpulse/static/icon.svg"]),
        "insights, repeated": _first(_insights(), 60),
        "insights, all distinct": _insights(),
        "trends, repeated": _first(_trends(), 60),
        "trends, all distinct": _trends(),
        "postings, first page": _first(
            iter(f"/techpulse/api/v1/postings?location={quote(p)}" for p in _PLACES), len(_PLACES)
        ),
    }
    found: list[dict[str, str | float]] = []
    for name, questions in cases.items():
        await _ask_for(port, token, questions, clients, min(seconds, 1), pause)  # warm up
        times = await _ask_for(port, token, questions, clients, seconds, pause)
        cuts = quantiles(times, n=100)
        found.append(
            {
                "case": name,
                "pause_seconds": pause,
                "requests_per_second": round(len(times) / seconds, 1),
                "p50_ms": round(cuts[49] * 1000, 1),
                "p95_ms": round(cuts[94] * 1000, 1),
                "p99_ms": round(cuts[98] * 1000, 1),
            }
        )
    return found


async def _ask_for(
    port: int, token: str, questions: Iterator[str], clients: int, seconds: float, pause: float
) -> list[float]:
    until = time.perf_counter() + seconds
    asking = [_client(port, token, questions, until, pause) for _ in range(clients)]
    return [taken for times in await asyncio.gather(*asking) for taken in times]


async def _client(
    port: int, token: str, questions: Iterator[str], until: float, pause: float
) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    while time.perf_counter() < until:
        if pause:
            await asyncio.sleep(random.expovariate(1 / pause))
        begun = time.perf_counter()
        head = f"GET {next(questions)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}"
        writer.write(f"{head}\r\n\r\n".encode())
        await _answer(reader)
        times.append(time.perf_counter() - begun)
    writer.close()
    return times


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise SystemExit(f"An unexpected answer: {head.decode()}")
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))


def _show(found: list[dict[str, str | float]]) -> None:
    print(f"{'case':<34}{'pause s':>9}{'req/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for row in found:
        names = ("pause_seconds", "requests_per_second", "p50_ms", "p95_ms", "p99_ms")
        cells = (row[name] for name in names)
        print(f"{row['case']:<34}" + "".join(f"{cell:>9}" for cell in cells))


if __name__ == "__main__":
    main()
