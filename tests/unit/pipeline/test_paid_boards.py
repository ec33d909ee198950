from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from include.errors import (
    ConfigurationError,
    MalformedAnswerError,
    SourceRejectedError,
    SourceUnavailableError,
    WarehouseLockedError,
)
from include.http.transport import Transport
from include.pipeline import job_boards
from include.settings import get_settings
from include.sources.boards import theirstack
from include.sources.boards.theirstack.windows import WindowBook
from include.sources.page_reader import PageReader
from include.sources.source import SourceSkipped
from include.state.budget import CallBudget
from sample.world import World
from tests.unit.pipeline.board_runs import NOW, Runs, adds_up

# Remotive: the budget of calls --------------------------------------------------------------------


def test_remotive_is_called_once_a_run_and_four_times_a_day(start, monkeypatch):
    runs = start(real_budget=True)
    state = runs.settings.state_dir / "remotive.json"
    for _ in range(4):
        runs.whole("remotive")
        calls = json.loads(state.read_text())["calls"]
        state.write_text(json.dumps({"calls": [at - 100 for at in calls]}))  # time goes by
    assert runs.upstream.requests == 4
    with pytest.raises(SourceSkipped, match="call budget is used up for 23 h"):
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
    assert runs.upstream.requests == get_settings().http_max_attempts - 1 == 4
    assert len(slept) >= 1
    with pytest.raises(SourceSkipped, match="used up"):
        runs.whole("remotive")


def _budget_with(sleep: Callable[[float], None]) -> Any:
    return lambda *args, **kwargs: CallBudget(*args, **kwargs, sleep=sleep)


# TheirStack: money --------------------------------------------------------------------------------


def days_later(runs: Runs, days: int) -> None:
    runs.upstream.world.advance(days)
    runs.now += dt.timedelta(days=days)


def test_no_record_is_paid_for_twice(start):
    runs = start(World(jobs=400, today=NOW.date()))
    first = runs.whole("theirstack")
    assert runs.paid == first["inserted"] == len(runs.upstream.world.listings("theirstack"))
    assert runs.whole("theirstack")["served"] == 0
    days_later(runs, 2)
    more = runs.whole("theirstack")
    assert more["inserted"] > 0
    assert runs.paid == first["inserted"] + more["inserted"]
    assert runs.state("theirstack")["windows"] == {}


def test_another_query_does_not_pay_for_what_is_held(start):
    runs = start(World(jobs=400, today=NOW.date()))
    listed = len(runs.upstream.world.listings("theirstack"))
    held = runs.whole("theirstack", role="backend")["inserted"]
    paid = runs.paid
    assert 0 < held < listed
    assert runs.whole("theirstack")["inserted"] == listed - held
    assert runs.paid - paid == listed - held


def test_the_budget_of_a_run_leaves_the_rest_to_the_next_one(start, monkeypatch):
    runs = start(World(jobs=300, today=NOW.date()))
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
    assert summary["notes"] == ["the next run continues where this one stopped"]
    with pytest.raises(SourceSkipped, match=r"budget of credits is used up; \d+ records wait"):
        runs.whole("theirstack")
    assert runs.paid == 60
    days_later(runs, 1)  # November
    assert runs.whole("theirstack")["inserted"] == 60


def test_credits_that_end_stop_the_reading_and_keep_what_came(start):
    runs = start(World(jobs=300, today=NOW.date()), credits=60)
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
    with pytest.raises(SourceSkipped, match=rf"{listed} records match.*spend {listed} credits"):
        runs.whole("theirstack", dry_run=True)
    assert (runs.paid, runs.state("theirstack")) == (0, {})
    with pytest.raises(SourceSkipped, match="dry run"):
        runs.whole("arbeitnow", dry_run=True)


def test_without_a_key_the_source_is_skipped_with_where_to_put_it(start, monkeypatch):
    runs = start()
    connection = json.loads(os.environ["AIRFLOW_CONN_THEIRSTACK_DEFAULT"])
    connection["password"] = ""
    monkeypatch.setenv("AIRFLOW_CONN_THEIRSTACK_DEFAULT", json.dumps(connection))
    with pytest.raises(SourceSkipped, match=r"THEIRSTACK_API_KEY.*theirstack_default"):
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
    runs = start(World(jobs=300, today=NOW.date()))
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
        patch.setattr(WindowBook, "pay", killed)
        with pytest.raises(Killed):
            job_boards.fetch_chunk(plan, plan["chunks"][0], runs.ask(), run_id)
    assert runs.state("theirstack")["months"]["2026-10"] == plan["chunks"][0]["limit"]
    listed = len(runs.upstream.world.listings("theirstack"))
    assert runs.whole("theirstack")["inserted"] == listed
    assert runs.paid == listed + plan["chunks"][0]["limit"]  # that page alone
    assert runs.state("theirstack")["months"]["2026-10"] == runs.paid


def _failing(*_: Any, **__: Any) -> Any:
    raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")


@pytest.mark.parametrize("place", ["_stage", "PageReader"])
def test_a_page_is_paid_once_however_often_what_is_made_of_it_fails(start, monkeypatch, place):
    runs = start()
    run_id = runs.new()
    plan = runs.plan("theirstack", run_id)
    first = plan["chunks"][0]
    with monkeypatch.context() as patch:
        patch.setattr(job_boards, place, _failing)
        if place == "PageReader":  # after the page was read, whatever reads it
            patch.setattr(job_boards, "PageReader", FailsWhileReading)
        for _ in range(4):  # Airflow's tries
            with pytest.raises(UnicodeEncodeError):
                job_boards.fetch_chunk(plan, first, runs.ask(), run_id)
    assert runs.paid == first["limit"]
    reports = [job_boards.fetch_chunk(plan, c, runs.ask(), run_id) for c in plan["chunks"]]
    summary = runs.load(plan, reports, run_id)
    listed = len(runs.upstream.world.listings("theirstack"))
    assert (summary["inserted"], runs.paid) == (listed, listed)
    assert runs.state("theirstack")["months"]["2026-10"] == listed


class FailsWhileReading(PageReader):
    def read(self, pages: Any) -> None:
        next(iter(pages))
        _failing()


@pytest.mark.parametrize("replans", [1, 3])
def test_what_a_run_has_paid_for_and_could_not_stage_comes_with_the_next_one(
    start, monkeypatch, replans
):
    runs = start()
    run_id = runs.new()
    plan = runs.plan("theirstack", run_id)
    with monkeypatch.context() as patch:
        patch.setattr(job_boards, "_stage", _failing)
        for chunk in plan["chunks"][:2]:
            with pytest.raises(UnicodeEncodeError):
                job_boards.fetch_chunk(plan, chunk, runs.ask(), run_id)
    for _ in range(replans - 1):
        runs.plan("theirstack", runs.new())
    listed = len(runs.upstream.world.listings("theirstack"))
    summary = runs.whole("theirstack")
    assert (summary["inserted"], summary["notes"]) == (listed, [])
    assert runs.paid == listed
    assert "windows" not in runs.state("theirstack") or not runs.state("theirstack")["windows"]
    assert runs.whole("theirstack")["served"] == 0  # the cursor has moved on


@pytest.mark.parametrize("total", [-5, True, False, 5.0, "5", None, [5]])
def test_a_count_that_is_no_count_is_refused_and_the_cursor_stays(start, monkeypatch, total):
    runs = start()
    genuine = Transport._read

    def read(*arguments: Any) -> bytes:
        answer = json.loads(genuine(*arguments))
        answer["metadata"]["total_results"] = total
        return json.dumps(answer).encode()

    monkeypatch.setattr(Transport, "_read", read)
    with pytest.raises(MalformedAnswerError, match="how many records"):
        runs.whole("theirstack")
    assert runs.paid == 0
    assert runs.rows("select * from bronze.cursors") == []


@pytest.mark.parametrize("note", [True, "all\ud800", [1], {"a": 1}, -3])
def test_an_odd_note_on_credits_does_not_stop_a_page_that_is_paid_for(start, monkeypatch, note):
    runs = start()
    genuine = Transport._read

    def read(*arguments: Any) -> bytes:
        answer = json.loads(genuine(*arguments))
        answer["metadata"]["truncated_results"] = note
        return json.dumps(answer).encode()

    monkeypatch.setattr(Transport, "_read", read)
    summary = runs.whole("theirstack")
    assert summary["inserted"] == len(runs.upstream.world.listings("theirstack"))
    assert summary["notes"] == []


def test_the_cursor_moves_with_the_load_or_not_at_all(start, monkeypatch):
    runs = start()
    run_id = runs.new()
    plan = runs.plan("theirstack", run_id)
    reports = [job_boards.fetch_chunk(plan, c, runs.ask(), run_id) for c in plan["chunks"]]

    def locked(*_: Any, **__: Any) -> Any:
        raise WarehouseLockedError("held by another process")

    with monkeypatch.context() as patch:
        patch.setattr("include.warehouse.loads._write_cursor", locked)
        with pytest.raises(WarehouseLockedError):
            runs.load(plan, reports, run_id)
    assert runs.held("theirstack") == set()
    assert runs.rows("select * from bronze.cursors") == []
    assert runs.load(plan, reports, run_id)["inserted"] == runs.paid
    assert len(runs.rows("select * from bronze.cursors")) == 1


def test_a_kill_between_commit_and_bookkeeping_changes_no_total(start, monkeypatch):
    runs = start(World(jobs=300, today=NOW.date()))
    with monkeypatch.context() as patch:
        patch.setattr(theirstack.TheirStack, "on_committed", lambda *_: None)
        first = runs.whole("theirstack")
    again = runs.whole("theirstack")
    assert again["inserted"] == again["updated"] == 0
    assert runs.paid == first["inserted"] == len(runs.held("theirstack"))


def test_repeated_pages_are_made_up_for_by_the_next_run(start):
    runs = start(World(jobs=300, today=NOW.date()), paging="overlapping")
    listed = len(runs.upstream.world.listings("theirstack"))
    first = runs.whole("theirstack")
    assert first["inserted"] < listed
    assert "the next run continues where this one stopped" in first["notes"]
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
    with pytest.raises(SourceSkipped, match="records match"):
        job_boards.plan_source("theirstack", params, "live", dt.datetime.now(dt.UTC))
