from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from include.errors import ConfigurationError
from include.settings import Settings
from include.sources.record import Reason, Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse, transaction
from include.warehouse.loads import BronzeTable, Ledger, hn_items, job_postings, load
from include.warehouse.quarantine import (
    Selection,
    State,
    dismiss,
    find_reject,
    list_rejects,
    mark_attempted,
)

MARCH = hn_items(dt.date(2016, 3, 1), 100)
BOARD = job_postings("remotive", "2026-11-22", {"query": {"days": 30}})
STARTED = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
REFUSED = Record.missing("2", Reason.HTTP_401, "refused")


def good(key: str, **payload: Any) -> Record:
    return Record.fetched(key, payload, json.dumps(payload))


def loaded(
    settings: Settings, target: BronzeTable, *records: Record, run: str, **more: Any
) -> Ledger:
    manifest = stage(
        records,
        settings.staging_dir,
        source=target.source,
        partition=target.partition,
        run=run,
        name="part",
    )
    return load(target, [manifest], run_id=run, started_at=STARTED, settings=settings, **more)


def rejects(settings: Settings, **selection: Any) -> list[tuple[str, str, State]]:
    with open_warehouse(settings, read_only=True) as connection:
        found = list_rejects(connection, Selection(**selection))
    return [(reject.record_key, reject.reason_code, reject.state) for reject in found]


def test_reject_knows_where_it_came_from(settings: Settings) -> None:
    ledger = loaded(settings, MARCH, REFUSED, run="r1")
    with open_warehouse(settings, read_only=True) as connection:
        (reject,) = list_rejects(connection, Selection())
        assert find_reject(connection, reject.reject_id[:4]) == reject
    assert (reject.partition, reject.context) == ("2016-03", {"thread_id": 100})
    assert (str(reject.load_id), reject.state) == (ledger.load_id, State.OPEN)


def test_id_is_of_the_record_and_its_reason_alone(settings: Settings) -> None:
    april = hn_items(dt.date(2016, 4, 1), 200)
    for target, run in ((MARCH, "r1"), (april, "r2")):
        loaded(settings, target, REFUSED, run=run)
    loaded(settings, MARCH, Record.rejected("2", Reason.MALFORMED_JSON, "no", "{"), run="r3")
    with open_warehouse(settings, read_only=True) as connection:
        found = list_rejects(connection, Selection())
    assert [reject.reason_code for reject in found] == ["malformed_json", "http_401"]
    assert len({reject.reject_id for reject in found}) == 2
    assert found[1].partition == "2016-04"  # where it was last seen


@pytest.mark.parametrize("prefix", ["", "zzzz"])
def test_id_that_names_no_single_reject_is_refused(settings: Settings, prefix: str) -> None:
    loaded(settings, MARCH, REFUSED, run="r1")
    with (
        open_warehouse(settings, read_only=True) as connection,
        pytest.raises(ConfigurationError, match="rejects list"),
    ):
        find_reject(connection, prefix)


def test_item_that_comes_well_later_is_closed_by_that_load(settings: Settings) -> None:
    loaded(settings, MARCH, REFUSED, Record.missing("3", Reason.HTTP_401, "no"), run="r1")
    ledger = loaded(settings, MARCH, good("2", id=2), run="r2")
    assert rejects(settings, state=State.OPEN) == [("3", "http_401", State.OPEN)]
    with open_warehouse(settings, read_only=True) as connection:
        (closed,) = list_rejects(connection, Selection(state=State.REPLAYED))
    assert (closed.record_key, str(closed.closed_by)) == ("2", ledger.load_id)


def test_tombstone_and_unchanged_record_close_it_too(settings: Settings) -> None:
    loaded(settings, MARCH, good("2", id=2), run="r0")
    loaded(settings, MARCH, REFUSED, Record.missing("3", Reason.HTTP_401, "no"), run="r1")
    loaded(settings, MARCH, good("2", id=2), Record.tombstone("3", {"id": 3}), run="r2")
    assert rejects(settings, state=State.OPEN) == []


@pytest.mark.parametrize("field", ["id", "slug", "guid"])
def test_board_record_is_known_again_by_the_id_it_bears(settings: Settings, field: str) -> None:
    bad = Record.rejected(f"{field}:77", Reason.NO_TITLE, "no title", "{}")
    other = Record.rejected(f"{field}:78", Reason.NO_TITLE, "no title", "{}")
    loaded(settings, BOARD, bad, other, run="r1")
    loaded(settings, BOARD, good("a1b2", title="t", **{field: 77}), run="r2")
    assert rejects(settings, state=State.OPEN) == [(f"{field}:78", "no_title", State.OPEN)]


def test_record_that_came_well_and_badly_in_one_load_is_closed(settings: Settings) -> None:
    bad = Record.rejected("id:77", Reason.NO_TITLE, "no title", "{}")
    loaded(settings, BOARD, bad, good("a1b2", id=77), run="r1")
    assert rejects(settings) == [("id:77", "no_title", State.REPLAYED)]


def test_another_sources_record_of_the_same_key_closes_nothing(settings: Settings) -> None:
    loaded(settings, job_postings("himalayas", "d"), REFUSED, run="r1")
    loaded(settings, BOARD, good("2", id=2), run="r2")
    assert rejects(settings, state=State.OPEN) == [("2", "http_401", State.OPEN)]


def test_record_bad_again_after_it_came_well_is_a_new_row(settings: Settings) -> None:
    loaded(settings, MARCH, REFUSED, run="r1")
    loaded(settings, MARCH, good("2", id=2), run="r2")
    loaded(settings, MARCH, REFUSED, run="r3")
    assert sorted(state for _, _, state in rejects(settings)) == [State.OPEN, State.REPLAYED]


def test_dismissed_record_stays_so_when_it_is_seen_again(settings: Settings) -> None:
    loaded(settings, MARCH, REFUSED, run="r1")
    with open_warehouse(settings) as connection, transaction(connection):
        (before,) = list_rejects(connection, Selection())
        assert dismiss(connection, [before.reject_id], "removed by its author") == 1
        assert dismiss(connection, [before.reject_id], "twice") == 0
    loaded(settings, MARCH, REFUSED, run="r2")
    with open_warehouse(settings, read_only=True) as connection:
        (after,) = list_rejects(connection, Selection())
    assert (after.state, after.note) == (State.DISMISSED, "removed by its author")
    assert after.last_seen_at > before.last_seen_at


def test_failed_load_closes_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(settings, MARCH, REFUSED, run="r1")
    monkeypatch.setattr("include.warehouse.loads._write_ledger", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        loaded(settings, MARCH, good("2", id=2), run="r2")
    assert rejects(settings) == [("2", "http_401", State.OPEN)]


def test_replay_closes_what_it_names_with_its_note(settings: Settings) -> None:
    bad = Record.rejected("nameless:1", Reason.NO_TITLE, "no title", "{}")
    loaded(settings, BOARD, bad, REFUSED, run="r1")
    with open_warehouse(settings, read_only=True) as connection:
        ids = {r.record_key: r.reject_id for r in list_rejects(connection, Selection())}
    loaded(settings, BOARD, good("x"), run="r2", replayed={ids["nameless:1"]: "filtered: age"})
    with open_warehouse(settings, read_only=True) as connection:
        (closed,) = list_rejects(connection, Selection(state=State.REPLAYED))
    assert (closed.record_key, closed.note) == ("nameless:1", "filtered: age")
    assert rejects(settings, state=State.OPEN) == [("2", "http_401", State.OPEN)]


def test_tried_record_is_selected_again_only_by_other_code(settings: Settings) -> None:
    loaded(settings, MARCH, REFUSED, run="r1")
    assert len(rejects(settings, not_attempted_by="v1")) == 1
    with open_warehouse(settings) as connection, transaction(connection):
        (before,) = list_rejects(connection, Selection())
        mark_attempted(connection, [before.reject_id], "v1", seen=[])
        (after,) = list_rejects(connection, Selection())
    assert after.last_seen_at == before.last_seen_at
    assert rejects(settings, not_attempted_by="v1") == []
    assert len(rejects(settings, not_attempted_by="v2")) == 1


def test_ledger_names_the_files_it_was_loaded_from(settings: Settings) -> None:
    loaded(settings, MARCH, good("1", id=1), run="manual__2026-11-22T09:00:00+00:00")
    with open_warehouse(settings, read_only=True) as connection:
        ((files,),) = connection.execute("select files from bronze.loads").fetchall()
    (path,) = settings.staging_dir.rglob("*.ndjson.gz")
    assert files == [path.relative_to(settings.staging_dir).as_posix()]
