"""Measure, side by side, what docs/benchmarks.md tells.

python -m bench                    # everything but the full history; writes docs/benchmarks.md
python -m bench fetch load         # some rows
python -m bench --quick            # small sizes, some ten minutes, printed only
python -m bench history            # the full history, through Airflow
"""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module

from bench.report import Result, as_page, keep, write_page

__all__ = ["KEYS", "ROWS", "main"]

ROWS = ("fetch", "load", "reading", "daily", "analytics", "boards", "dags", "web", "real")
KEYS = (
    "fetch", "fetch_cpu", "load", "reading", "reading_real", "history", "daily", "analytics",
    "boards", "dag", "parsing", "web", "real",
)  # fmt: skip


def main() -> None:
    """Measure the rows that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, side by side.")
    parser.add_argument("rows", nargs="*", metavar="row", help=f"{', '.join(ROWS)} or history")
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    options = parser.parse_args()
    unknown = set(options.rows) - {*ROWS, "history"}
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    found: list[Result] = []
    for row in options.rows or ROWS:
        print(f"{row} ...", file=sys.stderr, flush=True)
        begun = time.perf_counter()
        measured = import_module(f"bench.rows.{row}").run(quick=options.quick)
        found += measured
        if not options.quick:
            write_page(keep(measured), KEYS)
        print(f"  {row}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    print(as_page(found))
    if options.quick:
        print("Small sizes: these figures say that it works, not how fast it is.")


if __name__ == "__main__":
    main()
