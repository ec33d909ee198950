"""Budgets that workers on many machines share, in PostgreSQL."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable

import pytest

from include.state.table import StateTable
from sample.services import Postgres


@pytest.fixture
def url(postgres_server: Postgres) -> str:
    return postgres_server.url(postgres_server.database("state"))


def in_processes(number: int, work: Callable[[], None]) -> list[int | None]:
    processes = [multiprocessing.get_context("fork").Process(target=work) for _ in range(number)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


def test_no_count_of_many_processes_is_lost(url: str) -> None:
    def count() -> None:
        for _ in range(10):
            with StateTable(url, "a").update() as state:
                state["n"] = state.get("n", 0) + 1

    assert in_processes(4, count) == [0] * 4
    assert StateTable(url, "a").read() == {"n": 40}


def test_worker_that_is_killed_in_a_change_leaves_the_state_and_no_lock(url: str) -> None:
    def die() -> None:
        with StateTable(url, "a").update() as state:
            state["n"] = 99
            os.kill(os.getpid(), signal.SIGKILL)

    with StateTable(url, "a").update() as state:
        state["n"] = 1
    assert in_processes(1, die) == [-signal.SIGKILL]
    with StateTable(url, "a").update() as state:
        assert state == {"n": 1}


def test_state_of_another_name_is_changed_meanwhile(url: str) -> None:
    with StateTable(url, "a").update() as one, StateTable(url, "b").update() as other:
        one["n"], other["n"] = 1, 2
    assert [StateTable(url, name).read() for name in ("a", "b")] == [{"n": 1}, {"n": 2}]
