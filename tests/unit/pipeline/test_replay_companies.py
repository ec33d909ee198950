"""Replay of a company's record: read as its board's."""

from __future__ import annotations

import datetime as dt
import json

from include.pipeline.replay import replay
from include.settings import Settings
from include.sources.record import Reason, Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import company_postings, load
from include.warehouse.quarantine import Selection, list_rejects
from tests.unit.sources.companies import ANSWERS

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def test_a_companys_record_is_replayed_with_its_board(settings: Settings) -> None:
    text = json.dumps(ANSWERS["recruitee"]["offers"][0])
    record = Record.rejected("k", Reason.READER_FAILED, "an earlier reader", text, board="acorn")
    # On two days: the second one updates the reject.
    for day in ("2026-11-20", "2026-11-21"):
        manifest = stage(
            [record], settings.staging_root, source="recruitee", partition=day, run=day, name="1"
        )
        load(company_postings("recruitee", day), [manifest], run_id=day, started_at=NOW)
    with open_warehouse(settings) as connection:
        (reject,) = list_rejects(connection, Selection())
    assert reject.context == {"board": "acorn"}
    # Another key: the earlier reader did not know the record's id.
    assert replay(Selection(source="recruitee"), NOW).replayed == 1
    with open_warehouse(settings) as connection:
        stored = connection.execute(
            "select board, payload ->> 'mailbox_email' from bronze.raw_job_postings"
        ).fetchall()
        assert stored == [("acorn", None)]
