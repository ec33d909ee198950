from __future__ import annotations

import datetime as dt
import json

import pytest

from include.errors import (
    ConfigurationError,
    MalformedAnswerError,
    ReconciliationError,
)
from include.http.transport import Transport
from include.pipeline import job_boards
from include.settings import Settings
from include.sources.source import SourceSkipped
from sample.board_records import record_id
from sample.boards import BOARDS, DEFECTS
from sample.world import World
from tests.unit.pipeline.board_runs import NOW, adds_up


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
@pytest.mark.parametrize(
    "source",
    ["arbeitnow", *(pytest.param(s, marks=pytest.mark.slow) for s in ("himalayas", "theirstack"))],
)
def test_faults_that_pass_lose_and_double_nothing(start, source, faults):
    runs = start(World(jobs=400, today=NOW.date()), **faults)
    summary = runs.whole(source)
    assert summary["inserted"] == len(runs.upstream.world.listings(source))
    assert sum(runs.upstream.faulted.values()) > 0
    assert adds_up(summary)


@pytest.mark.parametrize("paging", ["duplicated", "overlapping"])
@pytest.mark.parametrize("source", ["arbeitnow", "himalayas"])
def test_a_record_on_two_pages_is_one_record(start, source, paging):
    runs = start(World(jobs=400, today=NOW.date()), paging=paging)
    summary = runs.whole(source)
    assert summary["inserted"] == len(runs.upstream.world.listings(source))
    assert summary["repeated"] > 0
    assert adds_up(summary)


@pytest.mark.parametrize("source", ["arbeitnow", "himalayas"])
def test_what_a_shrinking_list_hides_comes_with_the_next_run(start, source):
    runs = start(World(jobs=400, today=NOW.date()), paging="shrinking")
    listed = len(runs.upstream.world.listings(source))
    first = runs.whole(source)
    assert listed * 0.9 < first["served"] < listed
    assert adds_up(first)
    runs.upstream.faults.update({"paging": "stable"})
    assert runs.whole(source)["inserted"] == listed - first["inserted"]


def test_records_too_large_are_rejected_and_kept_with_the_reason(start, monkeypatch):
    monkeypatch.setenv("TECHPULSE_MAX_RECORD_BYTES", "20000")
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
    assert "limit of 20000" in message
    assert size > 20_000


def test_a_limit_of_five_megabytes_is_the_default():
    assert Settings().max_record_bytes == 5_000_000


def test_hostile_records_are_read_or_rejected_and_counted(start, monkeypatch):
    monkeypatch.setenv("TECHPULSE_ERROR_ALLOWANCE_RECORDS", "20")
    runs = start(World(jobs=200, today=NOW.date(), hostile=11))
    for source in BOARDS:
        summary = runs.whole(source)
        assert adds_up(summary)
        assert summary["served"] == len(runs.upstream.world.listings(source))
    codes = dict(runs.rows("select reason_code, count(*) from bronze.rejects group by 1"))
    assert codes == {"too_large": 4, "invalid_unicode": 4}


def test_an_answer_without_its_list_fails_the_source_and_loads_nothing(start, monkeypatch):
    runs = start()
    monkeypatch.setattr(Transport, "_read", lambda *_: b'{"data": {"jobs": []}}')
    with pytest.raises(MalformedAnswerError, match="no list of 'jobs'"):
        runs.whole("himalayas")


def test_a_load_with_too_many_bad_records_is_not_committed(start, monkeypatch):
    monkeypatch.setenv("TECHPULSE_ERROR_ALLOWANCE_RECORDS", "0")
    runs = start(World(jobs=100, today=NOW.date(), malformed=60))
    with pytest.raises(ReconciliationError, match="rejected"):
        runs.whole("arbeitnow")
    assert runs.held("arbeitnow") == set()


@pytest.mark.parametrize("source", BOARDS)
def test_a_query_filters_here_whatever_the_server_does(start, source):
    runs = start(World(jobs=300, today=NOW.date()))
    wanted = {"role": "backend", "level": "any", "days": 30}
    summary = runs.whole(source, **wanted)
    assert adds_up(summary)
    assert 0 < summary["inserted"] < len(runs.upstream.world.listings(source))
    assert summary["filtered"] > 0
    refs = runs.rows("select filtered, expected, fetched, missing from bronze.loads")
    assert refs == [(summary["filtered"], summary["inserted"], summary["inserted"], 0)]


@pytest.mark.parametrize("source", BOARDS)
def test_no_more_is_loaded_than_wanted(start, source):
    runs = start(World(jobs=400, today=NOW.date()))
    summary = runs.whole(source, max_results=30)
    assert summary["inserted"] == 30
    assert adds_up(summary)
    assert summary["served"] <= max(100, len(runs.upstream.world.listings("remotive")))


def test_reading_stops_where_all_is_too_old(start):
    runs = start(World(jobs=300, today=NOW.date()))
    summary = runs.whole("himalayas", days=10)
    listed = len(runs.upstream.world.listings("himalayas"))
    assert 0 < summary["inserted"] < listed / 3
    assert summary["served"] < summary["inserted"] + 60


def test_a_list_that_never_ends_is_left_at_the_limit_of_pages(start, monkeypatch):
    monkeypatch.setattr("include.sources.page_reader.MAX_PAGES", 2)
    runs = start(World(jobs=400, today=NOW.date()))
    summary = runs.whole("himalayas")
    assert summary["served"] == 40
    assert "2 pages" in summary["notes"][0]


def test_the_real_answer_loads_whole(start, shared_data, monkeypatch):
    runs = start()
    body = (shared_data / "remotive" / "remote-jobs.json").read_text()
    monkeypatch.setattr(Transport, "_read", lambda *_: body.encode())
    runs.now = dt.datetime(2026, 7, 17, tzinfo=dt.UTC)
    summary = runs.whole("remotive")
    count = len(json.loads(body)["jobs"])
    assert (summary["served"], summary["inserted"]) == (count, count)
    stored = {json.loads(row[0])["id"]: json.loads(row[0]) for row in
              runs.rows("select payload from bronze.raw_job_postings")}  # fmt: skip
    assert stored == {job["id"]: job for job in json.loads(body)["jobs"]}


# The run ------------------------------------------------------------------------------------------


def test_a_source_that_is_not_wanted_is_skipped(start):
    with pytest.raises(SourceSkipped, match="not among"):
        start().whole("remotive", sources=["himalayas"])


@pytest.mark.parametrize("changes", [{"location": "  "}, {"days": 0}, {"role": "chef"}])
def test_parameters_that_make_no_query_are_refused(start, changes):
    with pytest.raises(ConfigurationError, match="not a valid query"):
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
