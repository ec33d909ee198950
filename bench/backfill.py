"""Measure the whole history of Hacker News, twice, without a scheduler: what the work itself costs.

    python -m bench.backfill                                          a generated upstream
    python -m bench.backfill --upstream http://127.0.0.1:8799         any other with /v0 and /stats

Each month goes through what the DAG's tasks do, one after the other in one process: the thread is
looked up, its comments are fetched in chunks over HTTP, all is loaded. The second round finds
nothing new. Requests are those that the upstream has counted.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.request import urlopen

from include.months import FIRST_MONTH, Month
from include.settings import get_settings
from include.warehouse.connection import open_warehouse
from sample.server import spawn

__all__ = ["Round", "main", "read_all"]

_LAST_MONTH = "2026-10"


class Round(NamedTuple):
    """What one reading of all months took and brought."""

    months: int
    requests: int
    items: int
    inserted: int
    unchanged: int
    seconds: float
    processor_seconds: float


def main() -> None:
    """Read all months twice, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--upstream", default="", help="base URL; by default one is generated")
    parser.add_argument("--comments", type=int, default=60, help="a month, of the generated one")
    parser.add_argument("--first", default=FIRST_MONTH.key)
    parser.add_argument("--last", default=_LAST_MONTH)
    options = parser.parse_args()
    months = list(_months(Month.parse(options.first), Month.parse(options.last)))
    with contextlib.ExitStack() as stack:
        url = options.upstream or stack.enter_context(
            spawn(["--months", f"{months[0]}..{months[-1]}", "--comments", str(options.comments)])
        )
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="techpulse-backfill-"))
        os.environ["TECHPULSE_DATA_DIR"] = folder
        os.environ["AIRFLOW_CONN_HACKERNEWS_DEFAULT"] = json.dumps(
            {"conn_type": "http", "host": f"{url}/v0"}
        )
        get_settings.cache_clear()
        _show("first", read_all(months, url, "first"))
        rows = _rows()
        _show("second", read_all(months, url, "second"))
        print(f"rows of bronze.raw_hn_items: {rows} after the first, {_rows()} after the second")


def _months(first: Month, last: Month) -> Iterator[Month]:
    month = first
    while month <= last:
        yield month
        month = month.next


def read_all(months: list[Month], url: str, run_id: str) -> Round:
    """Read every month as a run of its own; return what it took."""
    from include.pipeline.hacker_news import chunks, fetch_chunk, load_month, stage_thread
    from include.state.lock import RunName

    before, started, processor = _requests(url), time.monotonic(), time.process_time()
    ledgers: list[dict[str, Any]] = []
    for month in months:
        run, now = RunName("hacker_news", f"{run_id}__{month}"), dt.datetime.now(dt.UTC)
        thread = stage_thread(month, run, now, lambda _: False)
        staged = [fetch_chunk(chunk, month.key, run) for chunk in chunks(thread["comments"])]
        ledgers.append(load_month(thread, staged, run, now))
        if sys.stderr.isatty():
            print(f"\r{run_id} {month}", end="", file=sys.stderr, flush=True)
    return Round(
        months=len(ledgers),
        requests=_requests(url) - before,
        items=sum(ledger["expected"] for ledger in ledgers),
        inserted=sum(ledger["inserted"] for ledger in ledgers),
        unchanged=sum(ledger["unchanged"] for ledger in ledgers),
        seconds=time.monotonic() - started,
        processor_seconds=time.process_time() - processor,
    )


def _requests(url: str) -> int:
    with urlopen(f"{url}/stats", timeout=60) as answer:  # noqa: S310 -- an address of our own
        stats = json.load(answer)
    return int(stats["requests"]) if "requests" in stats else sum(stats["served"].values())


def _rows() -> int:
    with open_warehouse(read_only=True) as warehouse:
        (count,) = warehouse.execute("select count(*) from bronze.raw_hn_items").fetchall()[0]
    return int(count)


def _show(name: str, found: Round) -> None:
    print(
        f"{name}: {found.months} months, {found.requests:,} requests, {found.items:,} items, "
        f"{found.inserted:,} inserted, {found.unchanged:,} unchanged, {found.seconds:.0f} s "
        f"({found.processor_seconds:.0f} s of processor)",
        flush=True,
    )


if __name__ == "__main__":
    main()
