from __future__ import annotations

import json
import multiprocessing
from types import SimpleNamespace

import pytest

from include.errors import ConfigurationError, SourceUnavailableError
from include.postings.model import IngestionQuery
from include.sources.boards.remotive import BOARD as REMOTIVE
from include.sources.boards.theirstack import BOARD as THEIRSTACK
from include.sources.boards.theirstack import query_key
from include.sources.boards.theirstack.credits import CreditBook
from include.sources.boards.theirstack.windows import WindowBook
from include.sources.paid import Plan
from include.state.budget import CallBudget, CallLimit
from include.state.store import StateFile


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def budget(path, clock, limits=REMOTIVE.call_limits):
    return CallBudget(StateFile(path), limits, record="x", clock=clock, sleep=clock.sleep)


def test_a_third_call_in_a_minute_waits_for_its_turn(tmp_path, clock):
    path, start = tmp_path / "x.json", clock.now
    for _ in range(3):  # each as a process of its own would
        budget(path, clock).take()
    assert clock.now - start == 60


def test_a_fifth_call_in_a_day_is_refused_whatever_the_process(tmp_path, clock):
    path = tmp_path / "x.json"
    for _ in range(4):
        budget(path, clock).take()
        clock.now += 600
    with pytest.raises(SourceUnavailableError, match="used up for 23"):
        budget(path, clock).take()
    assert budget(path, clock).seconds_to_wait() > 23 * 3600
    clock.now += 86_400
    budget(path, clock).take()


def test_a_clock_that_was_set_back_does_not_block_a_source(tmp_path, clock):
    path, now = tmp_path / "x.json", clock.now
    clock.now += 30 * 86_400
    for _ in range(4):
        budget(path, clock).take()
    clock.now = now
    assert budget(path, clock).seconds_to_wait() == 0
    for _ in range(2):
        budget(path, clock).take()
    assert 0 < budget(path, clock).seconds_to_wait() <= 60


def test_a_call_is_on_the_disk_before_it_is_made(tmp_path, clock):
    budget(tmp_path / "x.json", clock).take()
    assert json.loads((tmp_path / "x.json").read_text()) == {"calls": [clock.now]}


def test_a_source_without_limits_never_waits(tmp_path, clock):
    assert budget(tmp_path / "x.json", clock, ()).seconds_to_wait() == 0


def test_one_limit_alone_is_a_sliding_window(tmp_path, clock):
    times = []
    for _ in range(6):
        budget(tmp_path / "x.json", clock, [CallLimit(2, 10)]).take()
        times.append(clock.now - 1_000_000)
    assert times == [0, 0, 10, 10, 20, 20]


def _spend(path, count):
    book = CreditBook(StateFile(path), per_run=10_000, per_month=10_000)
    for _ in range(count):
        book.reserve("run", "2026-05", 1)


def test_processes_that_spend_at_once_lose_no_credit(tmp_path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_spend, args=(tmp_path / "x.json", 40)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert StateFile(tmp_path / "x.json").read()["months"] == {"2026-05": 120}


def test_credits_are_bounded_by_run_and_by_month(tmp_path):
    book = CreditBook(StateFile(tmp_path / "x.json"), per_run=50, per_month=80)
    assert book.reserve("one", "2026-05", 50)
    assert not book.reserve("one", "2026-05", 1)
    assert book.remaining("two", "2026-05") == 30
    assert not book.reserve("two", "2026-05", 31)
    book.give_back("one", "2026-05", 20)
    assert book.remaining("two", "2026-05") == 50
    assert book.remaining("two", "2026-06") == 50


def test_old_runs_are_forgotten_and_months_are_not(tmp_path):
    book = CreditBook(StateFile(tmp_path / "x.json"), per_run=5, per_month=5_000)
    for number in range(40):
        book.reserve(f"run {number}", "2026-05", 5)
    state = StateFile(tmp_path / "x.json").read()
    assert len(state["runs"]) == 30
    assert state["months"] == {"2026-05": 200}


def test_a_failed_change_leaves_the_state_as_it_was(tmp_path):
    state = StateFile(tmp_path / "x.json")
    with state.update() as values:
        values["a"] = 1

    def change_and_fail():
        with state.update() as values:
            values["a"] = 2
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        change_and_fail()
    assert state.read() == {"a": 1}
    assert {path.name for path in tmp_path.iterdir()} == {"x.json", "x.lock"}


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_damaged_state_is_an_error_and_not_a_fresh_budget(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        StateFile(tmp_path / "x.json").read()


def test_a_window_that_another_run_has_closed_stays_closed(tmp_path):
    books = WindowBook(StateFile(tmp_path / "theirstack.json"))
    books.replace("query", None, {"from": "a", "to": "b", "total": 1, "pending": []})
    books.loaded("query", [], is_read=True)
    report = {"manifest": {}, "records_seen": 1, "ids": [7], "stop_reason": ""}
    books.keep("query", {"name": "records 1-1", "offset": 0}, report)
    assert books.get("query") is None


def test_a_window_that_another_run_has_just_opened_anew_is_not_read_to_its_end(tmp_path):
    state, query = StateFile(tmp_path / "theirstack.json"), IngestionQuery(location="Anywhere")
    context = SimpleNamespace(state=state, query=query)
    report = {"manifest": {}, "records_seen": 1, "ids": [7], "stop_reason": ""}
    window = {"from": "a", "to": "b", "pending": []}
    WindowBook(state).replace(query_key(query), None, window)
    assert THEIRSTACK.next_cursor(context, Plan([]), [report]) is None
    WindowBook(state).replace(query_key(query), window, {**window, "total": 1})
    assert THEIRSTACK.next_cursor(context, Plan([]), [report]) == {"to": "b"}
