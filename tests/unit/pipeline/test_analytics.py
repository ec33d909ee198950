from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import DagRunTriggerException

from include.dag_rules import LOADING_DAGS
from include.pipeline.analytics import (
    begin,
    is_for_loads,
    loads_have_settled,
    trigger_analytics,
    waiting_run,
)
from include.settings import Settings, get_settings
from include.state.store import open_state
from tests.watched_state import WatchedState

SINCE = dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)
BY_HAND = SimpleNamespace(triggering_user_name="admin")


class Airflow:
    """The runs that Airflow has, as a task instance can ask for them."""

    def __init__(self, **under_way: int) -> None:
        self.under_way = under_way
        self.paused: set[str] = set()
        self.analytics: dict[str, str] = {}

    def get_dr_count(self, dag_id: str, states: list[str], run_ids: list[str] | None = None) -> int:
        if dag_id == "analytics":
            return sum(self.analytics.get(run) in states for run in run_ids or ())
        assert states == ["queued", "running"]
        return self.under_way.get(dag_id, 0)

    def get_dag(self, dag_id: str) -> Any:
        return SimpleNamespace(is_paused=dag_id in self.paused)

    def make(self, run_id: str) -> bool:
        """Make a run of analytics as Airflow does: never the same twice."""
        new = run_id not in self.analytics
        self.analytics.setdefault(run_id, "queued")
        return new


@pytest.fixture
def airflow() -> Airflow:
    return Airflow()


class Memory:
    """A kept state without a disk."""

    def __init__(self) -> None:
        self.value: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        return self.value

    @contextmanager
    def update(self) -> Iterator[dict[str, Any]]:
        yield self.value


@pytest.fixture
def state() -> Memory:
    return Memory()


def clock() -> Any:
    return (SINCE + dt.timedelta(seconds=n) for n in itertools.count())


def test_many_loads_trigger_the_one_run_that_waits(airflow: Airflow, state: Memory) -> None:
    now = clock()
    ids = {waiting_run(airflow, state, next(now)) for _ in range(12)}
    assert len(ids) == 1
    assert [airflow.make(run_id) for run_id in (*ids, *ids)] == [True, False]


def test_load_after_a_run_has_begun_triggers_one_more_and_no_third(
    airflow: Airflow, state: Memory
) -> None:
    now = clock()
    first = waiting_run(airflow, state, next(now))
    airflow.make(first)
    begin(first, state)
    later = {waiting_run(airflow, state, next(now)) for _ in range(5)}
    assert len(later) == 1
    assert later != {first}


@pytest.mark.parametrize("end", ["failed", "success"])
def test_run_that_ended_before_it_read_is_not_waited_for(
    airflow: Airflow, state: Memory, end: str
) -> None:
    now = clock()
    first = waiting_run(airflow, state, next(now))
    airflow.make(first)
    airflow.analytics[first] = end
    assert waiting_run(airflow, state, next(now)) != first


def test_trigger_that_was_killed_before_the_run_was_made_is_made_good_by_the_next_load(
    airflow: Airflow, state: Memory
) -> None:
    now = clock()
    killed = waiting_run(airflow, state, next(now))
    assert waiting_run(airflow, state, next(now)) == killed
    assert airflow.make(killed)


def test_runs_deleted_from_airflow_and_a_lost_state_do_not_stop_the_triggers(
    airflow: Airflow, state: Memory
) -> None:
    now = clock()
    old = waiting_run(airflow, state, next(now))
    airflow.make(old)
    begin(old, state)
    airflow.analytics.clear()
    assert airflow.make(waiting_run(airflow, state, next(now)))
    state.value.clear()
    assert airflow.make(waiting_run(airflow, state, next(now)))


def test_run_by_hand_leaves_the_waiting_run_to_wait(airflow: Airflow, state: Memory) -> None:
    now = clock()
    waiting = waiting_run(airflow, state, next(now))
    begin("manual__1", state)
    assert waiting_run(airflow, state, next(now)) == waiting


def interleavings(*histories: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Every order of all steps that keeps each history's own."""
    if not any(histories):
        return {()}
    found = set()
    for at, history in enumerate(histories):
        if history:
            rest = (*histories[:at], history[1:], *histories[at + 1 :])
            found |= {(history[0], *order) for order in interleavings(*rest)}
    return found


def test_whatever_the_order_each_load_is_read_by_a_run() -> None:
    loads = [("commit a", "ask a", "make a"), ("commit b", "ask b", "make b")]
    orders = interleavings(*loads, ("begin", "read"))
    assert len(orders) == 560
    for order in orders:
        airflow, state, now = Airflow(), Memory(), clock()
        first = waiting_run(airflow, state, next(now))
        airflow.make(first)
        committed: set[str] = set()
        read: set[str] = set()
        asked: dict[str, str] = {}
        for step in order:
            what, _, load = step.partition(" ")
            if what == "commit":
                committed.add(load)
            elif what == "ask":
                asked[load] = waiting_run(airflow, state, next(now))
            elif what == "make":
                airflow.make(asked[load])
            elif what == "begin":
                begin(first, state)
            else:
                read |= committed
        others = set(airflow.analytics) - {first}
        assert len(others) <= 1, order  # at most one waits
        assert others or read == {"a", "b"}, order


def test_trigger_names_the_waiting_run_and_skips_where_it_is_there(settings: Settings) -> None:
    airflow = Airflow()
    with pytest.raises(DagRunTriggerException) as raised:
        trigger_analytics(airflow, BY_HAND)
    assert raised.value.trigger_dag_id == "analytics"
    assert raised.value.dag_run_id == open_state("analytics").read()["waiting"]
    assert raised.value.skip_when_already_exists
    with pytest.raises(DagRunTriggerException) as again:
        trigger_analytics(airflow, BY_HAND)
    assert again.value.dag_run_id == raised.value.dag_run_id


def test_dags_test_triggers_nothing_that_no_scheduler_would_run(settings: Settings) -> None:
    trigger_analytics(Airflow(), SimpleNamespace(triggering_user_name="dag_test"))
    assert not settings.state_dir.exists()


def test_only_a_run_for_loads_waits() -> None:
    assert is_for_loads(SimpleNamespace(run_type="operator_triggered"))
    assert not is_for_loads(SimpleNamespace(run_type="manual"))


def settled(airflow: Airflow, minutes: float = 0.0) -> bool:
    return loads_have_settled(airflow, LOADING_DAGS, SINCE, SINCE + dt.timedelta(minutes=minutes))


def test_it_goes_to_work_when_no_load_is_under_way() -> None:
    assert settled(Airflow())


@pytest.mark.parametrize("dag_id", LOADING_DAGS)
def test_it_waits_for_the_loads_of_every_loading_dag(dag_id: str) -> None:
    assert not settled(Airflow(**{dag_id: 1}))


def test_a_backfill_of_hours_is_built_meanwhile() -> None:
    assert not settled(Airflow(hacker_news=9), 59)
    assert settled(Airflow(hacker_news=9), 60)


def test_runs_of_a_paused_dag_are_not_waited_for() -> None:
    airflow = Airflow(hacker_news=1, job_boards=1)
    airflow.paused = {"hacker_news"}
    assert not settled(airflow)
    airflow.paused = {"hacker_news", "job_boards"}
    assert settled(airflow)


def test_waiting_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHPULSE_ANALYTICS_MAX_WAIT_MINUTES", "0")
    get_settings.cache_clear()
    assert settled(Airflow(hacker_news=9))


def test_airflow_is_asked_while_the_state_is_unlocked(tmp_path: Path) -> None:
    state, locked = WatchedState(tmp_path / "analytics.json"), []

    class Asked(Airflow):
        def get_dr_count(self, *args: Any, **named: Any) -> int:
            locked.append(state.is_locked)
            return super().get_dr_count(*args, **named)

    airflow, now = Asked(), clock()
    first = waiting_run(airflow, state, next(now))
    airflow.analytics[first] = "failed"
    assert waiting_run(airflow, state, next(now)) != first
    assert locked == [False]


def test_load_that_replaces_an_ended_run_while_airflow_is_asked_is_joined(
    airflow: Airflow, state: Memory
) -> None:
    now = clock()
    ended = waiting_run(airflow, state, next(now))
    airflow.analytics[ended] = "failed"
    quicker: list[str] = []

    class Slow(Airflow):
        def get_dr_count(self, dag_id: str, states: list[str], run_ids: Any = None) -> int:
            if not quicker:
                quicker.append(waiting_run(airflow, state, next(now)))
            return airflow.get_dr_count(dag_id, states, run_ids)

    assert [waiting_run(Slow(), state, next(now))] == quicker
