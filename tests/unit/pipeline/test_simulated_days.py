"""Days of companies' boards with every fault: each job's span is the one that the answers allow."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from include.pipeline import company_boards as runs
from include.warehouse import loads
from include.warehouse.connection import open_warehouse
from sample.gold.models import model_sql
from sample.world import World
from tests.unit.dbt.spans_ledger import spans_of
from tests.unit.pipeline.board_days import MISHAPS, Boards, Witness, connect

SYSTEMS = ["greenhouse", "lever", "teamtailor"]  # counts its jobs; has two homes; has entity tags
BOARDS = 18  # of all six systems
RUNS, DAYS_APART = 11, 3
LATE, TWICE, KILLED = (3, 8), (5,), (9,)
FIRST = dt.date(2040, 1, 2)  # no day of the simulation is before the clock of the machine


@pytest.fixture
def boards(monkeypatch, tmp_path):
    world = World(first_month="2026-10", last_month="2026-10", comments=0, today=FIRST,
                  company_boards=BOARDS)  # fmt: skip
    # One request after the other, so that the same requests are hit each time.
    monkeypatch.setenv("TECHPULSE_COMPANY_REQUESTS_IN_FLIGHT", "1")
    monkeypatch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "1")
    yield from connect(monkeypatch, tmp_path / "data", Witness(world), Boards)


def live_through(boards: Boards, monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Run every third day, late, twice or killed on some; return the (run, system) loaded."""
    witness, loaded, waiting = boards.upstream, set[tuple[str, str]](), []
    assert isinstance(witness, Witness)
    boards.add_linked()
    witness.faults.update(MISHAPS)
    for number in range(RUNS):
        run, at = f"run {number}", boards.now()
        witness.run, witness.at = run, at
        plan = boards.plan(systems=SYSTEMS)
        read = [runs.read_chunk(plan, chunk, run) for chunk in plan["chunks"]]
        systems = dict.fromkeys(chunk["system"] for chunk in plan["chunks"])
        new = [(name, plan, read, run, at) for name in systems]
        loaded |= {(run, name) for name in systems}
        # What came late is loaded behind the next day's.
        due, waiting = ([], new) if number in LATE else ([*new, *waiting], [])
        if number in KILLED:
            with monkeypatch.context() as patch:
                patch.setattr(loads, "_write_ledger", _killed)
                with pytest.raises(KeyboardInterrupt):
                    runs.load_system(*due[0])
        for load in due * (2 if number in TWICE else 1):
            runs.load_system(*load)
        boards.world.advance(DAYS_APART)
    return loaded


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_every_span_is_the_one_that_the_answers_allow(boards, monkeypatch):
    loaded = live_through(boards, monkeypatch)
    readings = boards.upstream.readings(loaded)
    with open_warehouse(boards.settings) as connection:
        connection.execute(
            f"""
            create temp view stg_boards__readings as {model_sql("stg_boards__readings")};
            create temp table posting_keys (posting_id varchar, company_key varchar,
                job_key varchar, place_key varchar, date_posted timestamptz);
            """
        )
        spans = connection.execute(
            "select job_id, span, posting_ids, absent_at, opened_at, last_seen_at, closed_at, "
            f"reopened from ({model_sql('job_spans')}) order by job_id, span"
        ).fetchall()
    assert spans == sorted(spans_of(readings, {}), key=lambda span: span[:2])
    outcomes = Counter(reading.outcome for reading in readings)
    assert min(outcomes[o] for o in ("whole", "empty", "short", "absent", "failed")) > 3, outcomes
    assert sum(span[6] is not None for span in spans) > 10
    shown = {posting for reading in readings for posting in reading.ids}
    stored = boards.rows("select posting_id from bronze.raw_job_postings group by all")
    assert {posting for (posting,) in stored} == shown
    (sums,) = boards.rows(
        "select (select sum(inserted + unchanged + rejected + filtered) from bronze.board_readings)"
        " = sum(inserted + unchanged + rejected + filtered), count(distinct load_id) = count(*), "
        "count(*) from bronze.loads"
    )
    assert sums == (True, True, len(loaded))
