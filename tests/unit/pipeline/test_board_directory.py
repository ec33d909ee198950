"""The directory of companies' boards: what links, the operator and readings make of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from include.errors import ConfigurationError
from include.pipeline.board_directory import discovered, operator_rows, states_after
from include.settings import Settings
from include.sources.company_boards import BoardReading, Outcome
from include.warehouse.company_boards import (
    BoardRow,
    LastReading,
    State,
    add_rows,
    last_readings,
    read_directory,
)
from include.warehouse.connection import open_warehouse

NOW = dt.datetime(2026, 10, 20, tzinfo=dt.UTC)


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(settings) as connection:
        yield connection


def post(warehouse, text, company="Acorn", days=1):
    """Store a comment that offers a job, as many days ago; its id is the number of days."""
    at = NOW - dt.timedelta(days=days)
    item = {"id": days, "parent": 9, "time": int(at.timestamp()), "type": "comment",
            "text": f"{company} | Software Engineer | Oslo, Norway | Onsite<p>{text}"}  # fmt: skip
    warehouse.execute(
        "insert into bronze.raw_hn_items values (uuid(), ?, ?, 9, ?, ?, '')",
        [at, days, at.date().replace(day=1), json.dumps(item)],
    )


def record(warehouse, source, payload, days=1, board=None):
    at = NOW - dt.timedelta(days=days)
    warehouse.execute(
        "insert into bronze.raw_job_postings values (uuid(), ?, ?, 'p', ?, '', ?)",
        [at, source, payload, board],
    )


def discover(warehouse, settings) -> dict[str, BoardRow]:
    found = discovered(warehouse, settings, NOW)
    add_rows(warehouse, found)
    return {row.name: row for row in read_directory(warehouse)}


def test_a_link_in_a_posting_is_a_candidate_with_its_evidence(warehouse, settings):
    post(warehouse, 'Bakers. <a href="https:&#x2F;&#x2F;jobs.lever.co&#x2F;Acorn&#x2F;1">x</a>')
    post(warehouse, "See https://boards.greenhouse.io/birch", "Birch", days=2)
    cedar = r'{"slug": "1", "title": "Baker", "company_name": "Cedar", ' \
        r'"url": "https:\/\/cedar.recruitee.com\/o\/1"}'  # fmt: skip
    record(warehouse, "arbeitnow", cedar)
    post(warehouse, "demo: https://jobs.lever.co/leverdemo", "Demo", days=4)
    post(warehouse, "too old: https://jobs.lever.co/dune", "Dune", days=800)
    record(warehouse, "lever", '{"id": "1", "text": "https://jobs.lever.co/elm"}', board="acorn")
    directory = discover(warehouse, settings)
    assert {name: (row.state, row.company) for name, row in directory.items()} == {
        "lever://acorn": (State.CANDIDATE, "Acorn"),
        "greenhouse://birch": (State.CANDIDATE, "Birch"),
        "recruitee://cedar": (State.CANDIDATE, "Cedar"),
        "lever://leverdemo": (State.REFUSED, "Demo"),
    }
    assert directory["lever://acorn"].evidence == "https://news.ycombinator.com/item?id=1"
    assert directory["lever://acorn"].company_from == "posting"
    assert discovered(warehouse, settings, NOW) == []


def test_a_comment_that_offers_no_job_links_to_no_board(warehouse, settings):
    post(warehouse, "https://jobs.lever.co/acorn")
    warehouse.execute("update bronze.raw_hn_items set payload = json_merge_patch(payload, $$"
                      '{"dead": true}$$)')  # fmt: skip
    post(warehouse, "https://jobs.lever.co/birch", days=2)
    warehouse.execute("update bronze.raw_hn_items set thread_id = 8 where item_id = 2")
    assert discovered(warehouse, settings, NOW) == []


def test_the_operators_file_adds_names_and_refuses(warehouse, settings):
    post(warehouse, "https://jobs.lever.co/acorn", "A. Corn")
    post(warehouse, "https://jobs.lever.co/birch", "Birch", days=2)
    settings.company_boards_file.parent.mkdir(parents=True, exist_ok=True)
    settings.company_boards_file.write_text(
        "system,board,company,state\nashby,Cedar Labs,Cedar,\nlever,birch,,refused\n"
    )
    discover(warehouse, settings)
    directory = discover(warehouse, settings)
    assert directory["ashby://Cedar Labs"].company_from == "operator"
    assert directory["lever://birch"].state is State.REFUSED
    assert directory["lever://acorn"].state is State.CANDIDATE
    settings.company_boards_file.write_text("system,board,company,state\nlever,birch,Birch AG,\n")
    assert discover(warehouse, settings)["lever://birch"].state is State.CANDIDATE


def test_the_operators_file_may_come_of_a_spreadsheet(settings):
    path = settings.company_boards_file
    path.parent.mkdir(parents=True, exist_ok=True)
    # The last name holds a line separator, which ends no row of a CSV.
    names = ['"Acorn, Inc."', "Bücher", "Cedar\u2028Labs"]
    rows = (f"lever,{board},{name}," for board, name in zip("abc", names, strict=True))
    lines = "\r\n".join(("system,board,company,state", "", *rows))
    path.write_text(lines, encoding="utf-8-sig", newline="")
    assert [row.company for row in operator_rows(settings)] == [n.strip('"') for n in names]
    path.write_text("system,board,company,state\nlever,a,Bücher,", encoding="cp1252")
    with pytest.raises(ConfigurationError, match=r"cannot be read.*UTF-8 text file"):
        operator_rows(settings)


@pytest.mark.parametrize("line", ["monster,acorn,,", "lever,,Acorn,", "lever,acorn,,active"])
def test_a_wrong_line_of_the_operators_file_is_named(settings, line):
    settings.company_boards_file.parent.mkdir(parents=True, exist_ok=True)
    settings.company_boards_file.write_text(f"system,board,company,state\n{line}\n")
    with pytest.raises(ConfigurationError, match="line 2"):
        operator_rows(settings)


def reading(outcome: Outcome, company: str | None = None, **more: object) -> BoardReading:
    return BoardReading(
        board="acorn", read_at="2026-10-20T06:00:00+00:00", outcome=outcome, http_status=200,
        message="", company=company, home=0, etag=None, **more,
    )  # type: ignore[typeddict-item]  # fmt: skip


def after(
    state: State, outcome: Outcome, *, shown: int = 0, absent: int = 0, company: str | None = None,
    given: BoardRow | None = None,
) -> BoardRow | None:  # fmt: skip
    row = given or BoardRow("lever", "acorn", state, "test", "Acorn", "posting")
    last = LastReading(outcome, NOW, None, absent, shown, company)
    found = list(
        states_after({row.key: row}, "lever", [reading(outcome, company)], {"acorn": last})
    )
    return found[0] if found else None


def test_readings_change_states():
    def state(*given, **more) -> State | None:
        row = after(*given, **more)
        return row.state if row else None

    assert state(State.CANDIDATE, Outcome.WHOLE, shown=3) is State.ACTIVE
    assert state(State.ACTIVE, Outcome.WHOLE, shown=3) is None
    assert state(State.ACTIVE, Outcome.EMPTY) is State.SILENT
    assert state(State.SILENT, Outcome.UNCHANGED, shown=2) is State.ACTIVE
    assert state(State.ACTIVE, Outcome.FAILED) is None
    assert state(State.ACTIVE, Outcome.ABSENT, absent=2) is None
    assert state(State.ACTIVE, Outcome.ABSENT, absent=3) is State.GONE
    assert state(State.MOVED, Outcome.ABSENT, absent=9) is None
    assert state(State.CANDIDATE, Outcome.REFUSED) is State.REFUSED


def test_the_records_name_wins_over_the_postings_and_the_operators_over_both():
    named = after(State.ACTIVE, Outcome.WHOLE, shown=1, company="Acorn Works")
    assert named
    assert (named.company, named.company_from) == ("Acorn Works", "record")
    operator = BoardRow("lever", "acorn", State.ACTIVE, "test", "ACORN", "operator")
    assert after(State.ACTIVE, Outcome.WHOLE, shown=1, company="Acorn", given=operator) is None
    # `boards add` without a name gives none.
    added = replace(operator, company=None)
    named = after(State.ACTIVE, Outcome.WHOLE, shown=1, company="Acorn", given=added)
    assert named
    assert (named.company, named.company_from) == ("Acorn", "record")


def absent(warehouse, days: range, outcome: Outcome = Outcome.ABSENT) -> None:
    for day in days:
        at = NOW - dt.timedelta(days=day)
        warehouse.execute(
            "insert into bronze.board_readings (load_id, ingested_at, source, board, day, read_at, "
            "outcome, shown, records, inserted, updated, unchanged, rejected, filtered) "
            "values (uuid(), ?, 'lever', 'acorn', ?, ?, ?, 0, 0, 0, 0, 0, 0, 0)",
            [at, at.date(), at, outcome],
        )


def test_days_absent_count_since_the_last_answer(warehouse):
    absent(warehouse, range(8, 9))
    absent(warehouse, range(7, 8), Outcome.WHOLE)
    absent(warehouse, range(5, 7))
    absent(warehouse, range(4, 5), Outcome.FAILED)
    last = last_readings(warehouse, "lever")["acorn"]
    assert (last.outcome, last.days_absent) == (Outcome.FAILED, 2)


def test_a_board_that_is_gone_moves_when_its_company_links_elsewhere(warehouse, settings):
    row = BoardRow("lever", "acorn", State.GONE, "test", "Acorn", "posting")
    add_rows(warehouse, [row])
    absent(warehouse, range(10, 11), Outcome.WHOLE)
    absent(warehouse, range(5, 8))
    post(warehouse, "https://acorn.recruitee.com", "Acorn", days=20)
    post(warehouse, "https://jobs.ashbyhq.com/birch", "Birch", days=2)
    assert discover(warehouse, settings)["lever://acorn"].state is State.GONE
    post(warehouse, "https://jobs.ashbyhq.com/acorn", "ACORN", days=3)
    moved = discover(warehouse, settings)
    assert moved["lever://acorn"].state is State.MOVED
    assert moved["lever://acorn"].moved_to == "ashby://acorn"
    assert moved["lever://acorn"].evidence == "https://news.ycombinator.com/item?id=3"
    assert moved["ashby://acorn"].state is State.CANDIDATE


def test_a_board_that_is_gone_is_read_again_when_a_posting_links_to_it_later(warehouse, settings):
    add_rows(warehouse, [BoardRow("lever", "acorn", State.GONE, "test", "Acorn", "posting")])
    warehouse.execute("update bronze.company_boards set changed_at = '2026-10-01'")
    post(warehouse, "https://jobs.lever.co/acorn", days=30)
    assert discover(warehouse, settings)["lever://acorn"].state is State.GONE
    post(warehouse, "https://jobs.lever.co/acorn", days=2)
    assert discover(warehouse, settings)["lever://acorn"].state is State.CANDIDATE
