from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from include.errors import ConfigurationError
from include.months import Month
from local import backfill as module
from local.backfill import backfill
from local.steps import StepFailedError

SPRING = Month(2026, 3), Month(2026, 5)


class FakeAirflow:
    """Airflow's REST API; each look at the runs, they have gone on a step."""

    def __init__(self, *steps: dict[str, str], under_way: tuple[str, str] | None = None) -> None:
        self.steps, self.posted = list(steps), []
        self.backfills = [self._entry(*under_way)] if under_way else []
        self.analytics = [2, 0]

    def _entry(self, first: str, last: str) -> dict[str, Any]:
        return {"from_date": f"{first}-01", "to_date": f"{last}-01", "completed_at": None}

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        if path == "dags/analytics/dagRuns":
            assert params["state"] == ["queued", "running"]
            return {"total_entries": self.analytics.pop(0)}
        assert path == "dags/hacker_news"
        return {"is_paused": False}

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.posted.append(body)
        first, last = (body[end][:7] for end in ("from_date", "to_date"))
        self.backfills.append(self._entry(first, last))
        return {}

    def all(self, path: str, key: str, **params: Any) -> Iterator[dict[str, Any]]:
        if path == "backfills":
            yield from self.backfills
            return
        assert (path, key, params) == ("dags/hacker_news/dagRuns", "dag_runs", {"order_by": "id"})
        states = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if not set(states.values()) - {"success", "failed"}:
            for entry in self.backfills:
                entry["completed_at"] = dt.datetime.now(dt.UTC).isoformat()
        yield {"partition_key": None, "state": "running"}  # a run by hand of no partition
        yield {"partition_key": "2019-01", "state": "failed"}  # of another range
        yield {"partition_key": "2026-03", "state": "failed"}  # an older run
        for month, state in states.items():
            yield {"partition_key": month, "state": state}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0)


QUEUED = dict.fromkeys(("2026-03", "2026-04", "2026-05"), "queued")
DONE = dict.fromkeys(QUEUED, "success")


def test_range_is_read_until_all_months_and_analytics_are_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    airflow = FakeAirflow(QUEUED, {**DONE, "2026-05": "running"}, DONE)
    backfill(airflow, *SPRING, again=False)
    (body,) = airflow.posted
    assert body["from_date"].startswith("2026-03-01T00:00:00")
    assert body["to_date"].startswith("2026-05-01T00:00:00")
    assert body["reprocess_behavior"] == "failed"
    printed = capsys.readouterr().out
    assert "2 of 3 months, 1 running" in printed
    assert "3 of 3 months, 0 running, 0 failed" in printed
    assert airflow.analytics == []


def test_again_reads_also_what_is_read_already() -> None:
    airflow = FakeAirflow(DONE)
    backfill(airflow, *SPRING, again=True)
    assert airflow.posted[0]["reprocess_behavior"] == "completed"


def test_backfill_under_way_is_watched_and_none_is_begun(
    capsys: pytest.CaptureFixture[str],
) -> None:
    airflow = FakeAirflow({**DONE, "2026-04": "running"}, DONE, under_way=("2026-03", "2026-05"))
    backfill(airflow, Month(2011, 4), Month(2026, 10), again=False)
    assert airflow.posted == []
    assert "backfill of 2026-03 to 2026-05 already" in capsys.readouterr().out


def test_months_that_failed_are_named() -> None:
    airflow = FakeAirflow({**DONE, "2026-04": "failed"})
    with pytest.raises(StepFailedError, match=r"1 months failed: 2026-04\."):
        backfill(airflow, *SPRING, again=False)


def test_interrupt_leaves_airflow_at_work_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_watch", interrupted)
    with pytest.raises(SystemExit) as ended:
        backfill(FakeAirflow(QUEUED), *SPRING, again=False)
    assert ended.value.code == 130
    assert "make backfill shows it again" in capsys.readouterr().out


@pytest.mark.parametrize(
    "months", [(Month(2011, 3), Month(2011, 5)), (Month(2020, 5), Month(2020, 4))]
)
def test_range_without_months_is_refused(months: tuple[Month, Month]) -> None:
    with pytest.raises(ConfigurationError, match="nothing to backfill"):
        backfill(FakeAirflow(DONE), *months, again=False)
