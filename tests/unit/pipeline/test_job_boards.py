from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from include.errors import (
    ConfigurationError,
    MalformedAnswerError,
    ReconciliationError,
    SourceRejectedError,
    SourceUnavailableError,
    WarehouseLockedError,
)
from include.http import HttpClient
from include.pipeline import job_boards
from include.settings import Settings, get_settings
from include.sources.boards import theirstack
from include.sources.boards.remotive import BOARD as REMOTIVE
from include.sources.budget import CallBudget, CallLimit
from include.sources.source import SkipSource
from include.storage.warehouse import open_warehouse
from sample.board_records import record_id
from sample.boards import BOARDS, DEFECTS
from sample.faults import Faults
from sample.server import Upstream
from sample.world import World

NOW = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
PATHS = {"remotive": "/api", "arbeitnow": "/api", "himalayas": "", "theirstack": ""}
FIVE = ("inserted", "updated", "unchanged", "filtered", "rejected")


@dataclass
class Runs:
    """Runs of the DAG's tasks, one after the other, on one warehouse and one upstream."""

    upstream: Upstream
    settings: Settings
    number: int = 0
    now: dt.datetime = NOW
    params: dict[str, Any] = field(default_factory=dict)

    def ask(self, **params: Any) -> dict[str, Any]:
        everything = {
            "location": "Anywhere",
            "role": "any",
            "level": "any",
            "days": 90,
            "max_results": 100_000,
            "sources": list(BOARDS),
            "dry_run": False,
        }
        return {**everything, **self.params, **params}

    def new(self) -> str:
        self.number += 1
        return f"run {self.number}"

    def plan(self, source: str, run_id: str, **params: Any) -> job_boards.SourcePlan:
        return job_boards.plan_source(source, self.ask(**params), run_id, self.now)

    def load(
        self, plan: job_boards.SourcePlan, reports: list[Any], run_id: str, **params: Any
    ) -> job_boards.Summary:
        return job_boards.load_source(plan, reports, self.ask(**params), run_id, self.now)

    def whole(self, source: str, **params: Any) -> job_boards.Summary:
        run_id = self.new()
        plan = self.plan(source, run_id, **params)
        reports = [
            job_boards.fetch_chunk(plan, chunk, self.ask(**params), run_id)
            for chunk in plan["chunks"]
        ]
        return self.load(plan, reports, run_id, **params)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings) as warehouse:
            return warehouse.execute(sql).fetchall()

    def held(self, source: str) -> set[str]:
        found = self.rows("select source, posting_id from bronze.raw_job_postings")
        return {posting_id for name, posting_id in found if name == source}

    def state(self, source: str) -> dict[str, Any]:
        path = self.settings.state_dir / f"{source}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    @property
    def paid(self) -> int:
        return self.upstream.routes.theirstack.credits_used


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Serve a world for the length of the test; give the runs on it."""
    stack: list[Any] = []

    def serve(
        world: World | None = None,
        credits: int = 1_000_000,
        real_budget: bool = False,
        **faults: Any,
    ) -> Runs:
        changed = Faults()
        changed.update(faults)
        world = world or World(jobs=300, today=NOW.date())
        upstream = Upstream(world, changed, credits=credits)
        serving = upstream.serve()
        url = serving.__enter__()
        stack.append(serving)
        for name, path in PATHS.items():
            connection = {"conn_type": "http", "host": f"{url}{path}", "password": "sample-key"}
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}_DEFAULT", json.dumps(connection))
        if not real_budget:
            monkeypatch.setattr(type(REMOTIVE), "call_limits", (CallLimit(1_000, 60),))
        monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_RUN", "100000")
        monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_MONTH", "100000")
        get_settings.cache_clear()
        return Runs(upstream, get_settings())

    yield serve
    for serving in stack:
        serving.__exit__(None, None, None)


def adds_up(summary: job_boards.Summary) -> bool:
    return sum(summary[name] for name in FIVE) == summary["served"]


@pytest.mark.parametrize("source", BOARDS)
def test_every_record_served_is_in_one_of_five_counts(start, source):
    runs = start(World(jobs=300, today=NOW.date(), malformed=len(DEFECTS)))
    listed = len(runs.upstream.world.listings(source))
    summary = runs.whole(source)
    assert summary["served"] == listed
    assert summary["rejected"] == 4
    assert adds_up(summary)
    assert len(runs.held(source)) == summary["inserted"] == listed - 4


@pytest.mark.parametrize("source", ["remotive", "arbeitnow", "himalayas"])
def test_reading_again_changes_nothing_but_what_has_changed(start, source):
    runs = start()
    first = runs.whole(source)
    again = runs.whole(source)
    assert again["unchanged"] == again["served"] == first["served"]
    entry = runs.upstream.world.listings(source)[3]
    runs.upstream.world.change_posting(source, record_id(source, entry.job), description="new")
    changed = runs.whole(source)
    assert (changed["updated"], changed["inserted"]) == (1, 0)
    assert len(runs.held(source)) == first["inserted"]
    assert adds_up(again)
    assert adds_up(changed)


def test_a_new_tracking_parameter_is_no_new_version(start):
    runs = start(World(jobs=300, today=NOW.date()))
    runs.whole("arbeitnow")
    runs.upstream.world.advance()
    tomorrow = runs.whole("arbeitnow")
    assert tomorrow["updated"] == 0
    assert tomorrow["unchanged"] > 0


def test_payloads_are_kept_as_they_were_sent(start):
    runs = start()
    runs.whole("himalayas")
    stored = {row[0] for row in runs.rows("select payload from bronze.raw_job_postings")}
    sent = runs.upstream.world.records("himalayas")
    assert stored == {json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in sent}


FAULTS = {
    "errors": {"fail_every": 2},
    "too many requests, in seconds": {"rate_limit_every": 2, "retry_after": "0"},
    "too many requests, no word when": {"rate_limit_every": 2, "retry_after": "none"},
    "cut off": {"truncate_every": 2},
    "malformed JSON": {"invalid_json_every": 2},
    "an HTML page with status 200": {"html_every": 2},
    "connection resets": {"reset_every": 2},
    "a wrong content type": {"wrong_type_every": 1},
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("source", ["arbeitnow", "himalayas", "theirstack"])
def test_faults_that_pass_lose_and_double_nothing(start, source, faults):
    runs = start(World(jobs=400, today=NOW.date()), **faults)
    summary = runs.whole(source)
    assert summary["inserted"] == len(runs.upstream.world.listings(source))
    assert sum(runs.upstream.faulted.values()) > 0
    assert adds_up(summary)


@pytest.mark.parametrize("paging", ["duplicated", "overlapping"])
@pytest.mark.parametrize("source", ["arbeitnow", "himalayas"])
def test_a_record_on_two_pages_is_one_record(start, source, paging):
    runs = start(World(jobs=900, today=NOW.date()), paging=paging)
    summary = runs.whole(source)
    assert summary["inserted"] == len(runs.upstream.world.listings(source))
    assert summary["repeated"] > 0
    assert adds_up(summary)


@pytest.mark.parametrize("source", ["arbeitnow", "himalayas"])
def test_what_a_shrinking_list_hides_comes_with_the_next_run(start, source):
    runs = start(World(jobs=900, today=NOW.date()), paging="shrinking")
    listed = len(runs.upstream.world.listings(source))
    first = runs.whole(source)
    assert listed * 0.9 < first["served"] < listed
    assert adds_up(first)
    runs.upstream.faults.update({"paging": "stable"})
    assert runs.whole(source)["inserted"] == listed - first["inserted"]


def test_records_too_large_are_rejected_and_kept_with_the_reason(start, monkeypatch):
    monkeypatch.setenv("TECHPULSE_RECORD_LONGEST_BYTES", "20000")
    runs = start()
    entry = runs.upstream.world.listings("arbeitnow")[0]
    key = record_id("arbeitnow", entry.job)
    runs.upstream.world.change_posting("arbeitnow", key, description="x" * 20_001)
    summary = runs.whole("arbeitnow")
    assert summary["rejected"] == 1
    assert adds_up(summary)
    ((code, message, size),) = runs.rows(
        "select reason_code, message, length(payload) from bronze.rejects"
    )
    assert code == "too_large"
    assert "more than 20000" in message
    assert size > 20_000


def test_a_limit_of_five_megabytes_is_the_default():
    assert Settings().record_longest_bytes == 5_000_000


def test_hostile_records_are_read_or_rejected_and_counted(start, monkeypatch):
    monkeypatch.setenv("TECHPULSE_MAX_BAD_RECORDS_FREE", "20")
    runs = start(World(jobs=200, today=NOW.date(), hostile=11))
    for source in BOARDS:
        summary = runs.whole(source)
        assert adds_up(summary)
        assert summary["served"] == len(runs.upstream.world.listings(source))
    codes = dict(runs.rows("select reason_code, count(*) from bronze.rejects group by 1"))
    assert codes == {"too_large": 4, "invalid_unicode": 4}


def test_an_answer_without_its_list_fails_the_source_and_loads_nothing(start, monkeypatch):
    runs = start()
    monkeypatch.setattr(HttpClient, "_read", lambda *_: '{"data": {"jobs": []}}')
    with pytest.raises(MalformedAnswerError, match="no list of 'jobs'"):
        runs.whole("himalayas")


def test_a_load_with_too_many_bad_records_is_not_committed(start, monkeypatch):
    monkeypatch.setenv("TECHPULSE_MAX_BAD_RECORDS_FREE", "0")
    runs = start(World(jobs=100, today=NOW.date(), malformed=60))
    with pytest.raises(ReconciliationError, match="rejected"):
        runs.whole("arbeitnow")
    assert runs.held("arbeitnow") == set()


@pytest.mark.parametrize("source", BOARDS)
def test_a_query_filters_here_whatever_the_server_does(start, source):
    runs = start(World(jobs=600, today=NOW.date()))
    wanted = {"role": "backend", "level": "any", "days": 30}
    summary = runs.whole(source, **wanted)
    assert adds_up(summary)
    assert 0 < summary["inserted"] < len(runs.upstream.world.listings(source))
    assert summary["filtered"] > 0
    refs = runs.rows("select filtered, expected, fetched, missing from bronze.loads")
    assert refs == [(summary["filtered"], summary["inserted"], summary["inserted"], 0)]


@pytest.mark.parametrize("source", BOARDS)
def test_no_more_is_loaded_than_wanted(start, source):
    runs = start(World(jobs=900, today=NOW.date()))
    summary = runs.whole(source, max_results=30)
    assert summary["inserted"] == 30
    assert adds_up(summary)
    assert summary["served"] <= max(100, len(runs.upstream.world.listings("remotive")))


def test_reading_stops_where_all_is_too_old(start):
    runs = start(World(jobs=1_500, today=NOW.date()))
    summary = runs.whole("himalayas", days=10)
    listed = len(runs.upstream.world.listings("himalayas"))
    assert 0 < summary["inserted"] < listed / 3
    assert summary["served"] < summary["inserted"] + 60


def test_a_list_that_never_ends_is_left_at_the_limit_of_pages(start, monkeypatch):
    monkeypatch.setenv("TECHPULSE_BOARD_PAGES_LONGEST", "2")
    runs = start(World(jobs=900, today=NOW.date()))
    summary = runs.whole("himalayas")
    assert summary["served"] == 40
    assert "2 pages" in summary["notes"][0]


# Remotive: the budget of calls --------------------------------------------------------------------


def test_remotive_is_called_once_a_run_and_four_times_a_day(start, monkeypatch):
    runs = start(real_budget=True)
    state = runs.settings.state_dir / "remotive.json"
    for _ in range(4):
        runs.whole("remotive")
        calls = json.loads(state.read_text())["calls"]
        state.write_text(json.dumps({"calls": [at - 100 for at in calls]}))  # time goes by
    assert runs.upstream.requests == 4
    with pytest.raises(SkipSource, match="budget of calls is used up for 23 h"):
        runs.whole("remotive")
    assert runs.upstream.requests == 4


def test_retries_count_against_the_day(start, monkeypatch):
    runs = start(real_budget=True, fail_every=1)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        state = runs.settings.state_dir / "remotive.json"
        calls = json.loads(state.read_text())["calls"]
        state.write_text(json.dumps({"calls": [at - seconds - 1 for at in calls]}))

    monkeypatch.setattr("include.hooks.boards.CallBudget", _budget_with(sleep))
    with pytest.raises(SourceUnavailableError):
        runs.whole("remotive")
    assert runs.upstream.requests == get_settings().board_tries == 4
    assert len(slept) >= 1
    with pytest.raises(SkipSource, match="used up"):
        runs.whole("remotive")


def _budget_with(sleep: Callable[[float], None]) -> Any:
    return lambda *args, **kwargs: CallBudget(*args, **kwargs, sleep=sleep)


def test_the_real_answer_loads_whole(start, shared_data, monkeypatch):
    runs = start()
    body = (shared_data / "remotive" / "remote-jobs.json").read_text()
    monkeypatch.setattr(HttpClient, "_read", lambda *_: body)
    runs.now = dt.datetime(2026, 7, 17, tzinfo=dt.UTC)
    summary = runs.whole("remotive")
    count = len(json.loads(body)["jobs"])
    assert (summary["served"], summary["inserted"]) == (count, count)
    stored = {json.loads(row[0])["id"]: json.loads(row[0]) for row in
              runs.rows("select payload from bronze.raw_job_postings")}  # fmt: skip
    assert stored == {job["id"]: job for job in json.loads(body)["jobs"]}


# TheirStack: money --------------------------------------------------------------------------------


def days_later(runs: Runs, days: int) -> None:
    runs.upstream.world.advance(days)
    runs.now += dt.timedelta(days=days)


def test_no_record_is_paid_for_twice(start):
    runs = start(World(jobs=900, today=NOW.date()))
    first = runs.whole("theirstack")
    assert runs.paid == first["inserted"] == len(runs.upstream.world.listings("theirstack"))
    assert runs.whole("theirstack")["served"] == 0
    days_later(runs, 2)
    more = runs.whole("theirstack")
    assert more["inserted"] > 0
    assert runs.paid == first["inserted"] + more["inserted"]
    assert runs.state("theirstack")["windows"] == {}


def test_another_query_does_not_pay_for_what_is_held(start):
    runs = start(World(jobs=900, today=NOW.date()))
    listed = len(runs.upstream.world.listings("theirstack"))
    held = runs.whole("theirstack", role="backend")["inserted"]
    paid = runs.paid
    assert 0 < held < listed
    assert runs.whole("theirstack")["inserted"] == listed - held
    assert runs.paid - paid == listed - held


def test_the_budget_of_a_run_leaves_the_rest_to_the_next_one(start, monkeypatch):
    runs = start(World(jobs=600, today=NOW.date()))
    listed = len(runs.upstream.world.listings("theirstack"))
    monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_RUN", "110")
    get_settings.cache_clear()
    totals = []
    while not totals or totals[-1] == 110:
        summary = runs.whole("theirstack")
        totals.append(summary["inserted"])
        assert adds_up(summary)
        days_later(runs, 0)
    assert sum(totals) == listed == runs.paid
    assert set(totals[:-1]) == {110}


def test_a_months_budget_holds_over_runs_and_ends_with_the_month(start, monkeypatch):
    runs = start(World(jobs=600, today=NOW.date()))
    monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_MONTH", "60")
    get_settings.cache_clear()
    summary = runs.whole("theirstack")
    assert summary["inserted"] == 60
    assert summary["notes"] == ["more of it waits for the next run"]
    with pytest.raises(SkipSource, match=r"budget of credits is used up; \d+ records wait"):
        runs.whole("theirstack")
    assert runs.paid == 60
    days_later(runs, 1)  # November
    assert runs.whole("theirstack")["inserted"] == 60


def test_credits_that_end_stop_the_reading_and_keep_what_came(start):
    runs = start(World(jobs=600, today=NOW.date()), credits=60)
    summary = runs.whole("theirstack")
    assert (summary["inserted"], runs.paid) == (60, 60)
    assert any("credits ended" in note or "402" in note for note in summary["notes"])
    runs.upstream.routes.theirstack.credits += 1_000_000
    rest = runs.whole("theirstack")
    listed = len(runs.upstream.world.listings("theirstack"))
    assert rest["inserted"] == listed - 60
    assert runs.paid == listed


def test_without_any_credit_the_run_says_so_and_succeeds(start):
    runs = start(credits=0)
    summary = runs.whole("theirstack")
    assert summary["served"] == 0
    assert "the account has no credits left (HTTP 402)" in summary["notes"]
    assert runs.state("theirstack")["months"] == {"2026-10": 0}


def test_a_dry_run_costs_nothing_and_says_what_a_run_would_cost(start):
    runs = start()
    listed = len(runs.upstream.world.listings("theirstack"))
    with pytest.raises(SkipSource, match=rf"{listed} records match.*spend {listed} credits"):
        runs.whole("theirstack", dry_run=True)
    assert (runs.paid, runs.state("theirstack")) == (0, {})
    with pytest.raises(SkipSource, match="dry run"):
        runs.whole("arbeitnow", dry_run=True)


def test_without_a_key_the_source_is_skipped_with_where_to_put_it(start, monkeypatch):
    runs = start()
    connection = json.loads(os.environ["AIRFLOW_CONN_THEIRSTACK_DEFAULT"])
    connection["password"] = ""
    monkeypatch.setenv("AIRFLOW_CONN_THEIRSTACK_DEFAULT", json.dumps(connection))
    with pytest.raises(SkipSource, match=r"THEIRSTACK_API_KEY.*theirstack_default"):
        runs.whole("theirstack")
    monkeypatch.setenv("THEIRSTACK_API_KEY", "sample-key")
    assert runs.whole("theirstack")["inserted"] > 0


def test_a_refused_key_fails_the_source_and_names_the_remedy(start, monkeypatch):
    runs = start()
    connection = json.loads(os.environ["AIRFLOW_CONN_THEIRSTACK_DEFAULT"])
    monkeypatch.setenv(
        "AIRFLOW_CONN_THEIRSTACK_DEFAULT", json.dumps({**connection, "password": "wrong"})
    )
    with pytest.raises(ConfigurationError, match=r"401.*set a valid key"):
        runs.whole("theirstack")
    assert runs.upstream.requests == 1


def test_a_request_that_the_vendor_cannot_read_is_not_repeated(start, monkeypatch):
    runs = start()
    monkeypatch.setattr(theirstack, "filters_of", lambda _: {"no_such_filter": 1})
    with pytest.raises(SourceRejectedError, match="422"):
        runs.whole("theirstack")
    assert runs.upstream.requests == 1


def test_pages_paid_for_by_a_killed_run_are_loaded_by_the_next(start):
    runs = start(World(jobs=600, today=NOW.date()))
    listed = len(runs.upstream.world.listings("theirstack"))
    run_id = runs.new()
    plan = runs.plan("theirstack", run_id)
    for chunk in plan["chunks"][:3]:  # killed after three pages
        job_boards.fetch_chunk(plan, chunk, runs.ask(), run_id)
    assert runs.held("theirstack") == set()
    summary = runs.whole("theirstack")
    assert summary["inserted"] == len(runs.held("theirstack")) == listed == runs.paid


def test_a_page_staged_before_is_not_asked_for_again(start):
    runs = start()
    run_id = runs.new()
    plan = runs.plan("theirstack", run_id)
    first = job_boards.fetch_chunk(plan, plan["chunks"][0], runs.ask(), run_id)
    paid = runs.paid
    assert job_boards.fetch_chunk(plan, plan["chunks"][0], runs.ask(), run_id) == first
    assert runs.paid == paid


def test_a_run_killed_between_payment_and_page_counts_the_credits_as_spent(start, monkeypatch):
    runs = start()
    run_id = runs.new()
    plan = runs.plan("theirstack", run_id)

    class Killed(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(job_boards, "_stage", killed)
        with pytest.raises(Killed):
            job_boards.fetch_chunk(plan, plan["chunks"][0], runs.ask(), run_id)
    assert runs.state("theirstack")["months"]["2026-10"] == plan["chunks"][0]["limit"]
    listed = len(runs.upstream.world.listings("theirstack"))
    assert runs.whole("theirstack")["inserted"] == listed
    assert runs.paid == listed + plan["chunks"][0]["limit"]  # that page alone
    assert runs.state("theirstack")["months"]["2026-10"] == runs.paid


def test_the_cursor_moves_with_the_load_or_not_at_all(start, monkeypatch):
    runs = start()
    run_id = runs.new()
    plan = runs.plan("theirstack", run_id)
    reports = [job_boards.fetch_chunk(plan, c, runs.ask(), run_id) for c in plan["chunks"]]

    def locked(*_: Any, **__: Any) -> Any:
        raise WarehouseLockedError("held by another process")

    with monkeypatch.context() as patch:
        patch.setattr("include.storage.loads._write_cursor", locked)
        with pytest.raises(WarehouseLockedError):
            runs.load(plan, reports, run_id)
    assert runs.held("theirstack") == set()
    assert runs.rows("select * from bronze.cursors") == []
    assert runs.load(plan, reports, run_id)["inserted"] == runs.paid
    assert len(runs.rows("select * from bronze.cursors")) == 1


def test_a_kill_between_commit_and_bookkeeping_changes_no_total(start, monkeypatch):
    runs = start(World(jobs=600, today=NOW.date()))
    with monkeypatch.context() as patch:
        patch.setattr(theirstack.TheirStack, "committed", lambda *_: None)
        first = runs.whole("theirstack")
    again = runs.whole("theirstack")
    assert again["inserted"] == again["updated"] == 0
    assert runs.paid == first["inserted"] == len(runs.held("theirstack"))


def test_repeated_pages_are_made_up_for_by_the_next_run(start):
    runs = start(World(jobs=600, today=NOW.date()), paging="overlapping")
    listed = len(runs.upstream.world.listings("theirstack"))
    first = runs.whole("theirstack")
    assert first["inserted"] < listed
    assert "more of it waits for the next run" in first["notes"]
    runs.upstream.faults.update({"paging": "stable"})
    assert runs.whole("theirstack")["inserted"] == listed - first["inserted"]
    assert runs.whole("theirstack")["served"] == 0


def test_broken_answers_are_counted_as_paid(start):
    runs = start(invalid_json_every=2)
    runs.whole("theirstack")
    assert runs.state("theirstack")["months"]["2026-10"] >= runs.paid > len(runs.held("theirstack"))


def test_a_live_count_costs_nothing(tmp_path, monkeypatch):
    if not os.environ.get("THEIRSTACK_API_KEY"):
        pytest.skip("THEIRSTACK_API_KEY is not set")
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    params = {"location": "US", "role": "backend", "level": "entry", "days": 2, "max_results": 1,
              "sources": ["theirstack"], "dry_run": True}  # fmt: skip
    with pytest.raises(SkipSource, match="records match"):
        job_boards.plan_source("theirstack", params, "live", dt.datetime.now(dt.UTC))


# The run ------------------------------------------------------------------------------------------


def test_a_source_that_is_not_wanted_is_skipped(start):
    with pytest.raises(SkipSource, match="not among"):
        start().whole("remotive", sources=["himalayas"])


@pytest.mark.parametrize("changes", [{"location": "  "}, {"days": 0}, {"role": "chef"}])
def test_parameters_that_make_no_query_are_refused(start, changes):
    with pytest.raises(ConfigurationError, match="no query"):
        start().whole("remotive", **changes)


def test_the_report_tells_figures_skips_and_failures_apart(start):
    runs = start()
    summary = runs.whole("himalayas")
    lines = job_boards.report_lines(
        {"himalayas": summary, "theirstack": None, "remotive": None}, {"theirstack": "no API key"}
    )
    assert lines[0].startswith(f"himalayas: {summary['served']} served = ")
    assert lines[1] == "theirstack: skipped, no API key"
    assert lines[2].startswith("remotive: FAILED")
