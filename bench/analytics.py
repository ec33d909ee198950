"""Measure dbt and publish on a large warehouse: all of it, then a day's 300 postings.

    python -m bench.analytics --postings 25000 100000

Fills bronze with generated months, their texts as long as real ones, by the pipeline's own loads;
builds all; then adds 300 comments to the newest month and builds again, as the analytics DAG does
each day. `nothing new` is a build of a warehouse that is up to date: what dbt itself costs, for a
warehouse of any size. A day's own cost is what it takes above that.
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

from bench.history import REAL_CHARACTERS, load_month
from include.dbt_project import DBT_DIR, dbt_environment
from include.settings import Settings
from include.storage.serving import publish
from include.storage.warehouse import open_warehouse
from sample.world import World

__all__ = ["main", "measure"]

_COMMENTS = 550  # a month; an average month of the real threads has about as many
_LAST_MONTH = 2026 * 12 + 9
_NEWS = 300


def main() -> None:
    """Measure each size, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--postings", type=int, nargs="+", default=[25_000, 100_000])
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    found = [measure(postings) for postings in options.postings]
    _show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


def measure(postings: int) -> dict[str, float]:
    """Return the seconds that each step takes on a warehouse of about so many postings."""
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as folder:
        settings = Settings(data_dir=Path(folder))
        world = _world(postings)
        seconds = {"postings": float(len(world.months()) * _COMMENTS)}
        seconds["load"] = _timed(lambda: _load(world, world.months(), settings))
        seconds["full build"] = _timed(lambda: _build(settings))
        seconds["first publish"] = _timed(lambda: _publish(settings))
        seconds["nothing new"] = min(_timed(lambda: _build(settings)) for _ in range(2))
        _add_news(world, settings)
        seconds["a day's build"] = _timed(lambda: _build(settings))
        seconds["a day's publish"] = _timed(lambda: _publish(settings))
        seconds["full refresh"] = _timed(lambda: _build(settings, "--full-refresh"))
    return {name: round(value, 2) for name, value in seconds.items()}


def _world(postings: int) -> World:
    first = _LAST_MONTH - max(postings // _COMMENTS, 1) + 1
    return World(
        first_month=f"{first // 12}-{first % 12 + 1:02}",
        last_month=f"{_LAST_MONTH // 12}-{_LAST_MONTH % 12 + 1:02}",
        comments=_COMMENTS,
    )


def _load(world: World, months: list[str], settings: Settings) -> None:
    for month in months:
        load_month(world, month, settings, characters=REAL_CHARACTERS)


def _add_news(world: World, settings: Settings) -> None:
    month = world.months()[-1]
    for number in range(_NEWS):
        text = f"Company {number} | Backend Engineer | Remote (EU) | Go, Kafka and PostgreSQL"
        world.add_comment(month, text)
    _load(world, [month], settings)


def _build(settings: Settings, *arguments: str) -> None:
    """Run dbt as a process of its own, as a day's run does: its start is part of the price."""
    folders = ["--target-path", str(settings.data_dir / "target")]
    folders += ["--log-path", str(settings.data_dir / "logs")]
    dbt = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", *folders, *arguments]
    environment = os.environ | dbt_environment(settings.warehouse_path)
    subprocess.run(dbt, cwd=DBT_DIR, env=environment, check=True)


def _publish(settings: Settings) -> None:
    with open_warehouse(settings) as warehouse:
        publish(warehouse, settings.serving_database_url)


def _timed(step: Callable[[], object]) -> float:
    begun = time.perf_counter()
    step()
    return time.perf_counter() - begun


def _show(found: list[dict[str, float]]) -> None:
    for name in found[0]:
        values = "".join(f"{row[name]:>14,.1f}" for row in found)
        print(f"{name:<18}{values}{'' if name == 'postings' else '   s'}")
    for row in found:
        share = row["a day's build"] / row["full build"]
        own = row["a day's build"] - row["nothing new"]
        print(
            f"{row['postings']:>9,.0f} postings: a day's build is {share:.1%} of a full one; "
            f"{own:.1f} s are the day's own"
        )


if __name__ == "__main__":
    main()
