"""Two runs of the paid board at once: no record is lost or bought twice, and the cursor moves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from include.pipeline import job_boards
from include.settings import get_settings
from include.sources.boards.theirstack import BOARD, TheirStack
from include.sources.boards.theirstack.windows import WindowBook
from sample.world import World
from tests.unit.pipeline.board_runs import NOW, Runs

Plan = job_boards.SourcePlan


def fetched(runs: Runs, plan: Plan, run_id: str, *numbers: int) -> list[Any]:
    chunks = [plan["chunks"][n] for n in numbers] if numbers else plan["chunks"]
    return [job_boards.fetch_chunk(plan, chunk, runs.ask(), run_id) for chunk in chunks]


def plan_while(runs: Runs, run_id: str, patch: pytest.MonkeyPatch, work: Callable[[], Any]) -> Plan:
    """Plan a run; do the work while it counts what waits."""
    genuine = TheirStack._count

    def count(*arguments: Any) -> int:
        with patch.context() as none:
            none.setattr(TheirStack, "_count", genuine)
            work()
        return genuine(*arguments)

    with patch.context() as slow:
        slow.setattr(TheirStack, "_count", count)
        return runs.plan(BOARD.name, run_id)


@pytest.fixture
def runs(start: Callable[..., Runs]) -> Runs:
    return start(World(jobs=300, today=NOW.date()))


def listed(runs: Runs) -> int:
    return len(runs.upstream.world.listings(BOARD.name))


def cursors(runs: Runs) -> list[Any]:
    return runs.rows("select position ->> 'to' from bronze.cursors")


def test_cursor_moves_when_the_same_run_loads_the_same_pages_again(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = runs.plan(BOARD.name, "run")
    reports = fetched(runs, plan, "run")
    # While its twin plans, the window has no total: the load leaves the cursor to the twin.
    again = plan_while(runs, "run", monkeypatch, lambda: runs.load(plan, reports, "run"))
    assert cursors(runs) == []
    summary = runs.load(again, fetched(runs, again, "run"), "run")
    assert [at for (at,) in cursors(runs)] == [f"{NOW:%Y-%m-%dT%H:%M:%SZ}"]
    assert summary["inserted"] == listed(runs) == runs.paid
    assert runs.rows("select count(*) from bronze.loads") == [(1,)]
    runs.load(again, fetched(runs, again, "run"), "run")
    assert len(cursors(runs)) == 1


def test_pages_of_a_run_that_another_one_has_planned_again_are_not_skipped(runs: Runs) -> None:
    one, other = runs.plan(BOARD.name, "one"), None
    reports = fetched(runs, one, "one", 0)
    other = runs.plan(BOARD.name, "other")
    # The offsets of the first plan now mean other records.
    rest = range(1, len(one["chunks"]))
    summary = runs.load(one, [*reports, *fetched(runs, one, "one", *rest)], "one")
    assert any("another run" in note for note in summary["notes"])
    assert cursors(runs) == []
    runs.load(other, fetched(runs, other, "other"), "other")
    assert len(runs.held(BOARD.name)) == listed(runs) == runs.paid
    assert len(cursors(runs)) == 1
    assert runs.state(BOARD.name)["windows"] == {}


def test_what_another_run_counts_does_not_end_a_reading(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_RUN", "100")
    get_settings.cache_clear()
    one = runs.plan(BOARD.name, "one")
    reports = fetched(runs, one, "one")
    other = runs.plan(BOARD.name, "other")
    # 15 records wait, fewer than these 100: they are not the same.
    runs.load(one, reports, "one")
    assert cursors(runs) == []
    runs.load(other, fetched(runs, other, "other"), "other")
    assert len(runs.held(BOARD.name)) == listed(runs) == runs.paid
    assert len(cursors(runs)) == 1


def test_page_bought_while_another_run_plans_is_kept(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = runs.plan(BOARD.name, "one")
    genuine = WindowBook.get

    def get(book: WindowBook, key: str) -> Any:
        """Return the window as it was; the first run buys a page before it is saved again."""
        found = genuine(book, key)
        monkeypatch.setattr(WindowBook, "get", genuine)
        fetched(runs, one, "one", 0)
        return found

    monkeypatch.setattr(WindowBook, "get", get)
    other = runs.plan(BOARD.name, "other")
    # The first run is killed here.
    summary = runs.load(other, fetched(runs, other, "other"), "other")
    assert summary["inserted"] == listed(runs) == runs.paid


def test_pages_that_were_loaded_before_a_kill_are_not_loaded_again(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_RUN", "50")
    get_settings.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(TheirStack, "on_committed", lambda *_: None)  # killed before it
        assert runs.whole(BOARD.name)["inserted"] == 50
    # So long ago that upkeep has deleted the staged files.
    shutil.rmtree(runs.settings.data_dir / "staging")
    assert runs.whole(BOARD.name)["served"] == 50
    assert runs.whole(BOARD.name)["served"] == listed(runs) - 100
    assert len(runs.held(BOARD.name)) == listed(runs) == runs.paid
    assert runs.state(BOARD.name)["windows"] == {}


def test_pages_of_another_run_outlast_a_load(runs: Runs) -> None:
    one = runs.plan(BOARD.name, "one")
    reports = fetched(runs, one, "one", 0)
    other = runs.plan(BOARD.name, "other")
    fetched(runs, other, "other", 0, 1)  # staged, and then it is killed
    runs.load(one, reports, "one")
    assert len(runs.held(BOARD.name)) == 25
    assert runs.whole(BOARD.name)["inserted"] == listed(runs) - 25
    assert runs.paid == listed(runs)
