from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG, BaseNotifier

from include import alerts
from include.errors import ConfigurationError, SourceUnavailableError
from include.settings import PROJECT_ROOT, Settings, get_settings

SENT: list[str] = []
FAILED = {
    "task_instance": SimpleNamespace(
        dag_id="hacker_news_daily", task_id="fetch_comments", run_id="scheduled__1", map_index=3
    ),
    "exception": SourceUnavailableError("No answer", record="item 7", next_step="wait."),
}
MISSED = {
    "dag_run": {"dag_id": "job_boards", "dag_run_id": "scheduled__2", "state": "running"},
    "deadline": {"id": "1", "deadline_time": "2026-11-22T07:00:00Z"},
}


class Pager(BaseNotifier):
    """A notifier with the usual way only, as most are."""

    template_fields = ("text",)

    def __init__(self, text: str = "{{ alert }}") -> None:
        super().__init__()
        self.text = text

    def notify(self, context: Any) -> None:
        SENT.append(self.text)


class AsyncPager(Pager):
    """A notifier with an asynchronous way, as Slack's is."""

    async def async_notify(self, context: Any) -> None:
        SENT.append(f"async {self.text}")


@pytest.fixture(autouse=True)
def _nothing_sent() -> None:
    SENT.clear()


def use(monkeypatch: pytest.MonkeyPatch, notifier: str, **kwargs: Any) -> None:
    module = sys.modules[__name__]
    monkeypatch.setitem(sys.modules, "pagers", module)
    monkeypatch.setenv("TECHPULSE_ALERT_NOTIFIER", notifier)
    monkeypatch.setenv("TECHPULSE_ALERT_NOTIFIER_KWARGS", json.dumps(kwargs))
    get_settings.cache_clear()


def test_failure_is_logged_with_task_run_error_and_next_step(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        alerts.notify_failure(dict(FAILED))
    (message,) = caplog.messages
    assert "hacker_news_daily.fetch_comments[3] failed in the run scheduled__1" in message
    assert "[item 7] Next step: wait." in message


def test_failure_reaches_the_notifier_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "pagers.Pager", text="#data {{ alert }} {{ task_instance.task_id }}")
    alerts.notify_failure(dict(FAILED))
    (text,) = SENT
    assert text.startswith("#data TechPulse: hacker_news_daily.fetch_comments[3] failed")
    assert text.endswith("fetch_comments")


@pytest.mark.parametrize(
    ("notifier", "begin"), [("Pager", "TechPulse"), ("AsyncPager", "async TechPulse")]
)
def test_missed_deadline_reaches_the_notifier(
    monkeypatch: pytest.MonkeyPatch, notifier: str, begin: str
) -> None:
    use(monkeypatch, f"pagers.{notifier}")
    asyncio.run(alerts.notify_missed_deadline(MISSED))
    assert [
        f"{begin}: the run scheduled__2 of job_boards has not ended by 2026-11-22T07:00:00Z; it "
        "is running. Next step: `python -m include.cli doctor`, which names a pool that is missing."
    ] == SENT


def ended(run_id: str, dag_id: str = "job_boards", reason: str = "task_failure") -> dict[str, Any]:
    """What Airflow gives to a DAG's callback when a run has ended."""
    return {"dag": DAG(dag_id, schedule=None), "run_id": run_id, "reason": reason}


def test_so_many_failed_runs_in_a_row_raise_one_alert(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "pagers.Pager")
    for day in range(1, 9):
        alerts.notify_failed_run(ended(f"scheduled__{day}"))
        assert len(SENT) == (day >= 3), day
    assert "3 runs of job_boards in a row have failed, the first was scheduled__1" in SENT[0]
    assert "Next step" in SENT[0]


def test_a_run_that_succeeds_ends_the_row(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "pagers.Pager")
    for run in ("1", "2"):
        alerts.notify_failed_run(ended(run))
    alerts.reset_failed_runs(ended("3", reason="success"))
    for run in ("4", "5"):
        alerts.notify_failed_run(ended(run))
    assert SENT == []
    alerts.notify_failed_run(ended("6"))
    assert len(SENT) == 1
    assert "the first was 4" in SENT[0]


def test_each_dag_has_a_row_of_its_own_and_a_cleared_run_counts_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "pagers.Pager")
    for dag_id in ("hacker_news", "analytics"):
        for run in ("1", "1", "2", "1"):
            alerts.notify_failed_run(ended(run, dag_id))
    assert SENT == []


def test_a_run_that_never_ended_is_told_with_where_to_look(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "pagers.Pager")
    alerts.notify_failed_run(ended("scheduled__1", reason="timed_out"))
    (text,) = SENT
    assert "scheduled__1 of job_boards has not ended within 24 hours" in text
    assert "doctor" in text


def test_a_success_without_failures_before_it_writes_nothing(settings: Settings) -> None:
    alerts.reset_failed_runs(ended("1", reason="success"))
    assert not settings.state_dir.exists()


def test_missed_deadline_is_logged_where_no_notifier_is_set(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        asyncio.run(alerts.notify_missed_deadline(MISSED))
    assert "scheduled__2 of job_boards" in caplog.text
    assert SENT == []


@pytest.mark.parametrize("notifier", ["no.such.module.Notifier", "json.NoNotifier", "Bare"])
def test_notifier_that_is_not_there_says_what_to_correct(
    monkeypatch: pytest.MonkeyPatch, notifier: str
) -> None:
    use(monkeypatch, notifier)
    with pytest.raises(ConfigurationError, match="TECHPULSE_ALERT_NOTIFIER"):
        alerts.notify_failure(dict(FAILED))


def test_notifier_is_not_imported_while_dags_are_parsed() -> None:
    code = """
import runpy, sys
runpy.run_path("dags/hacker_news.py")
assert "ftplib" not in sys.modules, "imported"
"""
    environment = {**os.environ, "TECHPULSE_ALERT_NOTIFIER": "ftplib.FTP"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**environment, "PYTHONPATH": str(PROJECT_ROOT)},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2_000:]


def test_deadline_can_be_switched_off_and_is_off_where_airflow_cannot_end_such_a_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert alerts.daily_deadline() is None  # the tests' own setting is 0
    monkeypatch.setenv("TECHPULSE_DAILY_DEADLINE_MINUTES", "30")
    get_settings.cache_clear()
    alert = alerts.daily_deadline()
    assert alert
    assert alert.interval == dt.timedelta(minutes=30)
    monkeypatch.setattr(sys, "argv", ["airflow", "dags", "test", "job_boards"])
    assert alerts.daily_deadline() is None
