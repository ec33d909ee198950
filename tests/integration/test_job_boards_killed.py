"""kill -9 anywhere in a run of the boards, then the run again: the same rows, nothing lost."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from include.hooks import boards as hooks
from include.pipeline import job_boards
from include.settings import get_settings
from include.sources.boards import theirstack
from include.sources.boards.theirstack import credits
from include.staging import files as staging
from include.state import store as state
from include.warehouse import loads
from include.warehouse.connection import open_warehouse
from sample.boards import BOARDS
from sample.server import Upstream
from sample.world import World

pytestmark = pytest.mark.slow

NOW = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
PARAMS = {"location": "Anywhere", "role": "any", "level": "any", "days": 90,
          "max_results": 100_000, "sources": list(BOARDS), "dry_run": False}  # fmt: skip

# Where the process kills itself: before or after the n-th call of a function.
KILLS = {
    "before a budget is written": (state.StateFile, "_write", 3, "before"),
    "credits reserved, nothing asked": (credits.CreditBook, "reserve", 4, "after"),
    "answer paid for, not staged": (job_boards, "_stage", 5, "before"),
    "staging half way": (staging, "_write_atomically", 6, "before"),
    "staged, not noted": (theirstack.TheirStack, "on_staged", 3, "before"),
    "all staged, nothing loaded": (job_boards, "load", 2, "before"),
    "rows inserted, no ledger": (loads, "_write_ledger", 2, "before"),
    "ledger written, no cursor": (loads, "_write_cursor", 1, "before"),
    "committed, window still open": (theirstack.TheirStack, "on_committed", 1, "before"),
    "one source loaded": (job_boards, "load", 1, "after"),
}


def run_all(run_id: str) -> None:
    for source in sorted(BOARDS, reverse=True):  # theirstack first
        plan = job_boards.plan_source(source, PARAMS, run_id, NOW)
        reports = [job_boards.fetch_chunk(plan, chunk, PARAMS, run_id) for chunk in plan["chunks"]]
        job_boards.load_source(plan, reports, PARAMS, run_id, NOW)


def _killed_run(owner: Any, name: str, number: int, when: str) -> None:
    original, calls = getattr(owner, name), [0]

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        if calls[0] == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if calls[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, counted)
    run_all("killed")


def in_a_process(target: Callable[..., None], *args: Any) -> int | None:
    process = multiprocessing.get_context("fork").Process(target=target, args=args)
    process.start()
    process.join(60)
    assert not process.is_alive()
    return process.exitcode


@pytest.fixture
def upstream(tmp_path, monkeypatch):
    upstream = Upstream(World(jobs=330, today=NOW.date()))
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_RUN", "10000")
    monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_MONTH", "10000")
    get_settings.cache_clear()
    with upstream.serve() as url:
        for source in BOARDS:
            path = "/api" if source in ("remotive", "arbeitnow") else ""
            connection = {"conn_type": "http", "host": f"{url}{path}", "password": "sample-key"}
            monkeypatch.setenv(f"AIRFLOW_CONN_{source.upper()}_DEFAULT", json.dumps(connection))
        yield upstream


@pytest.mark.parametrize("kill", KILLS.values(), ids=KILLS)
@pytest.mark.parametrize("same_run", [True, False], ids=["run again", "next run"])
def test_a_run_killed_anywhere_and_repeated_changes_no_total(upstream, kill, same_run):
    assert hooks.budget_of  # imported before the fork, as all else
    assert in_a_process(_killed_run, *kill) == -signal.SIGKILL
    assert in_a_process(run_all, "killed" if same_run else "next") == 0
    listed = {source: len(upstream.world.listings(source)) for source in BOARDS}
    with open_warehouse() as warehouse:
        rows = warehouse.execute(
            "select source, count(*), count(distinct posting_id) from bronze.raw_job_postings "
            "group by source"
        ).fetchall()
        untrue = warehouse.execute(
            "select count(*) from bronze.loads where expected <> fetched + missing "
            "or fetched <> inserted + unchanged + rejected"
        ).fetchone()
    assert {source: count for source, count, _ in rows} == listed
    assert {source: count for source, _, count in rows} == listed
    assert untrue == (0,)
    page = theirstack.PAGE_RECORDS
    paid_for = upstream.routes.theirstack.credits_used
    assert listed["theirstack"] <= paid_for <= listed["theirstack"] + page
    state_file = get_settings().state_dir / "theirstack.json"
    assert json.loads(state_file.read_text())["months"]["2026-10"] >= paid_for
