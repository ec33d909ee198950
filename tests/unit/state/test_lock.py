from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from include.state.lock import MonthLock, MonthLocked, RunName, is_active
from include.state.store import StateFile
from tests.watched_state import WatchedState

NOW = dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)
DAILY = RunName("hacker_news_daily", "scheduled__2026-11-22")
BY_HAND = RunName("hacker_news", "manual__1")
MONTH = "2026-11"


def yes(run: RunName) -> bool:
    return True


def no(run: RunName) -> bool:
    return False


@pytest.fixture
def lock(tmp_path: Path) -> MonthLock:
    return MonthLock(StateFile(tmp_path / "turns.json"), ttl=dt.timedelta(minutes=15))


def test_second_run_is_told_which_run_reads_the_month(lock: MonthLock) -> None:
    lock.acquire(MONTH, DAILY, NOW, yes)
    with pytest.raises(
        MonthLocked, match=r"scheduled__2026-11-22 of hacker_news_daily.*15 minutes"
    ):
        lock.acquire(MONTH, BY_HAND, NOW, yes)
    lock.acquire("2026-10", BY_HAND, NOW, yes)  # another month is free


def test_run_that_is_tried_again_keeps_its_turn(lock: MonthLock) -> None:
    lock.acquire(MONTH, DAILY, NOW, yes)
    lock.acquire(MONTH, DAILY, NOW, yes)


def test_turn_ends_with_the_load(lock: MonthLock) -> None:
    lock.acquire(MONTH, DAILY, NOW, yes)
    lock.release(MONTH, DAILY)
    lock.acquire(MONTH, BY_HAND, NOW, yes)


def test_turn_ends_with_the_run_whatever_came_of_it(lock: MonthLock) -> None:
    lock.acquire(MONTH, DAILY, NOW, yes)
    lock.acquire(MONTH, BY_HAND, NOW, no)
    with pytest.raises(MonthLocked, match="manual__1"):
        lock.acquire(MONTH, DAILY, NOW, yes)


def test_killed_run_that_airflow_takes_for_running_leaves_its_turn_in_time(lock: MonthLock) -> None:
    lock.acquire(MONTH, DAILY, NOW, yes)
    lock.heartbeat(MONTH, DAILY, NOW + dt.timedelta(minutes=10))
    with pytest.raises(MonthLocked):
        lock.acquire(MONTH, BY_HAND, NOW + dt.timedelta(minutes=20), yes)
    lock.acquire(MONTH, BY_HAND, NOW + dt.timedelta(minutes=26), yes)


def test_clock_that_was_set_back_does_not_keep_a_turn(lock: MonthLock) -> None:
    lock.acquire(MONTH, DAILY, NOW + dt.timedelta(days=1), yes)
    lock.acquire(MONTH, BY_HAND, NOW, yes)


def test_run_that_lost_its_turn_does_not_take_it_back(lock: MonthLock) -> None:
    lock.acquire(MONTH, DAILY, NOW, yes)
    lock.acquire(MONTH, BY_HAND, NOW, no)
    lock.heartbeat(MONTH, DAILY, NOW)
    lock.release(MONTH, DAILY)
    with pytest.raises(MonthLocked, match="manual__1"):
        lock.acquire(MONTH, DAILY, NOW, yes)


def test_of_many_runs_at_once_one_gets_the_turn(tmp_path: Path) -> None:
    def take(number: int) -> bool:
        lock = MonthLock(StateFile(tmp_path / "turns.json"), ttl=dt.timedelta(minutes=15))
        try:
            lock.acquire(MONTH, RunName("hacker_news", f"manual__{number}"), NOW, yes)
        except MonthLocked:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(16))) == 1


def test_whether_a_run_is_under_way_is_asked_of_airflow() -> None:
    class TaskInstance:
        def get_dr_count(self, dag_id: str, run_ids: list[str], states: list[str]) -> int:
            assert states == ["queued", "running"]
            return int((dag_id, run_ids) == ("hacker_news", ["manual__1"]))

    assert is_active(TaskInstance())(BY_HAND)
    assert not is_active(TaskInstance())(DAILY)


def test_airflow_is_asked_while_the_state_is_unlocked(tmp_path: Path) -> None:
    state = WatchedState(tmp_path / "turns.json")
    lock = MonthLock(state, ttl=dt.timedelta(minutes=15))
    lock.acquire(MONTH, DAILY, NOW, yes)
    asked = []

    def has_ended(run: RunName) -> bool:
        asked.append((run, state.is_locked))
        return False

    lock.acquire(MONTH, BY_HAND, NOW, has_ended)
    assert asked == [(DAILY, False)]


def test_run_that_takes_the_lock_while_airflow_is_asked_keeps_it(lock: MonthLock) -> None:
    lock.acquire(MONTH, DAILY, NOW, yes)
    third = RunName("hacker_news", "manual__3")

    def is_active(run: RunName) -> bool:
        if run == DAILY:  # has ended, and a third run is quicker
            lock.acquire(MONTH, third, NOW, no)
        return run == third

    with pytest.raises(MonthLocked, match="manual__3"):
        lock.acquire(MONTH, BY_HAND, NOW, is_active)
