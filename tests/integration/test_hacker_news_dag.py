"""The Hacker News DAGs by ``dag.test()``: the running month day by day, two runs, alerts."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import BaseNotifier

from include.hooks.http_source import hacker_news_state
from include.months import Month
from include.settings import PROJECT_ROOT, Settings, get_settings
from include.state.lock import MonthLock, RunName
from include.warehouse.connection import open_warehouse
from sample.server import Upstream
from sample.world import World

NEWEST = Month.of(dt.datetime.now(dt.UTC))


class FilePager(BaseNotifier):
    """Writes what it is told to a file."""

    template_fields = ("text",)

    def __init__(self, path: str, text: str) -> None:
        super().__init__()
        self.path, self.text = path, text

    def notify(self, context: Any) -> None:
        with Path(self.path).open("a") as file:
            file.write(self.text + "\n")


@pytest.fixture
def upstream() -> Upstream:
    months = {"first_month": NEWEST.previous.key, "last_month": NEWEST.key}
    return Upstream(World(seed=4, comments=30, **months))


@pytest.fixture
def data(
    upstream: Upstream, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    with upstream.serve() as base_url:
        connection = json.dumps({"conn_type": "http", "host": f"{base_url}/v0"})
        monkeypatch.setenv("AIRFLOW_CONN_HACKERNEWS_DEFAULT", connection)
        yield settings


def states(dag_run: Any) -> Counter[str]:
    return Counter(str(ti.state) for ti in dag_run.get_task_instances())


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings) as warehouse:
        return warehouse.execute(sql).fetchall()


def last_load(settings: Settings) -> dict[str, Any]:
    columns = ("partition", "inserted", "updated", "unchanged", "tombstones")
    (row,) = rows(
        settings,
        f"select {', '.join(columns)} from bronze.loads order by committed_at desc limit 1",
    )
    return dict(zip(columns, row, strict=True))


def test_running_month_is_refreshed_day_by_day(
    dags: dict[str, Any], upstream: Upstream, data: Settings
) -> None:
    world = upstream.world
    assert dags["hacker_news_daily"].test().state == "success"
    first = last_load(data)
    assert first["partition"] == NEWEST.key
    assert first["updated"] == first["unchanged"] == 0

    blocks = [b for b in world.blocks(NEWEST.key) if (world.item(b.root) or {}).get("text")]
    edited, deleted, vanished, answered = (block.root for block in blocks[:4])
    world.edit_comment(edited, "We have found somebody. Thank you!")
    world.delete_comment(deleted)
    world.make_null(vanished)
    late = world.add_comment(NEWEST.key, "Late Inc | Remote | Go")
    reply = world.add_reply(answered, "Is it remote?")
    assert dags["hacker_news_daily"].test().state == "success"
    second = last_load(data)
    # changed: the four, and the thread with its new child; new: the comment and the reply
    assert (second["updated"], second["inserted"] - second["updated"]) == (5, 2)
    assert second["tombstones"] == first["tombstones"] + 1
    new = rows(data, f"select item_id from bronze.raw_hn_items where item_id in ({late}, {reply})")
    assert len(new) == 2

    assert dags["hacker_news_daily"].test().state == "success"
    third = last_load(data)
    assert third["inserted"] == 0
    assert third["unchanged"] == second["inserted"] + second["unchanged"]


@pytest.mark.parametrize(
    ("dag_id", "conf", "month"),
    [
        ("hacker_news", {}, NEWEST.previous),
        ("hacker_news", {"month": NEWEST.key}, NEWEST),  # a param comes before the date
        ("hacker_news_daily", {}, NEWEST),  # it reads the newest thread, whatever its date
    ],
)
def test_run_of_an_earlier_date_reads_the_month_of(
    dag_id: str,
    conf: dict[str, str],
    month: Month,
    dags: dict[str, Any],
    upstream: Upstream,
    data: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = dags[dag_id].test(
        logical_date=NEWEST.previous.start,
        run_conf=conf,
        mark_success_pattern=r"^(?!find_thread$)",  # the other tasks are not run
    )
    assert run.state == "success"
    assert f"{month}: thread {upstream.world.threads(month.key).thread_id} with" in caplog.text


@pytest.mark.parametrize(
    "command", ["dags test hacker_news {}", "tasks test hacker_news find_thread {}"]
)
def test_commands_that_name_a_date_read_its_month(
    command: str,
    dags: dict[str, Any],
    data: Settings,
    upstream: Upstream,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from airflow.cli.cli_parser import get_parser

    month = NEWEST.previous
    # In this process: Airflow's start alone takes longer than the run.
    arguments = get_parser().parse_args(command.format(f"{month}-01").split())
    arguments.func(arguments)
    found = f"{month}: thread {upstream.world.threads(month.key).thread_id} with"
    assert found in caplog.text
    if command.startswith("dags"):
        assert last_load(data)["partition"] == month.key


def test_dags_test_leaves_no_run_of_analytics_that_waits_for_a_scheduler(
    dags: dict[str, Any], data: Settings
) -> None:
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import func, select

    count = select(func.count()).select_from(DagRun).where(DagRun.dag_id == "analytics")
    with create_session() as session:
        before = session.scalar(count)
    run = dags["hacker_news"].test(run_conf={"month": NEWEST.key})
    assert states(run)["success"] == len(run.get_task_instances())
    with create_session() as session:
        assert session.scalar(count) == before


def test_failed_runs_in_a_row_raise_one_alert_by_the_dags_own_callback(
    dags: dict[str, Any], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = tmp_path / "pages.txt"
    closed = json.dumps({"conn_type": "http", "host": "http://127.0.0.1:9"})
    monkeypatch.setenv("AIRFLOW_CONN_HACKERNEWS_DEFAULT", closed)
    monkeypatch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "1")
    tell(monkeypatch, pages)
    for _ in range(3):
        assert dags["hacker_news_daily"].test().state == "failed"
    lines = pages.read_text().splitlines()
    assert len([line for line in lines if "find_thread failed" in line]) == 3
    (line,) = [line for line in lines if "in a row" in line]
    assert "3 runs of hacker_news_daily in a row have failed" in line


def test_run_that_airflow_has_ended_reaches_the_notifier(
    dags: dict[str, Any], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The DAG processor's own way of a run's callback, with what the scheduler sends it."""
    import structlog
    from airflow.callbacks.callback_requests import DagCallbackRequest
    from airflow.dag_processing.dagbag import DagBag
    from airflow.dag_processing.processor import _execute_callbacks

    pages = tmp_path / "pages.txt"
    tell(monkeypatch, pages)
    request = DagCallbackRequest(
        filepath="hacker_news.py",
        dag_id="hacker_news_daily",
        run_id="scheduled__1",
        bundle_name="dags-folder",
        bundle_version=None,
        is_failure_callback=True,
        msg="timed_out",
    )
    bag = DagBag(str(PROJECT_ROOT / "dags" / "hacker_news.py"))
    _execute_callbacks(bag, [request], structlog.get_logger())
    (line,) = pages.read_text().splitlines()
    assert "scheduled__1 of hacker_news_daily has not ended within 24 hours" in line


@pytest.mark.slow
def test_month_that_is_read_again_costs_a_request_an_item(
    dags: dict[str, Any], upstream: Upstream, data: Settings
) -> None:
    month = NEWEST.previous.key
    assert dags["hacker_news"].test(run_conf={"month": month}).state == "success"
    before = upstream.stats()["by_kind"].copy()
    assert dags["hacker_news"].test(run_conf={"month": month}).state == "success"
    asked = upstream.stats()["by_kind"] - before
    items = last_load(data)["unchanged"]
    assert asked["item"] - items <= 6  # the account's posts, where the month has just ended
    assert last_load(data)["inserted"] == 0


@pytest.fixture
def other_run(dags: dict[str, Any], data: Settings) -> Iterator[Any]:
    """A run by hand that Airflow takes for running and that has the newest month."""
    from airflow.models.dagrun import DagRun
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType

    now = dt.datetime.now(dt.UTC)
    with create_session() as session:
        dag = SerializedDagModel.get("hacker_news", session=session).dag
        run = dag.create_dagrun(
            run_id="manual__other",
            run_after=now,
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.RUNNING,
            session=session,
        )
        run_id = run.id

    def set_state(state: str) -> None:
        with create_session() as session:
            session.get(DagRun, run_id).state = state

    lock = MonthLock(hacker_news_state("lock"), ttl=dt.timedelta(minutes=15))
    lock.acquire(NEWEST.key, RunName("hacker_news", "manual__other"), now, lambda _: True)
    yield set_state
    with create_session() as session:
        session.delete(session.get(DagRun, run_id))


def test_second_run_of_a_month_is_skipped_and_names_the_first(
    dags: dict[str, Any],
    data: Settings,
    upstream: Upstream,
    other_run: Any,
    capfd: pytest.CaptureFixture[str],
) -> None:
    dag_run = dags["hacker_news_daily"].test()
    assert dag_run.state == "success"
    assert states(dag_run) == {"skipped": 5}
    out, err = capfd.readouterr()
    assert f"{NEWEST} is locked by the run manual__other of hacker_news" in out + err
    assert upstream.stats()["by_kind"]["item"] < 20  # nothing but the look-up of the thread
    assert rows(data, "select count(*) from bronze.loads") == [(0,)]

    other_run("failed")
    assert states(dags["hacker_news_daily"].test())["skipped"] == 0
    assert rows(data, "select count(*) from bronze.loads") == [(1,)]


def tell(monkeypatch: pytest.MonkeyPatch, pages: Path) -> None:
    """Set the notifier, as an operator does by the environment."""
    monkeypatch.setitem(sys.modules, "pagers", sys.modules[__name__])
    monkeypatch.setenv("TECHPULSE_ALERT_NOTIFIER", "pagers.FilePager")
    told = {"path": str(pages), "text": "{{ alert }}"}
    monkeypatch.setenv("TECHPULSE_ALERT_NOTIFIER_KWARGS", json.dumps(told))
    get_settings.cache_clear()


def test_failure_of_a_task_reaches_the_notifier(
    dags: dict[str, Any], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = tmp_path / "pages.txt"
    closed = json.dumps({"conn_type": "http", "host": "http://127.0.0.1:9"})
    monkeypatch.setenv("AIRFLOW_CONN_HACKERNEWS_DEFAULT", closed)
    monkeypatch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "1")
    tell(monkeypatch, pages)
    assert dags["hacker_news_daily"].test().state == "failed"
    (line,) = pages.read_text().splitlines()
    assert "hacker_news_daily.find_thread failed" in line
    assert "Next step" in line


def test_daily_run_that_is_late_reaches_the_notifier(
    airflow_database: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Airflow's own way of a missed deadline, without its scheduler and triggerer."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
    from airflow.models.deadline import Deadline
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.triggers.callback import CallbackTrigger
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType
    from sqlalchemy import select

    pages = tmp_path / "pages.txt"
    # Other tests have saved these DAGs a moment ago, without a deadline.
    monkeypatch.setenv("AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL", "0")
    monkeypatch.setenv("TECHPULSE_DAILY_DEADLINE_MINUTES", "30")
    tell(monkeypatch, pages)
    DagBundlesManager().sync_bundles_to_db()
    folder = PROJECT_ROOT / "dags"
    file = str(folder / "hacker_news.py")
    bag = BundleDagBag(file, bundle_path=folder, bundle_name="late")
    sync_bag_to_db(bag, "dags-folder", None)
    with create_session() as session:
        dag = SerializedDagModel.get("hacker_news_daily", session=session).dag
        run = dag.create_dagrun(
            run_id="manual__late",
            run_after=dt.datetime.now(dt.UTC),
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.QUEUED,
            session=session,
        )
        session.flush()
        deadline = session.scalars(select(Deadline).where(Deadline.dagrun_id == run.id)).one()
        assert deadline.deadline_time - run.queued_at == dt.timedelta(minutes=30)
        deadline.handle_miss(session)
        kwargs = deadline.callback.trigger.kwargs
        session.rollback()

    async def triggerer() -> list[Any]:
        return [event.payload async for event in CallbackTrigger(**kwargs).run()]

    assert [str(payload["state"]) for payload in asyncio.run(triggerer())] == ["running", "success"]
    (line,) = pages.read_text().splitlines()
    assert "the run manual__late of hacker_news_daily has not ended by" in line
