"""The sister threads from the API to bronze: no author, no contact, no reply, no posting."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from include.errors import ThreadNotFoundError
from include.months import Month
from include.pipeline.replay import replay
from include.pipeline.seekers import KINDS, load_seekers, stage_seekers
from include.settings import Settings
from include.sources.hacker_news.seekers import kept
from include.sources.hacker_news.threads import ThreadKind, ThreadNotPublished
from include.sources.record import Reason, Record
from include.state.lock import MonthLocked, RunName
from include.warehouse.connection import open_warehouse
from include.warehouse.quarantine import Selection
from sample.server import Upstream
from sample.world import World

MONTH = "2025-09"
NOW = dt.datetime(2025, 10, 1, 0, 5, tzinfo=dt.UTC)


class Threads:
    """One upstream, one warehouse, runs one after another."""

    def __init__(self, upstream: Upstream, settings: Settings) -> None:
        self.upstream, self.world, self.settings = upstream, upstream.world, settings
        self._runs = iter(range(100))

    def read(self, kind: str, month: str = MONTH, now: dt.datetime = NOW) -> dict[str, Any]:
        run = RunName("hacker_news", f"run {next(self._runs)}")
        staged = stage_seekers(kind, KINDS, Month.parse(month), run, now, lambda _: True)
        return load_seekers(staged, run, now)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings) as warehouse:
            return warehouse.execute(sql).fetchall()

    def secrets(self) -> set[str]:
        truths = (self.world.seeker_truths(MONTH, kind) for kind in KINDS)
        return {secret for truth in truths for one in truth.values() for secret in one.secrets}

    def alive(self, kind: str = "wants") -> list[int]:
        truths = self.world.seeker_truths(MONTH, kind)
        return [key for key, truth in truths.items() if truth.side == "seeker"]


@pytest.fixture
def threads(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Threads]:
    world = World(seed=3, first_month=MONTH, last_month="2025-10", comments=4, seekers=16)
    upstream = Upstream(world)
    with upstream.serve() as url:
        connection = json.dumps({"conn_type": "http", "host": f"{url}/v0"})
        monkeypatch.setenv("AIRFLOW_CONN_HACKERNEWS_DEFAULT", connection)
        yield Threads(upstream, settings)


def test_nothing_that_names_a_person_is_stored_anywhere(threads: Threads) -> None:
    for kind in KINDS:
        ledger = threads.read(kind)
        assert ledger["expected"] == 17
        assert ledger["inserted"] == 17
    stored = "\n".join(
        value for (value,) in threads.rows("select payload::varchar from bronze.raw_hn_seekers")
    ).lower()
    files = [file for file in Path(threads.settings.data_dir).rglob("*") if file.is_file()]
    staged = [gzip.decompress(file.read_bytes()) for file in files if file.suffix == ".gz"]
    assert len(staged) == 2
    everything = stored + b"\n".join(staged).decode().lower()
    assert len(threads.secrets()) == 32
    assert [secret for secret in threads.secrets() if secret in everything] == []
    assert '"by": "' not in everything
    assert not re.search(r"010-0\d|171 555", everything)
    # nothing of them among the postings' items
    assert threads.rows("select count(*) from bronze.raw_hn_items") == [(0,)]


def test_only_changes_of_what_is_kept_are_new_versions(threads: Threads) -> None:
    threads.read("wants")
    assert threads.read("wants")["unchanged"] == 17
    contact, skill, deleted, vanished, *_ = threads.alive()
    world = threads.world
    text = world.item(contact)["text"]  # type: ignore[index]
    world.edit_comment(contact, text.replace("qx", "qy"))
    world.revise(contact, by="another", kids=[1, 2])
    world.edit_comment(skill, "Location: Oslo<p>Remote: No<p>Technologies: COBOL")
    world.delete_comment(deleted)
    world.make_null(vanished)
    ledger = threads.read("wants")
    assert (ledger["updated"], ledger["unchanged"]) == (3, 14)


def test_a_bad_answer_is_counted_without_its_content_and_replayed(threads: Threads) -> None:
    bad, *_ = threads.alive()
    threads.upstream.faults.unauthorized_items = frozenset((bad,))
    ledger = threads.read("wants")
    assert (ledger["missing"], ledger["inserted"]) == (1, 16)
    stored = threads.rows("select message, payload from bronze.rejects")
    assert stored == [(kept(_rejected()).message, None)]
    threads.upstream.faults.unauthorized_items = frozenset()
    outcome = replay(Selection(source="hacker_news_seekers"), NOW)
    assert (outcome.replayed, outcome.still_bad) == (1, 0)
    (text,) = threads.rows(
        f"select payload->>'text' from bronze.raw_hn_seekers where item_id = {bad}"
    )[0]
    assert not [secret for secret in threads.secrets() if secret in text.lower()]


def _rejected() -> Record:
    return Record.rejected("7", Reason.MALFORMED_JSON, "it begins '{by: qxada'", "{by: qxada")


def test_a_rejected_record_keeps_neither_text_nor_excerpt() -> None:
    record = kept(_rejected())
    assert (record.payload, record.reason) == (None, Reason.MALFORMED_JSON)
    assert "qxada" not in str(record)


def test_fields_that_no_reader_needs_are_dropped() -> None:
    item = {"id": 7, "type": "comment", "by": "qxada", "text": "hi", "kids": [8], "time": 9,
            "parent": "not an id", "title": "Ada", "about": {"email": "ada@x.example"}}  # fmt: skip
    payload = kept(Record.fetched("7", item, json.dumps(item))).payload
    assert json.loads(payload or "") == {"id": 7, "type": "comment", "text": "hi", "time": 9}


def test_a_month_is_read_when_it_is_over(threads: Threads) -> None:
    with pytest.raises(ThreadNotPublished, match="not over"):
        threads.read("wants", "2025-10", NOW)
    with pytest.raises(ThreadNotPublished, match="does not read"):
        stage_seekers("wants", ["hiring"], None, RunName("d", "r"), NOW, lambda _: True)
    run = RunName("hacker_news", "without a month")
    staged = stage_seekers("freelancer", KINDS, None, run, NOW, lambda _: True)
    assert staged["month"] == MONTH


def test_a_month_without_such_a_thread_is_named(threads: Threads) -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(ThreadNotFoundError, match="freelancer"):
        threads.read("freelancer", "2025-11", now)


def test_each_kind_and_month_has_a_lock_of_its_own(threads: Threads) -> None:
    first, second = RunName("hacker_news", "first"), RunName("hacker_news", "second")
    month, now = Month.parse(MONTH), dt.datetime.now(dt.UTC)
    stage_seekers("wants", KINDS, month, first, now, lambda _: True)
    with pytest.raises(MonthLocked):
        stage_seekers("wants", KINDS, month, second, now, lambda _: True)
    stage_seekers(ThreadKind.FREELANCER, KINDS, month, second, now, lambda _: True)
