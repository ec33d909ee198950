"""Days of `company_boards` on a generated upstream, and a witness of what it has answered."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from include.pipeline import company_boards as runs
from include.pipeline.board_plan import RunPlan, plan_boards
from include.postings.model import posting_id
from include.settings import Settings, get_settings
from include.sources.system import posting_address
from include.warehouse.company_boards import BoardRow, State, add_rows, read_directory
from include.warehouse.connection import commit, open_warehouse
from sample.company_answers import own_id
from sample.company_boards import SYSTEMS, CompanyBoard, CompanyJob, board_link
from sample.server import Upstream
from sample.wire import Answer, Request
from sample.world import World
from tests.unit.dbt.spans_ledger import Reading

B = TypeVar("B", bound="Boards")

__all__ = ["MISHAPS", "Boards", "Served", "Witness", "connect", "key_of"]

MISHAPS = {
    "fail_every": 11, "rate_limit_every": 13, "retry_after": "0", "truncate_every": 17,
    "invalid_json_every": 19, "html_every": 23, "reset_every": 29, "wrong_type_every": 31,
    "empty_every": 8, "cut_every": 5, "redeliver": True,
}  # fmt: skip
"""Every fault that a board can show, on half of the requests."""
_UNREADABLE = {"reset", "slow_loris", "fail", "rate_limit", "truncate", "invalid_json", "html"}


def key_of(board: CompanyBoard, job: CompanyJob) -> str:
    """Return the id of a job's posting."""
    return posting_id(board.system, posting_address(board.system, board.slug, own_id(board, job)))


@dataclass(frozen=True)
class Served:
    """The last answer to a run about a board; ``ids`` are the postings in it."""

    source: str
    reading: Reading


class Witness(Upstream):
    """An upstream that notes what each run was answered, by its own account of boards and faults.

    Nothing of the product reads the answers here: what they allow to be known is the expectation.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.run, self.at = "", dt.datetime.min
        self.answered: dict[tuple[str, str, str], Served] = {}  # (run, system, board)

    def respond(self, request: Request) -> tuple[Answer, str]:
        answer, act = super().respond(request)
        for (system, slug), board in self.world.companies.boards().items():
            if request.path.startswith(f"/ats/{system}") and slug in request.path.split("/"):
                found = self._reading(board, answer, act)
                self.answered[self.run, system, slug] = Served(system, found)
        return answer, act

    def _reading(self, board: CompanyBoard, answer: Answer, act: str) -> Reading:
        name = f"{board.system}://{board.slug}"
        if act in _UNREADABLE:
            return Reading(name, self.at, "failed")
        if answer.status == 404:
            return Reading(name, self.at, "absent")
        jobs = self.world.companies.jobs(board, self.world.today)
        shown = jobs[: {"empty": 0, "cut": len(jobs) // 2}.get(act, len(jobs))]
        is_short = board.system == "greenhouse" and len(shown) < len(jobs)
        outcome = "empty" if not shown else "short" if is_short else "whole"
        return Reading(name, self.at, outcome, frozenset(key_of(board, job) for job in shown))

    def readings(self, loaded: set[tuple[str, str]]) -> list[Reading]:
        """Return the readings of boards that are not demonstrations, of these runs and systems."""
        linked = self.world.companies.linked()
        demos = {f"{b.system}://{b.slug}" for b in linked if b.kind == "demo"}
        return [
            served.reading
            for (run, system, _), served in self.answered.items()
            if (run, system) in loaded and served.reading.board not in demos
        ]


class Boards:
    """Days of the DAG on a world of boards that the directory has from its file."""

    def __init__(self, settings: Settings, upstream: Upstream) -> None:
        self.settings, self.upstream, self.world = settings, upstream, upstream.world
        self.number = 0

    def now(self) -> dt.datetime:
        return dt.datetime.combine(self.world.today, dt.time(6), dt.UTC)

    def add(self, *rows: BoardRow) -> None:
        commit(lambda c: add_rows(c, rows), conflict_key="test", settings=self.settings)

    def add_linked(self) -> None:
        linked = self.world.companies.linked()
        self.add(*(BoardRow(b.system, b.slug, State.CANDIDATE, "linked", b.company, "posting",
                            board_link(b)) for b in linked))  # fmt: skip

    def plan(self, **params: Any) -> RunPlan:
        asked = {"systems": list(SYSTEMS), "boards": [], "limit": 0, "dry_run": False, **params}
        return plan_boards(asked, self.now())

    def day(self, **params: Any) -> dict[str, runs.SystemSummary]:
        """Run the DAG's tasks once; return the summaries by system."""
        self.number += 1
        plan, run_id = self.plan(**params), f"run {self.number}"
        read = [runs.read_chunk(plan, chunk, run_id) for chunk in plan["chunks"]]
        systems = dict.fromkeys(chunk["system"] for chunk in plan["chunks"])
        return {name: runs.load_system(name, plan, read, run_id, self.now()) for name in systems}

    def planned(self, **params: Any) -> list[tuple[str, str]]:
        """Return the boards that a run would read."""
        chunks = self.plan(**params)["chunks"]
        return [(chunk["system"], due["board"]) for chunk in chunks for due in chunk["boards"]]

    def rows(self, query: str) -> list[Any]:
        with open_warehouse(self.settings) as connection:
            return connection.execute(query).fetchall()

    def states(self) -> dict[str, State]:
        with open_warehouse(self.settings) as connection:
            return {row.name: row.state for row in read_directory(connection)}

    def open_jobs(self) -> dict[tuple[str, str], set[str]]:
        """Return what is true: the ids of the jobs that each board shows today."""
        companies = self.world.companies
        return {
            (b.system, b.slug): {key_of(b, job) for job in companies.jobs(b, self.world.today)}
            for b in companies.boards().values()
        }


def connect(
    monkeypatch: pytest.MonkeyPatch, folder: Path, upstream: Upstream, kind: type[B]
) -> Iterator[B]:
    """Serve the upstream; give days on it whose data lie in the folder."""
    with upstream.serve() as url:
        for system in (*SYSTEMS, "lever_eu"):
            connection = {"conn_type": "http", "host": f"{url}/ats/{system}"}
            monkeypatch.setenv(f"AIRFLOW_CONN_{system.upper()}_DEFAULT", json.dumps(connection))
        monkeypatch.setenv("TECHPULSE_DATA_DIR", str(folder))
        monkeypatch.setenv("TECHPULSE_COMPANY_REQUESTS_PER_SECOND", "1000")
        get_settings.cache_clear()
        yield kind(get_settings(), upstream)
