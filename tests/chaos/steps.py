"""What the DAGs' tasks do, in their order and without Airflow: one step is one process to kill.

A program too (``python steps.py hacker_news 2026-09 first + publish``), for what needs a process
from its very start.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import dataclass
from typing import Any

from include.dbt.project import DBT_DIR, dbt_environment
from include.errors import TransientError
from include.pipeline import company_boards as companies
from include.pipeline import hacker_news as hn
from include.pipeline import job_boards as boards
from include.pipeline.board_plan import plan_boards
from include.pipeline.publish import publish_gold
from include.settings import get_settings
from include.sources.boards.remotive import Remotive
from include.state.lock import RunName
from sample.boards import BOARDS
from sample.company_boards import SYSTEMS

__all__ = ["FIRST", "PARAMS", "SECOND", "TODAY", "Day", "run_step", "steps_of"]

PARAMS: dict[str, Any] = {
    "location": "Anywhere", "role": "any", "level": "any", "days": 90,
    "max_results": 100_000, "sources": list(BOARDS), "dry_run": False,
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A day of the pipeline: what is read, and the clock that the runs are given."""

    name: str
    now: dt.datetime
    months: tuple[str, ...]


FIRST = Day("first", dt.datetime(2026, 9, 20, 12, tzinfo=dt.UTC), ("2026-08", "2026-09"))
SECOND = Day("second", dt.datetime(2026, 10, 5, 12, tzinfo=dt.UTC), ("2026-09", "2026-10"))
# Airflow's tasks read by the clock of the machine, when both months of SECOND are over.
TODAY = Day("today", dt.datetime.now(dt.UTC), SECOND.months)
_DAYS = {day.name: day for day in (FIRST, SECOND, TODAY)}

Step = tuple[str, ...]
"""A step's name and its arguments, as words."""


def steps_of(day: Day) -> list[Step]:
    """Return a day's steps in their order."""
    months = [("hacker_news", month, day.name) for month in day.months]
    return [*months, ("job_boards", day.name), ("analytics",), ("publish",)]


def hacker_news(month: str, day: str, run_id: str = "") -> None:
    """Read one month, as the DAG's tasks do: the thread, its chunks, the load."""
    now, run = _DAYS[day].now, RunName("hacker_news", run_id or f"{day}__{month}")
    thread = hn.stage_thread(hn.Month.parse(month), run, now, lambda _: False)
    staged = [hn.fetch_chunk(chunk, month, run) for chunk in hn.chunks(thread["comments"])]
    hn.load_month(thread, staged, run, now)


def job_boards(day: str, run_id: str = "") -> None:
    """Read every board, as the DAG's tasks do: the plan, its chunks, the load."""
    now, run_id = _DAYS[day].now, run_id or f"{day}__boards"
    for source in BOARDS:
        plan = boards.plan_source(source, PARAMS, run_id, now)
        reports = [boards.fetch_chunk(plan, chunk, PARAMS, run_id) for chunk in plan["chunks"]]
        boards.load_source(plan, reports, PARAMS, run_id, now)


def company_boards(day: str, run_id: str = "") -> None:
    """Read every company's board that is due, as the DAG's tasks do: plan, chunks, loads."""
    now, run_id = _DAYS[day].now, run_id or f"{day}__companies"
    asked = {"systems": list(SYSTEMS), "boards": [], "limit": 0, "dry_run": False}
    plan = plan_boards(asked, now)
    read = [companies.read_chunk(plan, chunk, run_id) for chunk in plan["chunks"]]
    for name in dict.fromkeys(chunk["system"] for chunk in plan["chunks"]):
        companies.load_system(name, plan, read, run_id, now)


def analytics(target: str = "target") -> None:
    """Build silver and gold, every model with its tests; dbt's own files go to ``target``."""
    from dbt.cli.main import dbtRunner

    settings = get_settings()
    os.environ.update(dbt_environment(settings))
    folders = {
        "--project-dir": DBT_DIR,
        "--profiles-dir": DBT_DIR,
        "--target-path": settings.data_dir / target,
        "--log-path": settings.data_dir / "logs",
    }
    # Trends are dense from this month on: fifteen years of them cost seconds, each time.
    options = ["--vars", "first_month: 2025-09-01"]
    options += [str(part) for option in folders.items() for part in option]
    if os.environ.get("CHAOS_DBT_TESTS") == "false":  # half of a build's time
        options += ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    done = dbtRunner().invoke(["build", *options, "--log-level-file", "none"])
    if not done.success:
        raise TransientError(f"dbt has failed: {done.exception or 'see its output'}")


def publish() -> None:
    """Bring gold to the serving store."""
    print(publish_gold())


_STEPS = {
    step.__name__: step for step in (hacker_news, job_boards, company_boards, analytics, publish)
}


def run_step(step: Step) -> None:
    """Run a step in this process."""
    # Four calls a day are advised: a step that is killed and repeated ten times makes more.
    Remotive.call_limits = ()
    _STEPS[step[0]](*step[1:])


if __name__ == "__main__":
    for step in " ".join(sys.argv[1:]).split(" + "):
        run_step(tuple(step.split()))
