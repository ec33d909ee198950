"""Runs of the DAG `company_boards` without Airflow, on a generated upstream."""

from __future__ import annotations

import datetime as dt
import importlib
import itertools
from collections import Counter
from typing import Any

import pytest

from include.errors import ConfigurationError, ReconciliationError
from include.hooks import companies
from include.pipeline import company_boards as runs
from include.pipeline.board_plan import enabled_systems
from include.settings import get_settings
from include.sources.companies.greenhouse import Greenhouse
from include.staging.files import stage
from include.warehouse.company_boards import BoardRow, State
from sample.server import Upstream
from sample.world import World
from tests.unit.pipeline.board_days import Boards, connect

BOARDS = 12
START = dt.date(2026, 10, 5)


@pytest.fixture
def boards(monkeypatch, tmp_path):
    world = World(first_month="2026-10", last_month="2026-10", comments=0, today=START,
                  company_boards=BOARDS)  # fmt: skip
    monkeypatch.setenv("TECHPULSE_COMPANY_BOARDS_PER_CHUNK", "2")
    yield from connect(monkeypatch, tmp_path / "data", Upstream(world), Boards)


def test_every_board_shows_what_is_true_and_the_ledger_adds_up(boards):
    boards.add_linked()
    summaries = boards.day()
    truth = boards.open_jobs()
    shown = boards.rows("select source, board, shown_ids, outcome from bronze.board_readings")
    assert len(shown) == BOARDS
    refused = [(source, board) for source, board, _, outcome in shown if outcome == "refused"]
    assert refused == [
        (b.system, b.slug) for b in boards.world.companies.linked() if b.kind == "demo"
    ]
    for key in refused:
        truth[key] = set()
    for source, board, ids, outcome in shown:
        if (source, board) in refused:
            assert ids is None
            continue
        assert set(ids) == truth[source, board], (source, board)
        assert outcome == ("whole" if ids else "empty")
    for name, summary in summaries.items():
        (sums,) = boards.rows(
            "select sum(records), sum(inserted), sum(unchanged), sum(rejected), sum(filtered) "
            f"from bronze.board_readings where source = '{name}'"
        )
        ledger = summary["ledger"]
        assert sums == (ledger["expected"] + ledger["filtered"], ledger["inserted"],
                        ledger["unchanged"], ledger["rejected"], ledger["filtered"])  # fmt: skip
        assert ledger["rejected"] == 0
    stored = boards.rows(
        "select source, board, list(posting_id) from bronze.raw_job_postings group by all"
    )
    assert {(s, b): set(ids) for s, b, ids in stored} == {
        k: v for k, v in truth.items() if v and k in {(x[0], x[1]) for x in shown}
    }
    states = boards.states()
    for b in boards.world.companies.linked():
        expected = {"silent": State.SILENT, "demo": State.REFUSED}.get(b.kind, State.ACTIVE)
        assert states[f"{b.system}://{b.slug}"] == expected, b


def test_no_personal_field_is_stored(boards):
    boards.add_linked()
    boards.day(systems=["greenhouse", "recruitee"])
    text = " ".join(
        row[0] for row in boards.rows("select payload::varchar from bronze.raw_job_postings")
    )
    assert "Sam Sample" not in text
    assert "mailbox_email" not in text


def test_a_second_run_of_the_day_reads_nothing_and_the_next_day_only_changes(boards):
    boards.add_linked()
    boards.day()
    assert boards.day() == {}
    boards.world.advance()
    summaries = boards.day()
    assert sum(s["ledger"]["inserted"] for s in summaries.values()) < 10
    assert Counter(dict(summaries["teamtailor"]["outcomes"]))["unchanged"] > 0
    truth = boards.open_jobs()
    found = boards.rows(
        """
        select new.source, new.board, any_value(old.shown_ids), any_value(new.shown)
        from bronze.board_readings as new
        join bronze.board_readings as old using (source, board, shown_digest)
        where new.day = date '2026-10-06' and old.shown_ids is not null group by all
        """
    )
    assert len(found) == BOARDS - sum(s is State.REFUSED for s in boards.states().values())
    for source, board, ids, count in found:
        assert set(ids) == truth[source, board]
        assert count == len(ids)


def test_a_board_is_gone_after_three_days_of_404_and_moves_when_a_posting_says_so(boards):
    boards.add_linked()
    moving = next(b for b in boards.world.companies.linked() if b.kind == "moves")
    name = f"{moving.system}://{moving.slug}"
    states = []
    for _ in range(6):
        boards.day(systems=[moving.system])
        states.append(boards.states()[name])
        boards.world.advance()
    assert states == [State.ACTIVE] * 4 + [State.GONE] * 2


def test_one_boards_failure_is_its_own(boards):
    boards.add_linked()
    boards.add(BoardRow("greenhouse", "nobody", State.CANDIDATE, "linked"))
    summary = boards.day(systems=["greenhouse"])["greenhouse"]
    assert summary["outcomes"]["absent"] == 1
    runs.require_answers(summary)


def test_a_board_whose_name_is_no_host_is_its_own_failure(boards, monkeypatch):
    # As of a link to "https://aaa...aaa.recruitee.com", a label longer than a name may have.
    name, address = "a" * 70, companies._address

    def with_host(system, home, board, replaced):
        found = address(system, home, board, replaced)
        return f"https://{name}.example" if board == name else found

    monkeypatch.setattr(companies, "_address", with_host)
    boards.add_linked()
    boards.add(BoardRow("recruitee", name, State.CANDIDATE, "linked"))
    summary = boards.day(systems=["recruitee"])["recruitee"]
    assert summary["outcomes"]["failed"] == 1
    assert summary["outcomes"]["whole"] > 0
    ((message,),) = boards.rows(
        "select message from bronze.board_readings where outcome = 'failed'"
    )
    assert message.startswith("The address is not an http or https URL with a host")


def test_records_of_some_boards_that_cannot_be_read_keep_no_others_out(boards, monkeypatch):
    # Less than half of the greatest board: of a job's record, every third has no title.
    genuine, seen = Greenhouse.parse, itertools.count()

    def parse(source, payload, board):
        return genuine(source, {**payload, "title": "" if next(seen) % 3 == 0 else "Baker"}, board)

    monkeypatch.setattr(Greenhouse, "parse", parse)
    monkeypatch.setenv("TECHPULSE_ERROR_ALLOWANCE_RECORDS", "1")
    get_settings.cache_clear()
    boards.add_linked()
    summary = boards.day(systems=["greenhouse"])["greenhouse"]
    assert summary["outcomes"].keys() == {"whole"}
    ledger = summary["ledger"]
    assert 0 < ledger["rejected"] < ledger["inserted"]
    stored = boards.rows("select count(*) from bronze.raw_job_postings")
    assert stored == [(ledger["inserted"],)]
    with pytest.raises(ReconciliationError, match=r"records cannot be read.*rejects list --source"):
        runs.require_answers(summary)


def test_a_system_that_fails_for_most_boards_fails_after_its_load(boards, monkeypatch):
    monkeypatch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "1")
    get_settings.cache_clear()
    boards.add_linked()
    boards.upstream.faults.update({"fail_every": 1, "kinds": ["ashby"]})
    summaries = boards.day(systems=["ashby", "lever"])
    assert summaries["ashby"]["outcomes"].keys() == {"failed"}
    with pytest.raises(ReconciliationError, match="boards failed"):
        runs.require_answers(summaries["ashby"])
    runs.require_answers(summaries["lever"])
    # What failed is due again on the same day, what was read is not.
    assert {name for name, _ in boards.planned(systems=["ashby", "lever"])} == {"ashby"}


def test_a_chunk_that_was_lost_counts_its_boards_as_failed(boards):
    boards.add_linked()
    plan = boards.plan(systems=["lever"])
    summary = runs.load_system("lever", plan, [], "run", boards.now())
    assert summary["outcomes"] == {"failed": summary["boards"]}


def test_a_repeated_load_changes_nothing(boards):
    boards.add_linked()
    plan = boards.plan(systems=["lever"])
    read = [runs.read_chunk(plan, chunk, "run") for chunk in plan["chunks"]]
    first = runs.load_system("lever", plan, read, "run", boards.now())
    counts = boards.rows("select count(*) from bronze.board_readings")
    assert runs.load_system("lever", plan, read, "run", boards.now()) == first
    assert boards.rows("select count(*) from bronze.board_readings") == counts


def test_a_run_that_is_cleared_after_a_failure_keeps_what_it_then_reads(boards):
    boards.add_linked()
    plan = boards.plan(systems=["teamtailor"])
    chunk = {**plan["chunks"][0], "boards": plan["chunks"][0]["boards"][:1]}
    plan = {**plan, "chunks": [chunk]}
    # Both loads are of an empty file: the board failed, and then it was unchanged.
    runs.load_system("teamtailor", plan, [], "run", boards.now())
    unchanged = {**runs.read_chunk(plan, chunk, "else")["readings"][0], "outcome": "unchanged"}
    empty = stage([], source="teamtailor", partition=plan["day"], run="run", name="teamtailor 1")
    read = runs.ChunkRead(system="teamtailor", manifest=dict(empty), readings=[unchanged])
    for _ in range(2):
        runs.load_system("teamtailor", plan, [read], "run", boards.now())
    found = boards.rows("select outcome from bronze.board_readings order by ingested_at")
    assert found == [("failed",), ("unchanged",)]
    in_readings = boards.rows("select sum(records) from bronze.board_readings")
    assert in_readings == boards.rows("select sum(expected) from bronze.loads")


def test_a_board_that_is_named_twice_is_read_once(boards):
    boards.add_linked()
    board = boards.world.companies.linked()[0]
    named = [board.slug, f"{board.system}://{board.slug}", board.slug.upper()]
    assert boards.planned(boards=named) == [(board.system, board.slug)]
    with pytest.raises(ConfigurationError, match=r"no such board.*\[nobody\].*boards list"):
        boards.planned(boards=[board.slug, "nobody"])


def test_texts_that_are_fewer_than_chunks_are_for_the_first(boards, monkeypatch):
    monkeypatch.setenv("TECHPULSE_COMPANY_BOARDS_PER_CHUNK", "1")
    monkeypatch.setenv("TECHPULSE_COMPANY_TEXTS_PER_RUN", "2")
    get_settings.cache_clear()
    boards.add(*(BoardRow("lever", f"b{n}", State.CANDIDATE, "linked") for n in range(3)))
    assert [chunk["texts"] for chunk in boards.plan(systems=["lever"])["chunks"]] == [1, 1, 0]


def test_limit_boards_and_dry_run(boards):
    boards.add_linked()
    assert boards.planned(dry_run=True) == []
    assert len(boards.planned(limit=3)) == 3
    assert len({name for name, _ in boards.planned(limit=6)}) == 6
    board = boards.world.companies.linked()[0]
    for written in (board.slug, f"{board.system}://{board.slug}"):
        assert boards.planned(boards=[written]) == [(board.system, board.slug)]


def test_an_unknown_system_in_the_settings_is_named(monkeypatch, settings):
    with pytest.raises(ConfigurationError, match="monster"):
        enabled_systems(settings.model_copy(update={"company_systems": ["monster"]}))


POINTS = {
    "a chunk staged": ("include.pipeline.company_boards", "stage", False),
    "rows inserted": ("include.warehouse.loads", "_insert", False),
    "a ledger row": ("include.warehouse.loads", "_write_ledger", False),
    "readings, no states": ("include.warehouse.company_boards", "add_rows", True),
    "all committed": ("include.pipeline.company_boards", "load", False),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_run_that_is_killed_and_repeated_ends_with_the_same_rows(boards, monkeypatch, point):
    module, name, is_before = POINTS[point]
    boards.add_linked()
    plan = boards.plan(systems=["lever"])

    def run() -> runs.SystemSummary:
        read = [runs.read_chunk(plan, chunk, "run") for chunk in plan["chunks"]]
        return runs.load_system("lever", plan, read, "run", boards.now())

    found = importlib.import_module(module)
    real = getattr(found, name)

    def killed(*args: Any, **kwargs: Any) -> Any:
        if not is_before:
            real(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(found, name, killed)
        with pytest.raises(KeyboardInterrupt):
            run()
    summary = run()
    assert summary["ledger"]["rejected"] == 0
    stored = boards.rows("select count(*), count(distinct posting_id) from bronze.raw_job_postings")
    readings = boards.rows("select count(*), count(distinct board) from bronze.board_readings")
    assert stored == [(summary["ledger"]["inserted"], summary["ledger"]["inserted"])]
    assert readings == [(summary["boards"], summary["boards"])]
    assert boards.rows("select count(*) from bronze.loads") == [(1,)]
    assert State.CANDIDATE not in {s for n, s in boards.states().items() if n.startswith("lever")}
