from __future__ import annotations

import json
from typing import Any

import pytest

from include.months import Month
from local import backfill as module
from local.backfill import AirflowApi, backfill
from local.steps import StepFailedError
from tests.wire import answer, server

SPRING = Month(2026, 3), Month(2026, 5)
STARTED = dict.fromkeys(("2026-03", "2026-04", "2026-05"), "queued")
DONE = dict.fromkeys(STARTED, "success")


class FakeAirflow:
    """The command line and the REST API; each time the runs are listed, they are a step on."""

    def __init__(
        self,
        *steps: dict[str, str],
        running: tuple[str, str] | None = None,
        analytics: str = "success",
    ) -> None:
        self.steps, self.commands = list(steps), []
        self.running, self.analytics = running, [analytics, "running", "queued"]

    def airflow(self, title: str, *arguments: str) -> None:
        flags = [argument for argument in arguments[2:] if argument != "--run-backwards"]
        options = dict(zip(flags[::2], flags[1::2], strict=True))
        self.commands.append(options)
        self.running = options["--from-date"], options["--to-date"]

    def get(self, path: str, **params: Any) -> Any:
        match path:
            case "dags":
                return {"dags": [{"dag_id": "hacker_news"}]}
            case "backfills":
                first, last = self.running or ("2011-04-01", "2011-04-01")
                completed = None if self.running else "2026-11-01T00:00:00Z"
                entry = {"from_date": first, "to_date": last, "completed_at": completed}
                return {"backfills": [entry]}
            case "dags/hacker_news/dagRuns":
                return self._runs(params)
        assert path == "dags/analytics/dagRuns"
        if "state" not in params:
            return {"dag_runs": [{"state": self.analytics[0]}]}
        if len(self.analytics) > 1:
            self.analytics.pop()
        return {"total_entries": len(self.analytics) - 1}

    def _runs(self, params: dict[str, Any]) -> dict[str, Any]:
        assert (params["partition_date_gte"], params["partition_date_lte"]) == (
            "2026-03-01",
            "2026-05-01",
        )
        states = self.steps[0]
        runs = [("2026-03", "failed"), *states.items()]  # an older run, superseded
        if params["offset"] + params["limit"] >= len(runs) and len(self.steps) > 1:
            self.steps.pop(0)
        if len(self.steps) == 1:
            self.running = None
        page = runs[params["offset"] : params["offset"] + params["limit"]]
        return {
            "dag_runs": [{"partition_key": month, "state": state} for month, state in page],
            "total_entries": len(runs),
        }


def run(airflow: FakeAirflow, *months: Month, again: bool = False) -> None:
    steps: Any = airflow
    api: Any = airflow
    backfill(steps, api, *(months or SPRING), again=again)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_POLL_SECONDS", 0)


@pytest.mark.parametrize("page", [2, 100])
def test_range_is_watched_until_its_months_and_analytics_are_done(
    page: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "_PAGE", page)
    airflow = FakeAirflow(STARTED, {**DONE, "2026-05": "running"}, DONE)
    run(airflow)
    (options,) = airflow.commands
    assert (options["--from-date"], options["--to-date"]) == ("2026-03-01", "2026-05-01")
    printed = capsys.readouterr().out
    assert "2 of 3 months, 1 running, 0 failed" in printed
    assert "3 of 3 months, 0 running, 0 failed; 0 runs of analytics pending" in printed


@pytest.mark.parametrize(("again", "reprocessed"), [(False, "failed"), (True, "completed")])
def test_months_that_are_read_are_read_again_only_on_demand(again: bool, reprocessed: str) -> None:
    airflow = FakeAirflow(DONE)
    run(airflow, again=again)
    assert airflow.commands[0]["--reprocess-behavior"] == reprocessed


def test_running_backfill_is_watched_and_none_is_created(
    capsys: pytest.CaptureFixture[str],
) -> None:
    airflow = FakeAirflow(
        {**DONE, "2026-04": "running"}, DONE, running=("2026-03-01", "2026-05-01")
    )
    run(airflow, Month(2011, 4), Month(2026, 10))
    assert airflow.commands == []
    assert "backfill of 2026-03 to 2026-05" in capsys.readouterr().out


def test_months_that_failed_are_named() -> None:
    with pytest.raises(StepFailedError, match=r"1 failed: 2026-04\."):
        run(FakeAirflow({**DONE, "2026-04": "failed"}))


def test_failed_analytics_is_a_failure_too() -> None:
    """The months are loaded then, and not published."""
    with pytest.raises(StepFailedError, match=r"1 failed: analytics\."):
        run(FakeAirflow(DONE, analytics="failed"))


def test_interrupt_leaves_airflow_at_work_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_watch", interrupted)
    with pytest.raises(SystemExit) as ended:
        run(FakeAirflow(STARTED))
    assert ended.value.code == 130
    assert "make backfill shows it again" in capsys.readouterr().out


def test_api_logs_in_and_waits_while_airflow_is_busy() -> None:
    token = answer(201, json.dumps({"access_token": "secret"}).encode())
    with server(answer(503), token, answer(503), answer(200, b'{"dags": []}')) as (url, seen):
        assert AirflowApi(url, "password").get("dags", tags="techpulse") == {"dags": []}
    assert [request["path"] for request in seen[::2]] == [
        "/auth/token",
        "/api/v2/dags?tags=techpulse",
    ]
    assert seen[-1]["headers"]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("status", [401, 404, 500])
def test_api_that_refuses_ends_with_the_address(status: int) -> None:
    with server(answer(status)) as (url, _), pytest.raises(StepFailedError, match=url):
        AirflowApi(url, "password").get("dags")
