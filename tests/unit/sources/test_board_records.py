from __future__ import annotations

import datetime as dt
import json
import re

import jsonschema
import pytest

from include.errors import ConfigurationError
from include.postings.model import IngestionQuery, JobPosting, posting_id
from include.postings.result import Salary
from include.sources import fields, links, registry
from include.sources.boards import board_names
from include.sources.boards.theirstack import filters_of, query_key
from include.sources.filters import filter_reason
from include.sources.normalise import to_posting
from include.sources.source import Attribution, UnreadableRecordError
from sample.board_records import canonical_url, record_id
from sample.boards import BOARDS, DEFECTS
from sample.world import World

NOW = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def world():
    return World(jobs=400, today=NOW.date(), malformed=len(DEFECTS))


def test_every_file_of_the_folder_is_a_source():
    assert board_names() == ("arbeitnow", "himalayas", "remotive", "theirstack")
    assert [registry.board(name).name for name in board_names()] == list(board_names())


def test_an_unknown_source_is_named_with_those_that_there_are():
    with pytest.raises(ConfigurationError, match=r"remotive, theirstack.*") as caught:
        registry.board("monster")
    assert caught.value.record == "monster"


def test_every_source_says_whom_to_name():
    assert registry.attribution_of("remotive") == Attribution("Remotive", "https://remotive.com/")
    for name in ("hacker_news", *board_names()):
        assert registry.attribution_of(name).url.startswith("https://")
    assert registry.attribution_of("gone") == Attribution("gone", "")


@pytest.mark.parametrize("board", BOARDS)
def test_a_record_becomes_a_posting_of_the_contract(world, board):
    source = registry.board(board)
    for entry in world.listings(board):
        if entry.defect:
            continue
        payload = world.record(entry)
        before = json.dumps(payload)
        posting, remote = to_posting(source, payload, NOW)
        assert JobPosting.model_validate(posting.model_dump()) == posting
        assert posting.title.startswith(entry.job.title)
        assert posting.company == entry.truth.company
        assert posting.date_posted is not None
        assert posting.date_posted.tzinfo is not None
        assert posting.date_posted.date() == entry.job.posted_at.date()
        assert links.canonical_url(posting.url) == canonical_url(board, entry.job)
        assert posting.url in payload.values()
        assert posting.raw == payload
        assert json.dumps(payload) == before
        assert (remote == "remote") == (entry.truth.remote == "remote"), entry.truth


@pytest.mark.parametrize("board", BOARDS)
def test_an_id_is_made_of_source_and_url_and_outlives_tracking_parameters(board):
    world = World(jobs=300, today=NOW.date())
    source, ids = registry.board(board), []
    for _ in range(2):
        listed = {record_id(board, e.job): world.record(e) for e in world.listed(board)}
        ids.append({key: to_posting(source, value, NOW)[0].id for key, value in listed.items()})
        world.advance()
    common = ids[0].keys() & ids[1].keys()
    assert common
    assert all(ids[0][key] == ids[1][key] for key in common)
    entry = world.listings(board)[0]
    posting = to_posting(source, world.record(entry), NOW)[0]
    assert posting.id == posting_id(board, canonical_url(board, entry.job))


@pytest.mark.parametrize("board", BOARDS)
def test_a_defective_record_is_refused_only_where_no_posting_can_be_made(world, board):
    source, reasons = registry.board(board), {}
    for entry in world.listings(board):
        value = world.record(entry)
        if entry.defect and isinstance(value, dict):
            try:
                reasons[entry.defect] = to_posting(source, value, NOW)[0]
            except UnreadableRecordError as error:
                reasons[entry.defect] = error.reason
    assert reasons.pop("no_title") == reasons.pop("title_is_list") == "no_title"
    assert reasons["bad_date"].date_posted is None
    assert reasons["no_url"].url


def test_a_posting_without_a_page_is_named_by_its_source_and_id():
    payload = {"id": 7, "title": "Engineer", "url": None}
    assert to_posting(registry.board("remotive"), payload, NOW)[0].url == "remotive://7"


def test_a_record_without_url_and_id_is_no_posting():
    with pytest.raises(UnreadableRecordError, match="neither"):
        to_posting(registry.board("arbeitnow"), {"title": "Engineer"}, NOW)


@pytest.mark.parametrize(("board", "least"), [("himalayas", 1.0), ("theirstack", 1.0),
                                             ("remotive", 0.9)])  # fmt: skip
def test_stated_salaries_are_the_true_ones(world, board, least):
    source, right = registry.board(board), []
    for entry in world.listings(board):
        true = entry.truth.salary
        if entry.defect or true is None:
            continue
        stated = source.parse(world.record(entry)).salary
        assert stated is not None
        if stated.period == true.period:
            right.append((stated.min, stated.max, stated.currency)
                         == (true.min, true.max, true.currency))  # fmt: skip
    assert len(right) > 10
    assert sum(right) / len(right) >= least


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-07-16T13:28:02", dt.datetime(2026, 7, 16, 13, 28, 2, tzinfo=dt.UTC)),
        ("2026-07-16", dt.datetime(2026, 7, 16, tzinfo=dt.UTC)),
        ("2026-07-16T13:28:02+02:00", dt.datetime(2026, 7, 16, 11, 28, 2, tzinfo=dt.UTC)),
        ("soon", None),
        (None, None),
        (17, None),
    ],
)
def test_dates_have_a_zone_or_are_null(value, moment):
    assert fields.iso_timestamp(value) == moment


def test_unix_times_are_read_in_seconds_and_in_milliseconds():
    moment = dt.datetime(2026, 7, 16, tzinfo=dt.UTC)
    assert fields.unix_timestamp(moment.timestamp()) == moment
    assert fields.unix_timestamp(moment.timestamp() * 1000) == moment
    assert [fields.unix_timestamp(value) for value in (True, 5, "1", None, -1e12)] == [None] * 5


def test_salaries_are_numbers_with_currency_and_period_or_nothing():
    assert fields.salary_between(50, 60.0, "EUR", "hour") == Salary(50, 60, "EUR", "hour")
    assert fields.salary_between(7e4, None, "USD", "year") == Salary(70_000, 70_000, "USD", "year")
    for values in ((None, None, "USD", "year"), (1, 2, "dollars", "year"), (1, 2, "USD", "weekly"),
                   (0, 9, "USD", "year"), (True, 2, None, "year")):  # fmt: skip
        assert fields.salary_between(*values) is None
    assert fields.salary_in_words("$150k - $230k") == Salary(150_000, 230_000, "USD", "year")
    assert fields.salary_in_words("competitive") is None


def posting(**changes):
    values = {
        "id": "0" * 32, "source": "x", "url": "https://a.example", "title": "t", "company": "c",
        "retrieved_at": NOW, "description_raw": "", "raw": {},
    }  # fmt: skip
    return JobPosting(**{**values, **changes})


@pytest.mark.parametrize(
    ("wanted", "location", "remote", "passes"),
    [
        ("Anywhere", "Berlin", "onsite", True),
        ("Dallas, TX", "Dallas, TX", "onsite", True),
        ("Dallas, TX", "Austin or Dallas, Texas", "hybrid", True),
        ("Dallas, TX", "Austin, TX", "onsite", False),
        ("Dallas, TX", "", "unspecified", False),
        ("Dallas, TX", "USA", "remote", True),
        ("Dallas, TX", "Worldwide", "remote", True),
        ("Dallas, TX", "Americas, Europe", "remote", True),
        ("Dallas, TX", "", "remote", True),
        ("Dallas, TX", "Brazil", "remote", False),
        ("Dallas, TX", "USA", "onsite", False),
        ("US", "Austin, TX", "onsite", True),
        ("US", "Berlin", "onsite", False),
        ("Remote", "Berlin", "onsite", False),
        ("Remote", "Berlin", "remote", True),
        ("Remote, Germany", "Berlin", "remote", True),
        ("Remote, Germany", "Brazil", "remote", False),
    ],
)
def test_a_location_is_passed_by_what_is_there_or_can_be_done_from_there(
    wanted, location, remote, passes
):
    found = filter_reason(IngestionQuery(location=wanted), posting(location=location), remote, NOW)
    assert found == ("" if passes else "location")


def test_age_role_and_level_are_named_when_they_do_not_pass():
    query = IngestionQuery(location="Any", role_bucket="backend", level_bucket="entry", days=30)
    fits = {"role_bucket": "backend", "level_bucket": "entry"}
    old = NOW - dt.timedelta(days=30, seconds=1)
    assert filter_reason(query, posting(**fits), "remote", NOW) == ""
    assert filter_reason(query, posting(**fits, date_posted=old), "remote", NOW) == "age"
    assert filter_reason(query, posting(**{**fits, "role_bucket": "any"}), "remote", NOW) == "role"
    assert filter_reason(query, posting(role_bucket="backend"), "remote", NOW) == "level"


QUERIES = [
    IngestionQuery(location="Anywhere"),
    IngestionQuery(location="Dallas, TX", role_bucket="backend", level_bucket="entry"),
    IngestionQuery(location="Remote, Germany", role_bucket="frontend", level_bucket="junior_mid"),
    IngestionQuery(location="C++ Town (1)", role_bucket="fullstack"),
]


@pytest.mark.parametrize("query", QUERIES)
def test_filters_are_those_that_the_vendor_describes(query, shared_data):
    document = json.loads((shared_data / "theirstack" / "openapi-3.1.json").read_text())
    schema = {"$ref": "#/components/schemas/JobSearchFilters-Input",
              "components": document["components"]}  # fmt: skip
    body = {**filters_of(query), "posted_at_gte": "2026-05-01", "offset": 0, "limit": 25}
    jsonschema.Draft202012Validator(schema).validate(body)


def test_patterns_sent_are_regular_expressions_of_the_place_as_written():
    (pattern,) = filters_of(QUERIES[3])["job_location_pattern_or"]
    assert re.search(pattern, "C++ Town (1), Germany")
    assert filters_of(IngestionQuery(location="Germany")) == {"job_country_code_or": ["DE"]}


def test_a_cursor_belongs_to_a_query_however_many_results_are_wanted():
    query = QUERIES[1]
    assert query_key(query) == query_key(query.model_copy(update={"max_results": 9}))
    assert query_key(query) != query_key(query.model_copy(update={"days": 7}))
