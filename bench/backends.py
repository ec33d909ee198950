"""Cost of the backends: the file and two lakes as a warehouse, SQLite and PostgreSQL for serving.

``python -m bench.backends [MONTHS] [COMMENTS] [POSTINGS]`` loads so many months, builds, publishes,
loads the last month again and builds again, at each home, one after the other on the same machine;
it prints seconds of the clock and of the processor. Then it publishes so many postings to both
serving stores, and asks the web over each. PostgreSQL and the object store are those of the tests.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb

from bench.dbt_build import dbt
from bench.history import load_month
from bench.rows.web import MORE_MS
from bench.web import NO_OP, ask_store, fill
from include.serving.publish import publish
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from sample.services import Postgres, object_store, postgres
from sample.world import World

__all__ = ["main"]

_BUILD = ("build", "--exclude-resource-type", "unit_test")
_CASES = (NO_OP, *MORE_MS)
_CLIENTS, _SECONDS, _PAUSE_SECONDS = 20, 5.0, 0.25


def main(months: int = 6, comments: int = 300, postings: int = 100_000) -> None:
    """Print a line a step and home, and one a serving store and case."""
    print(f"{months} months of {comments} comments")
    for home, settings in _homes():
        for step, work in _steps(settings, months, comments):
            _timed(home, step, work)
    with _folder() as folder, postgres() as server:
        _serve(folder, server, postings)


def _timed(home: str, step: str, work: Callable[[], object]) -> None:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{home:16} {step:28} {wall:8.2f} s {processor:8.2f} s CPU", flush=True)


def _serve(folder: Path, server: Postgres, postings: int) -> None:
    """Publish gold to both serving stores, and ask the same web over each."""
    store, url = fill(folder, postings).store, server.url(server.database("serving"))
    with duckdb.connect(str(folder / "warehouse.duckdb")) as warehouse:
        for home, other in (
            ("SQLite", f"sqlite:///{folder / 'again.sqlite'}"),
            ("PostgreSQL", url),
        ):
            for step in ("publish, first", "publish, nothing new"):
                _timed(home, step, partial(publish, warehouse, other))
    print(f"{postings:,} postings, {_CLIENTS} clients, p95 in ms")
    for home, other in (("SQLite", ""), ("PostgreSQL", url)):
        home_folder = folder / home
        home_folder.mkdir()
        found = ask_store(
            home_folder, store, _CLIENTS, _SECONDS, _PAUSE_SECONDS, url=other, only=_CASES
        )
        for case, taken in found.p95().items():
            print(f"{home:16} {case:40} {taken:8.1f}", flush=True)
        print(f"{home:16} {'first question':40} {found.first_ms:8.1f}")
        print(f"{home:16} {'memory above bare, MB':40} {found.memory_mb - found.bare_mb:8.1f}")


def _steps(
    settings: Settings, months: int, comments: int
) -> Iterator[tuple[str, Callable[[], object]]]:
    last = 2026 * 12 + 5
    names = [f"{m // 12}-{m % 12 + 1:02}" for m in range(last - months + 1, last + 1)]
    world = World(seed=3, first_month=names[0], last_month=names[-1], comments=comments)

    def load(*wanted: str) -> None:
        for month in wanted:
            load_month(world, month, settings)

    def publish_it() -> None:
        with open_warehouse(settings) as warehouse:
            publish(warehouse, settings.serving_database_url)

    yield "open, first time", lambda: _open(settings)
    yield "open", lambda: _open(settings)
    yield f"load {months} months", lambda: load(*names)
    yield "dbt build, first", lambda: dbt(settings, *_BUILD)
    yield "publish, first", publish_it
    world.add_comment(names[-1], "Late | Platform Engineer | REMOTE (EU) | Go, Kafka")
    yield "load a month again", lambda: load(names[-1])
    yield "dbt build, a day", lambda: dbt(settings, *_BUILD)
    yield "publish, a day", publish_it


def _open(settings: Settings) -> None:
    with open_warehouse(settings):
        pass


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="techpulse-homes-") as folder:
        yield Path(folder)


def _homes() -> Iterator[tuple[str, Settings]]:
    with _folder() as folder, postgres() as server, object_store() as store:
        os.environ |= server.environment() | store.environment()
        yield "file", Settings(data_dir=folder / "file")
        for home, place in (
            ("lake on a folder", str(folder / "lake")),
            ("lake on S3", f"s3://{store.bucket}/lake"),
        ):
            yield (
                home,
                Settings(
                    data_dir=folder / home.replace(" ", "_"),
                    warehouse_uri=server.lake_uri(server.database("lake")),
                    warehouse_data_path=place,
                ),
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
