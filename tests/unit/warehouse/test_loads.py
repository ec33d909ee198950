from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from include.errors import ReconciliationError, StagedFileError, WarehouseLockedError
from include.settings import Settings
from include.sources.record import Record
from include.staging.files import Manifest, stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import Ledger, hn_items, job_postings, load

MARCH = hn_items(dt.date(2016, 3, 1), 100)
STARTED = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def item(item_id: int, **fields: Any) -> Record:
    payload = {"id": item_id, "type": "comment", **fields}
    return Record.fetched(str(item_id), payload, json.dumps(payload))


def staged(
    settings: Settings, records: Iterable[Record], run: str = "r1", name: str = "c"
) -> Manifest:
    return stage(
        records, settings.staging_dir, source="hacker_news", partition="2016-03", run=run, name=name
    )


def loaded(settings: Settings, *records: Record, run: str = "r1", **more: Any) -> Ledger:
    manifest = staged(settings, records, run)
    return load(MARCH, [manifest], run_id=run, started_at=STARTED, settings=settings, **more)


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def counts(ledger: Ledger) -> tuple[int, int, int, int, int]:
    return ledger.expected, ledger.inserted, ledger.unchanged, ledger.rejected, ledger.missing


def test_first_load_inserts_everything(settings: Settings) -> None:
    ledger = loaded(settings, item(1), item(2, text="é 😀"))
    assert counts(ledger) == (2, 2, 0, 0, 0)
    stored = rows(
        settings, "select item_id, thread_id, month, payload ->> 'text' from bronze.raw_hn_items"
    )
    assert stored == [
        (1, 100, dt.date(2016, 3, 1), None),
        (2, 100, dt.date(2016, 3, 1), "é 😀"),
    ]


def test_month_read_again_adds_nothing(settings: Settings) -> None:
    loaded(settings, item(1), item(2))
    assert counts(loaded(settings, item(1), item(2), run="r2")) == (2, 0, 2, 0, 0)
    assert rows(settings, "select count(*) from bronze.raw_hn_items") == [(2,)]
    assert rows(settings, "select count(*) from bronze.loads") == [(2,)]


def test_order_of_keys_is_no_change(settings: Settings) -> None:
    loaded(settings, Record.fetched("1", {"id": 1, "by": "x"}, '{"id":1,"by":"x"}'))
    reordered = Record.fetched("1", {"by": "x", "id": 1}, '{"by":"x","id":1}')
    again = loaded(settings, reordered, run="r2")
    assert again.unchanged == 1


def test_edit_adds_a_version_and_keeps_the_old_one(settings: Settings) -> None:
    loaded(settings, item(1, text="a"))
    assert counts(loaded(settings, item(1, text="b"), run="r2")) == (1, 1, 0, 0, 0)
    # back to what it was: that is a version too
    assert counts(loaded(settings, item(1, text="a"), run="r3")) == (1, 1, 0, 0, 0)
    texts = rows(
        settings, "select payload ->> 'text' from bronze.raw_hn_items order by ingested_at"
    )
    assert texts == [("a",), ("b",), ("a",)]


def test_same_load_twice_is_one_load(settings: Settings) -> None:
    manifest = staged(settings, [item(1), item(2)])
    first, second = (
        load(MARCH, [manifest], run_id="r1", started_at=STARTED, settings=settings)
        for _ in range(2)
    )
    assert first == second
    assert rows(settings, "select count(*) from bronze.loads") == [(1,)]


def test_file_delivered_twice_counts_once(settings: Settings) -> None:
    manifest = staged(settings, [item(1), item(2)])
    ledger = load(MARCH, [manifest, manifest], run_id="r1", started_at=STARTED, settings=settings)
    assert counts(ledger) == (2, 2, 0, 0, 0)


def test_record_in_two_files_counts_once_and_the_good_one_wins(settings: Settings) -> None:
    good = staged(settings, [item(1), item(2)], name="a")
    bad = staged(settings, [Record.missing("1", "http_401", "no")], name="b")
    ledger = load(MARCH, [bad, good], run_id="r1", started_at=STARTED, settings=settings)
    assert counts(ledger) == (2, 2, 0, 0, 0)


def test_missing_and_rejected_are_counted_kept_and_named(settings: Settings) -> None:
    ledger = loaded(
        settings,
        item(1),
        Record.missing("2", "http_401", "refused"),
        Record.rejected("3", "malformed_json", "not JSON", "<html>"),
    )
    assert counts(ledger) == (3, 1, 0, 1, 1)
    kept = rows(
        settings,
        "select record_key, reason_code, payload, state from bronze.rejects order by record_key",
    )
    assert kept == [
        ("2", "http_401", None, "open"),
        ("3", "malformed_json", "<html>", "open"),
    ]


def test_reject_seen_again_is_the_same_reject(settings: Settings) -> None:
    for run in ("r1", "r2"):
        loaded(settings, item(1), Record.missing("2", "http_401", run), run=run)
    assert rows(
        settings, "select count(*), min(message), bool_and(last_seen_at > first_seen_at) "
        "from bronze.rejects"
    ) == [(1, "r2", True)]  # fmt: skip


def test_payload_that_is_no_json_is_rejected_at_the_load(settings: Settings) -> None:
    broken = Record("7", item(7).status, '{"id": 7,', "0" * 64)
    ledger = loaded(settings, item(1), broken)
    assert counts(ledger) == (2, 1, 0, 1, 0)
    assert rows(settings, "select reason_code from bronze.rejects") == [("invalid_json",)]


def test_load_with_too_much_bad_commits_nothing(settings: Settings) -> None:
    bad = [Record.missing(str(n), "http_401", "no") for n in range(2, 40)]
    with pytest.raises(ReconciliationError, match="38 of 39"):
        loaded(settings, item(1), *bad)
    assert rows(settings, "select count(*) from bronze.loads") == [(0,)]
    assert rows(settings, "select count(*) from bronze.raw_hn_items") == [(0,)]


def test_record_that_was_asked_for_and_is_in_no_file_stops_the_load(settings: Settings) -> None:
    with pytest.raises(ReconciliationError, match=r"1 requested records .* \['9'\]"):
        loaded(settings, item(1), expected_keys=["1", "9"])
    assert rows(settings, "select count(*) from bronze.raw_hn_items") == [(0,)]


def test_damaged_file_stops_the_load(settings: Settings) -> None:
    manifest = staged(settings, [item(1)])
    Path(manifest["path"]).write_bytes(b"rubbish")
    with pytest.raises(StagedFileError):
        load(MARCH, [manifest], run_id="r1", started_at=STARTED, settings=settings)


def test_clock_set_back_does_not_hide_the_newest_version(settings: Settings) -> None:
    loaded(settings, item(1, text="a"))
    with open_warehouse(settings) as connection:  # as if it had been loaded next year
        connection.execute(
            "update bronze.raw_hn_items set ingested_at = ingested_at + interval 1 year"
        )
    loaded(settings, item(1, text="b"), run="r2")
    newest = rows(
        settings, "select arg_max(payload ->> 'text', ingested_at) from bronze.raw_hn_items"
    )
    assert newest == [("b",)]
    assert loaded(settings, item(1, text="b"), run="r3").unchanged == 1


def test_another_month_of_the_same_item_is_its_own(settings: Settings) -> None:
    loaded(settings, item(1))
    april = hn_items(dt.date(2016, 4, 1), 200)
    manifest = staged(settings, [item(1)], run="r2")
    ledger = load(april, [manifest], run_id="r2", started_at=STARTED, settings=settings)
    assert ledger.inserted == 1


def test_board_postings_go_to_their_own_table(settings: Settings) -> None:
    manifest = staged(settings, [item(1)])
    target = job_postings("remotive", "2026-11-22")
    load(target, [manifest], run_id="r1", started_at=STARTED, settings=settings)
    assert rows(settings, "select source, posting_id from bronze.raw_job_postings") == [
        ("remotive", "1")
    ]


def test_locked_warehouse_names_the_file_and_the_next_step(
    settings: Settings, tmp_path: Path
) -> None:
    import subprocess
    import sys

    impatient = settings.model_copy(update={"warehouse_lock_wait_seconds": 0.2})
    loaded(settings, item(1))
    holder = subprocess.Popen(
        [sys.executable, "-c", "import duckdb, sys; c = duckdb.connect(sys.argv[1]);"
         "print('held', flush=True); sys.stdin.read()", settings.warehouse_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(WarehouseLockedError, match=f"PID {holder.pid}"):
            loaded(impatient, item(2), run="r2")
    finally:
        holder.communicate()
    assert loaded(settings, item(2), run="r2").inserted == 1


def test_failure_in_the_middle_of_a_load_changes_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(settings, item(1))
    monkeypatch.setattr(
        "include.warehouse.loads._write_ledger", lambda *_: (_ for _ in ()).throw(duckdb.Error("x"))
    )
    with pytest.raises(duckdb.Error):
        loaded(settings, item(2), run="r2")
    assert rows(settings, "select item_id from bronze.raw_hn_items") == [(1,)]
