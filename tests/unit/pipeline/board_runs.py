"""Runs of the DAG `job_boards` without Airflow, on a generated upstream: for the tests beside."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from include.pipeline import job_boards
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from sample.boards import BOARDS
from sample.server import Upstream

__all__ = ["EVERYTHING", "NOW", "Runs", "adds_up"]

EVERYTHING: dict[str, Any] = {
    "location": "Anywhere",
    "role": "any",
    "level": "any",
    "days": 90,
    "max_results": 100_000,
    "sources": list(BOARDS),
    "dry_run": False,
}
"""What a run is asked that is to read all there is."""
NOW = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
_five = itemgetter("inserted", "updated", "unchanged", "filtered", "rejected")


@dataclass
class Runs:
    """Runs of the DAG's tasks, one after the other, on one warehouse and one upstream."""

    upstream: Upstream
    settings: Settings
    number: int = 0
    now: dt.datetime = NOW
    params: dict[str, Any] = field(default_factory=dict)

    def ask(self, **params: Any) -> dict[str, Any]:
        return {**EVERYTHING, **self.params, **params}

    def new(self) -> str:
        self.number += 1
        return f"run {self.number}"

    def plan(self, source: str, run_id: str, **params: Any) -> job_boards.SourcePlan:
        return job_boards.plan_source(source, self.ask(**params), run_id, self.now)

    def load(
        self, plan: job_boards.SourcePlan, reports: list[Any], run_id: str, **params: Any
    ) -> job_boards.Summary:
        return job_boards.load_source(plan, reports, self.ask(**params), run_id, self.now)

    def whole(self, source: str, **params: Any) -> job_boards.Summary:
        run_id = self.new()
        plan = self.plan(source, run_id, **params)
        reports = [
            job_boards.fetch_chunk(plan, chunk, self.ask(**params), run_id)
            for chunk in plan["chunks"]
        ]
        return self.load(plan, reports, run_id, **params)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings) as warehouse:
            return warehouse.execute(sql).fetchall()

    def held(self, source: str) -> set[str]:
        found = self.rows("select source, posting_id from bronze.raw_job_postings")
        return {posting_id for name, posting_id in found if name == source}

    def state(self, source: str) -> dict[str, Any]:
        path = self.settings.state_dir / f"{source}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    @property
    def paid(self) -> int:
        return self.upstream.routes.theirstack.credits_used


def adds_up(summary: job_boards.Summary) -> bool:
    """Whether every record served is in one of the five counts."""
    return bool(sum(_five(summary)) == summary["served"])
