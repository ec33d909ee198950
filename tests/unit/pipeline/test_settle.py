from __future__ import annotations

import datetime as dt

import pytest

from include.pipeline.settle import look_again_at
from include.settings import get_settings

SINCE = dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)


class TaskInstance:
    def __init__(self, coming: int) -> None:
        self.coming = coming

    def get_dr_count(self, dag_id: str, states: list[str]) -> int:
        assert (dag_id, states) == ("hacker_news", ["queued", "running"])
        return self.coming


def test_it_goes_to_work_when_no_load_is_under_way() -> None:
    assert look_again_at(TaskInstance(0), SINCE, SINCE) is None


def test_it_looks_again_while_loads_are_under_way() -> None:
    later = look_again_at(TaskInstance(186), SINCE, SINCE)
    assert later
    assert SINCE < later < SINCE + dt.timedelta(minutes=2)


def test_a_backfill_of_hours_is_built_meanwhile() -> None:
    assert look_again_at(TaskInstance(9), SINCE, SINCE + dt.timedelta(minutes=59))
    assert look_again_at(TaskInstance(9), SINCE, SINCE + dt.timedelta(minutes=60)) is None


def test_waiting_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHPULSE_ANALYTICS_LONGEST_WAIT_MINUTES", "0")
    get_settings.cache_clear()
    assert look_again_at(TaskInstance(9), SINCE, SINCE) is None
