"""Thirty days of the DAG ``company_boards`` with every fault, one of them killed, built by dbt."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.history import load_month
from include.pipeline import company_boards as runs
from include.settings import PROJECT_ROOT, Settings
from include.warehouse.company_boards import State
from sample.company_boards import SYSTEMS
from sample.server import Upstream
from sample.world import World
from tests.builds import dbt
from tests.chaos.processes import Failpoint
from tests.unit.dbt.spans_ledger import spans_of
from tests.unit.pipeline.board_days import MISHAPS, Boards, Witness, connect

# 30 runs of a DAG and two builds.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800)]

MONTH, FIRST, DAYS, BOARDS = "2026-09", dt.date(2026, 10, 5), 30, 12
MISSED, TWICE, KILLED, BUILT_TOO = {12, 20}, {7, 25}, 9, 15
BUILD, OF_VARS = ("build", "--exclude-resource-type", "unit_test"), {"first_month": f"{MONTH}-01"}
OUTAGE, DOWN = range(16, 19), "personio"
CONF: dict[str, Any] = {"systems": list(SYSTEMS), "boards": [], "limit": 0, "dry_run": False}
COLUMNS = "job_id, span, posting_ids, absent_at, opened_at, last_seen_at, closed_at, reopened"


class Days(Boards):
    """Days of the real DAG, by the clock of the world."""

    def __init__(self, settings: Settings, upstream: Upstream) -> None:
        super().__init__(settings, upstream)
        assert isinstance(upstream, Witness)
        self.witness = upstream
        self.dag: Any = None
        self.hour = 6
        self.names: dict[str, str] = {}  # the witness's name of a run, by Airflow's

    def now(self) -> dt.datetime:
        return dt.datetime.combine(self.world.today, dt.time(self.hour), dt.UTC)

    def run(self) -> None:
        """Run the DAG once."""
        self.number += 1
        self.witness.run, self.witness.at = f"run {self.number}", self.now()
        self.names[self.dag.test(run_conf=CONF).run_id] = self.witness.run
        self.hour += 1

    def kill(self) -> None:
        """Run the DAG in a process that dies in its third load: rows inserted, no ledger row."""
        self.witness.run, self.witness.at = "killed", self.now()
        module = "tests.integration.test_company_boards_days"
        code = f"from {module} import die; die({self.now().isoformat()!r})"
        # A process of its own from its start: Airflow's threads do not survive a fork.
        done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, check=False)
        assert done.returncode == -signal.SIGKILL
        self.hour += 1

    def loaded(self) -> set[tuple[str, str]]:
        """Return (run, system) of every load."""
        rows = self.rows("select run_id, source from bronze.loads where source <> 'hacker_news'")
        return {(self.names.get(run_id, "killed"), source) for run_id, source in rows}


@pytest.fixture(scope="module")
def days(dags: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    """Thirty days: two without a run, two with two runs, one killed, three with a system down."""
    world = World(first_month=MONTH, last_month=MONTH, comments=20, today=FIRST,
                  company_boards=BOARDS)  # fmt: skip
    folder: Path = tmp_path_factory.mktemp("days") / "data"
    with pytest.MonkeyPatch.context() as patch:
        # One request after the other, so that the same requests are hit each time.
        patch.setenv("TECHPULSE_COMPANY_REQUESTS_IN_FLIGHT", "1")
        patch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "2")
        for served in connect(patch, folder, Witness(world), Days):
            served.dag = dags["company_boards"]
            set_clock(served.dag, served.now, patch)
            live_through(served)
            yield served


def set_clock(dag: Any, now: Callable[[], dt.datetime], patch: pytest.MonkeyPatch) -> None:
    """Let the tasks of the DAG read this clock."""

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return now()

    clocked = SimpleNamespace(datetime=Clock, date=dt.date, UTC=dt.UTC)
    patch.setattr(runs, "dt", clocked)
    patch.setitem(dag.get_task("plan").python_callable.__globals__, "dt", clocked)


def die(at: str) -> None:
    """Run the DAG at a time, and be killed in its third load."""
    from airflow.dag_processing.dagbag import BundleDagBag

    folder = PROJECT_ROOT / "dags"
    bag = BundleDagBag(str(folder), bundle_path=folder, bundle_name="dags-folder")
    dag: Any = bag.dags["company_boards"]
    set_clock(dag, lambda: dt.datetime.fromisoformat(at), pytest.MonkeyPatch())
    Failpoint("include.warehouse.loads", "_write_ledger", 3).arm()
    dag.test(run_conf=CONF)


def live_through(days: Days) -> None:
    load_month(days.world, MONTH, days.settings)
    for day in range(DAYS):
        days.hour = 6
        is_down = day in OUTAGE
        days.upstream.faults.update(
            {"fail_every": 1, "kinds": [DOWN]} if is_down else {**MISHAPS, "kinds": []}
        )
        if day == KILLED:
            days.kill()
        if day not in MISSED:
            days.run()
        if day in TWICE:
            days.run()
        if day == BUILT_TOO:
            dbt(days.settings, *BUILD, "--exclude-resource-type", "test", **OF_VARS)
        days.world.advance()
    statuses = dbt(days.settings, *BUILD, **OF_VARS)
    assert set(statuses.values()) <= {"success", "pass", "warn"}, statuses


def test_every_span_is_the_one_that_the_answers_allow(days):
    readings = days.upstream.readings(days.loaded())
    keys = dict(
        days.rows(
            "select posting_id, job_key || '|' || place_key from silver.posting_keys "
            "where job_key is not null and board is not null"
        )
    )
    spans = days.rows(f"select {COLUMNS} from silver.job_spans order by job_id, span")
    assert spans == sorted(spans_of(readings, keys), key=lambda span: span[:2])
    outcomes = Counter(reading.outcome for reading in readings)
    assert min(outcomes[o] for o in ("whole", "empty", "short", "absent", "failed")) > 3, outcomes
    assert sum(span[6] is not None for span in spans) > 20
    assert sum(span[7] for span in spans) > 0


def test_nothing_is_lost_and_the_counts_add_up(days):
    shown = {p for reading in days.upstream.readings(days.loaded()) for p in reading.ids}
    stored = days.rows("select distinct posting_id from bronze.raw_job_postings")
    assert {posting for (posting,) in stored} == shown
    counts = "sum(inserted), sum(updated), sum(unchanged), sum(rejected), sum(filtered)"
    by_board = days.rows(f"select load_id, {counts} from bronze.board_readings group by all")
    by_load = days.rows(
        f"select load_id, {counts} from bronze.loads where source <> 'hacker_news' group by all"
    )
    assert sorted(by_board) == sorted(by_load)
    runs_loaded = {run for run, _ in days.loaded()}
    assert "killed" in runs_loaded
    assert len(runs_loaded) == DAYS - len(MISSED) + len(TWICE) + 1


def test_gold_has_the_open_jobs_of_each_week(days):
    expected = Counter[dt.date]()
    for opened, last_seen in days.rows("select opened_at, last_seen_at from silver.job_spans"):
        monday = opened.date() - dt.timedelta(days=opened.weekday())
        while monday <= last_seen.date():
            expected[monday] += 1
            monday += dt.timedelta(days=7)
    found = dict(
        days.rows("select week, open_jobs from gold.weekly_open_jobs where dimension = 'all'")
    )
    # A job that closes and opens within a week is one of its jobs: a span more, no job more.
    reopened = sum(span for (span,) in days.rows("select reopened from silver.job_spans"))
    assert found.keys() == expected.keys()
    assert all(0 <= expected[week] - found[week] <= reopened for week in found)
    ((jobs,),) = days.rows("select jobs_count from gold.days_open where dimension = 'all'")
    assert jobs > 20


def test_a_post_that_links_to_a_board_counts_as_its_job(days):
    ((joined,),) = days.rows(
        "select count(*) from gold.fct_postings as posts inner join silver.board_postings as jobs "
        "on posts.duplicate_of = jobs.posting_id where posts.source = 'hacker_news' "
        "and jobs.board is not null"
    )
    assert joined > 0


def test_a_board_that_nobody_links_to_any_more_is_gone(days):
    moved = next(b for b in days.world.companies.linked() if b.kind == "moves")
    assert days.states()[f"{moved.system}://{moved.slug}"] is State.GONE
