from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from include.errors import SourceUnavailableError
from include.pipeline import replay as module
from include.pipeline.replay import Outcome, code_version, replay
from include.postings.model import IngestionQuery
from include.settings import Settings, get_settings
from include.sources import page_reader
from include.sources.page_reader import PageReader
from include.sources.record import Reason, Record
from include.sources.registry import board
from include.sources.source import Page, UnreadableRecordError
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import BronzeTable, hn_items, job_postings, load
from include.warehouse.quarantine import Reject, Selection, State, list_rejects
from sample.faults import Faults
from sample.server import serve
from sample.world import World

NOW = dt.datetime(2026, 6, 20, tzinfo=dt.UTC)
EVERYTHING = Selection()


@dataclass
class Home:
    """One warehouse, one upstream."""

    settings: Settings
    world: World
    faults: Faults
    runs: Iterator[int] = field(default_factory=lambda: iter(range(100)))

    def load(self, target: BronzeTable, records: list[Record]) -> None:
        run = f"run {next(self.runs)}"
        manifest = stage(
            records, self.settings.staging_dir, source=target.source,
            partition=target.partition, run=run, name="all",
        )  # fmt: skip
        load(target, [manifest], run_id=run, started_at=NOW, settings=self.settings)

    @property
    def thread(self) -> int:
        return self.world.threads("2026-05").thread_id

    def read_month(self) -> None:
        with module.hacker_news(self.settings) as source:
            records = list(source.walk([self.thread]))
        self.load(hn_items(dt.date(2026, 5, 1), self.thread), records)

    def read_board(self, values: list[Any] | None = None, **query: Any) -> None:
        asked = IngestionQuery(location="Anywhere", **{"days": 90, "max_results": 10_000, **query})
        context: Any = _Desk(asked, self.settings)
        reader = PageReader(board("remotive"), context)
        shown = self.world.records("remotive") if values is None else values
        reader.read([Page([(value, json.dumps(value)) for value in shown])])
        context = {"query": asked.model_dump(mode="json"), "now": NOW.isoformat()}
        target = job_postings("remotive", "2026-06-20", context)
        self.load(target, list(reader.records.values()))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings) as connection:
            return connection.execute(sql).fetchall()

    def latest(self) -> list[tuple[Any, ...]]:
        """The newest version of every record, whenever it came."""
        return self.rows(
            """
            select item_id::varchar, thread_id, month::varchar, arg_max(payload_hash, ingested_at)
            from bronze.raw_hn_items group by all
            union all
            select posting_id, 0, source, arg_max(payload_hash, ingested_at)
            from bronze.raw_job_postings group by all
            order by all
            """
        )

    def rejects(self, state: State | None = State.OPEN) -> list[Reject]:
        with open_warehouse(self.settings) as connection:
            return list_rejects(connection, Selection(state=state))

    def replay(self) -> Outcome:
        return replay(EVERYTHING, dt.datetime.now(dt.UTC), self.settings)


@dataclass
class _Desk:
    query: IngestionQuery
    settings: Settings
    now: dt.datetime = NOW


Open = Callable[[str], Home]


@pytest.fixture
def home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open warehouses of one world each; the connection leads to the newest one's upstream."""
    served = []

    def open_home(name: str) -> Home:
        world = World(
            seed=3, first_month="2026-05", last_month="2026-05", comments=40, jobs=120,
            today=NOW.date(),
        )  # fmt: skip
        faults = Faults()
        server = serve(world, faults)
        url = server.__enter__()
        served.append(server)
        monkeypatch.setenv("AIRFLOW_CONN_HACKERNEWS_DEFAULT", json.dumps({"host": f"{url}/v0"}))
        monkeypatch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "1")
        monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path / name))
        get_settings.cache_clear()
        return Home(get_settings(), world, faults)

    yield open_home
    for server in served:
        server.__exit__(None, None, None)


def refused(home: Home) -> tuple[int, int]:
    """A comment with replies, and one without."""
    roots = [block.root for block in home.world.blocks("2026-05")]
    replied = [key for key in roots if (home.world.item(key) or {}).get("kids")]
    return replied[0], next(key for key in roots if key not in replied)


@pytest.fixture
def clumsy(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Yesterday's code, which could not read each fifth record; False: today's."""
    genuine = page_reader.to_posting
    calls = iter(range(10_000))

    def to_posting(*arguments: Any) -> Any:
        if next(calls) % 5 == 0:
            raise UnreadableRecordError(Reason.INVALID_POSTING, "yesterday's code")
        return genuine(*arguments)

    def be(clumsy: bool) -> None:
        monkeypatch.setattr(page_reader, "to_posting", to_posting if clumsy else genuine)

    return be


def test_replayed_world_equals_one_that_came_well_at_once(
    home: Open, clumsy: Callable[[bool], None]
) -> None:
    well = home("well")
    well.read_month()
    well.read_board()
    badly = home("badly")
    badly.faults.unauthorized_items = frozenset(refused(badly))
    badly.read_month()
    clumsy(True)
    # such a share of bad records is of a code's fault: somebody has allowed it
    badly.settings = badly.settings.model_copy(update={"max_error_ratio": 1.0})
    badly.read_board()
    clumsy(False)
    assert len(badly.latest()) < len(well.latest())
    assert len(badly.rejects()) > 2

    badly.faults.unauthorized_items = frozenset()
    outcome = badly.replay()

    assert badly.latest() == well.latest()
    assert badly.rejects() == []
    assert (outcome.tried, outcome.still_bad) == (outcome.replayed, 0)
    assert {ledger.source for ledger in outcome.loads} == {"hacker_news", "remotive"}
    closed = {str(reject.closed_by) for reject in badly.rejects(State.REPLAYED)}
    assert closed == {ledger.load_id for ledger in outcome.loads}


def test_same_replay_again_changes_nothing(home: Open) -> None:
    here = home("here")
    here.faults.unauthorized_items = frozenset(refused(here))
    here.read_month()
    here.faults.unauthorized_items = frozenset()
    here.replay()
    loads = here.rows("select * from bronze.loads order by all")
    payloads = here.rows("select count(*) from bronze.raw_hn_items")
    assert here.replay() == Outcome()
    assert here.rows("select * from bronze.loads order by all") == loads
    assert here.rows("select count(*) from bronze.raw_hn_items") == payloads


@pytest.mark.parametrize("place", ["load", "_note_rest"])
def test_replay_that_was_killed_is_the_same_replay(
    home: Open, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    here = home("here")
    first, second = refused(here)
    here.faults.unauthorized_items = frozenset({first, second})
    here.read_month()
    here.faults.unauthorized_items = frozenset({second})
    with monkeypatch.context() as patch:
        patch.setattr(module, place, lambda *_, **__: _raise(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            here.replay()
    outcome = here.replay()
    assert outcome.still_bad == 1
    assert len(here.rows("select * from bronze.loads where run_id like 'replay__%'")) == 1
    assert [reject.record_key for reject in here.rejects()] == [str(second)]
    # what the killed one had staged is what was loaded, or was loaded by itself
    staged = {path.name for path in here.settings.staging_dir.rglob("replay__*/*.gz")}
    assert len(staged) == 1


def test_what_is_still_bad_stays_open_and_is_noted(home: Open) -> None:
    here = home("here")
    here.faults.unauthorized_items = frozenset(refused(here))
    here.read_month()
    here.read_board([{"id": 5, "title": ""}])
    before = {reject.record_key: reject for reject in here.rejects()}
    outcome = here.replay()
    assert (outcome.tried, outcome.replayed, outcome.still_bad) == (3, 0, 3)
    assert outcome.loads == ()
    for reject in here.rejects():
        assert reject.tried_version == code_version()
        was = before[reject.record_key]
        # only the source's items were asked for, and so seen, again
        assert (reject.last_seen_at > was.last_seen_at) is (reject.source == "hacker_news")
    assert replay(Selection(not_attempted_by=code_version()), NOW, here.settings) == Outcome()


def test_record_that_its_run_did_not_ask_for_is_closed_without_a_row(
    home: Open, clumsy: Callable[[bool], None]
) -> None:
    here = home("here")
    record = here.world.records("remotive")[-1]
    clumsy(True)
    here.read_board([record], days=1)  # by that run's clock it was too old
    clumsy(False)
    outcome = here.replay()
    assert (outcome.replayed, outcome.filtered) == (0, 1)
    assert here.rows("select count(*) from bronze.raw_job_postings") == [(0,)]
    (closed,) = here.rejects(None)
    assert (closed.state, closed.note) == (State.REPLAYED, "filtered: age")


def test_older_payload_does_not_replace_a_newer_version(
    home: Open, clumsy: Callable[[bool], None]
) -> None:
    here = home("here")
    record = {k: v for k, v in here.world.records("remotive")[0].items() if k != "id"}
    clumsy(True)
    here.read_board([record])  # nameless: no later load can know that it is the same
    clumsy(False)
    here.read_board([{**record, "title": "Newer title"}])
    latest = here.latest()
    assert len(here.rejects()) == 1
    outcome = here.replay()
    assert (outcome.superseded, outcome.replayed, outcome.loads) == (1, 0, ())
    assert here.latest() == latest
    (closed,) = here.rejects(None)
    newest = here.rows("select arg_max(load_id, ingested_at) from bronze.raw_job_postings")
    assert (closed.state, closed.closed_by) == (State.REPLAYED, newest[0][0])


def test_kept_answer_that_can_be_read_by_now_brings_its_replies(home: Open) -> None:
    well = home("well")
    well.read_month()
    here = home("here")
    root, _ = refused(here)
    target = hn_items(dt.date(2026, 5, 1), here.thread)
    family = {str(key) for key in here.world.family(root)}
    with module.hacker_news(here.settings) as source:
        records = {record.key: record for record in source.walk([here.thread])}
    kept = records[str(root)].payload or ""
    bad = Record.rejected(str(root), Reason.UNEXPECTED_SHAPE, "yesterday's code", kept)
    here.load(target, [*(r for key, r in records.items() if key not in family), bad])
    here.faults.unauthorized_items = frozenset({root})  # it need not be asked for
    assert here.replay().replayed == 1
    assert here.latest() == well.latest()


def test_source_that_does_not_answer_leaves_all_open(home: Open) -> None:
    here = home("here")
    here.faults.unauthorized_items = frozenset(refused(here))
    here.read_month()
    here.faults.fail_every = 1
    with pytest.raises(SourceUnavailableError):
        here.replay()
    assert {reject.tried_version for reject in here.rejects()} == {None}


def test_closing_also_takes_the_records_other_reasons(home: Open) -> None:
    here = home("here")
    target = hn_items(dt.date(2026, 5, 1), here.thread)
    key = str(refused(here)[0])
    here.load(target, [Record.rejected(key, Reason.MALFORMED_JSON, "cut off", '{"id":')])
    here.load(target, [Record.missing(key, Reason.HTTP_401, "refused")])
    outcome = here.replay()
    assert (outcome.tried, outcome.replayed) == (1, 1)
    assert here.rejects() == []


def _raise(error: type[BaseException]) -> None:
    raise error


def test_job_whose_link_is_still_another_ones_stays_open(home: Open) -> None:
    here = home("a")
    one = {"id": 9, "url": "https://acme.example/careers", "title": "A", "company_name": "Acme"}
    here.read_board([one, {**one, "id": 10, "title": "B"}])
    outcome = here.replay()
    assert (outcome.replayed, outcome.superseded, outcome.still_bad) == (0, 0, 1)
    open_ones = "select reason_code, payload ->> 'id' from bronze.rejects where state = 'open'"
    assert here.rows(open_ones) == [("same_link", "10")]


def test_job_whose_link_is_its_own_by_todays_rule_is_replayed(
    home: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = home("a")
    one = {"id": 9, "url": "https://acme.example/#/9", "title": "A", "company_name": "Acme"}
    with monkeypatch.context() as yesterday:
        yesterday.setattr("include.sources.normalise.canonical_url", lambda url: url.split("#")[0])
        here.read_board([one, {**one, "id": 10, "url": "https://acme.example/#/10"}])
    assert here.replay().replayed == 1
    assert not here.rejects()
    assert here.rows("select count(distinct posting_id) from bronze.raw_job_postings") == [(2,)]
