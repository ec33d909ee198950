"""Measure dbt and publish on a large warehouse: all of it, then a day's 300 postings.

    python -m bench.analytics --postings 25000 100000

Fills bronze with generated months, their texts as long as real ones, by the pipeline's own loads;
builds all; then adds 300 comments to the newest month and builds again, as the analytics DAG does
each day. `nothing new` is a build of a warehouse that is up to date: what dbt itself costs, and
what reads whole tables. A day's own cost is what it takes above that. Seconds of processor time are
given too: they say more than the clock's where the machine has other things to do.

A build is a process of its own, with dbt's start. `dbt started before` is a fork of a process that
has started it once, as tasks are forks of the scheduler (include/dbt/preload.py). `the DAG's run of
a day` is that of a scheduler of its own: all tasks, build and publish.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.comparison import Candidate, run_child
from bench.crowd import Crowd, crowd_of
from bench.sizes import sizes_of
from include.dbt.project import DBT_DIR, dbt_environment
from include.serving.publish import publish
from include.settings import PROJECT_ROOT, Settings
from include.warehouse.connection import open_warehouse

__all__ = ["Measured", "Seconds", "add_news", "check", "main", "measure"]

_NEWS = 300
_THROUGH_AIRFLOW = Candidate("the DAG's run of a day", "bench.candidates.analytics_airflow")
_DAYS = 2
"""The cheaper one counts: what else the machine does is not the day's."""


class Seconds(NamedTuple):
    """By the clock on the wall, and of the processor."""

    clock: float
    processor: float


class Measured(NamedTuple):
    """What each step took, and what the warehouse held before the news."""

    steps: dict[str, Seconds]
    sizes: dict[str, int]


def main() -> None:
    """Measure each size, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--postings", type=int, nargs="+", default=[100_000])
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    found = {postings: measure(postings).steps for postings in options.postings}
    _show(found)
    if options.json:
        rows = {size: {k: v._asdict() for k, v in taken.items()} for size, taken in found.items()}
        options.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")


def measure(postings: int, *, days_only: bool = False) -> Measured:
    """Return what each step takes on a warehouse of about so many postings.

    ``days_only`` leaves out all but a first build and publish, and a day's as commands.
    """
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as name:
        folder = Path(name)
        settings = Settings(data_dir=folder / "data")
        crowd = crowd_of(postings)
        _load(crowd, crowd.months(), settings)
        taken = {
            "full build": _timed(lambda: _build(settings)),
            "first publish": _timed(lambda: _publish(settings)),
        }
        sizes = _held(settings)
        check(sizes["postings"], crowd.jobs())
        built, published = [], []
        for number in range(_DAYS):
            add_news(crowd, settings)
            built.append(_timed(lambda: _build(settings)))
            check(_held(settings)["postings"] - sizes["postings"], (number + 1) * _NEWS)
            published.append(_timed(lambda: _publish(settings)))
        taken["a day's build"] = _cheapest(built)
        taken["a day's publish"] = _cheapest(published)
        if not days_only:
            taken |= _as_tasks(crowd, postings, settings, folder)
    return Measured(taken, sizes)


def _as_tasks(crowd: Crowd, postings: int, settings: Settings, folder: Path) -> dict[str, Seconds]:
    taken = {"nothing new": _cheapest([_timed(lambda: _build(settings)) for _ in range(2)])}
    forked = []
    for _ in range(_DAYS):
        add_news(crowd, settings)
        forked.append(_started_before(settings))
    taken["a day's build, dbt started before"] = _cheapest(forked)
    _publish(settings)
    add_news(crowd, settings)
    job = {"postings": postings, "days": 2 * _DAYS + 1}
    run = run_child(_THROUGH_AIRFLOW, job, folder)
    taken[_THROUGH_AIRFLOW.name] = Seconds(run["seconds"], run["details"]["processor"])
    full = _started_before(settings, "--full-refresh")
    return taken | {"full refresh, dbt started before": full}


def check(postings: int, expected: int) -> None:
    """Raise RuntimeError where a build leaves another number of postings than was loaded.

    Some are read as no job, or are one without being meant so: 3 % either way. A wrong build has
    no speed.
    """
    if not 0.97 * expected <= postings <= 1.03 * expected:
        raise RuntimeError(f"the build left {postings:,} postings of {expected:,}")


def _held(settings: Settings) -> dict[str, int]:
    with open_warehouse(settings, read_only=True) as warehouse:
        return sizes_of(warehouse)


def _cheapest(taken: list[Seconds]) -> Seconds:
    return min(taken, key=lambda seconds: seconds.processor)


def _load(crowd: Crowd, months: list[str], settings: Settings) -> None:
    for month in months:
        crowd.load_month(month, settings)


def add_news(crowd: Crowd, settings: Settings, days: int = 1) -> None:
    """Add so many days' comments to the newest month and load it, what is there already with it."""
    month = crowd.months()[-1]
    for _ in range(days):
        for number in range(_NEWS):
            text = f"Company {number} | Backend Engineer | Remote (EU) | Go, Kafka and PostgreSQL"
            crowd.first.add_comment(month, text)
    _load(crowd, [month], settings)


def _build(settings: Settings, *arguments: str) -> None:
    """Run dbt as a process of its own, as a day's run does: its start is part of the price."""
    folders = ["--target-path", str(settings.data_dir / "target")]
    folders += ["--log-path", str(settings.data_dir / "logs")]
    dbt = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", *folders, *arguments]
    environment = os.environ | dbt_environment(settings)
    subprocess.run(dbt, cwd=DBT_DIR, env=environment, check=True)


def _started_before(settings: Settings, *arguments: str) -> Seconds:
    command = [sys.executable, "-m", "bench.preloaded_build", str(settings.data_dir), *arguments]
    done = subprocess.run(command, cwd=PROJECT_ROOT, check=True, capture_output=True, text=True)
    return Seconds(*json.loads(done.stdout.splitlines()[-1]))


def _publish(settings: Settings) -> None:
    with open_warehouse(settings) as warehouse:
        publish(warehouse, settings.serving_database_url)


def _timed(step: Callable[[], object]) -> Seconds:
    clock, processor = time.perf_counter(), _processor_seconds()
    step()
    return Seconds(time.perf_counter() - clock, _processor_seconds() - processor)


def _processor_seconds() -> float:
    """Return the processor time of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _show(found: dict[int, dict[str, Seconds]]) -> None:
    for postings, taken in found.items():
        print(f"{postings:,} postings")
        for step, seconds in taken.items():
            print(f"  {step:<34}{seconds.clock:>8.1f} s {seconds.processor:>8.1f} s of processor")
        full, day = (taken[step].processor for step in ("full build", "a day's build"))
        print(f"  a day's build is {day / full:.1%} of a full one's processor time")


if __name__ == "__main__":
    main()
