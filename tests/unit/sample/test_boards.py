import collections
import datetime as dt
import html
import json
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import pytest

from sample.board_records import canonical_url, record_id
from sample.board_routes import page_window
from sample.boards import BOARDS, DEFECTS
from sample.hostile import HOSTILE_TEXTS, HUGE_CHARACTERS, hostile_text
from sample.world import World

VENDOR = Path(__file__).resolve().parents[4] / "shared" / "data" / "theirstack" / "openapi-3.1.json"
TODAY = dt.date(2026, 10, 31)


@pytest.fixture(scope="module")
def world():
    return World(jobs=400, today=TODAY)


def test_boards_are_the_same_for_the_same_seed_and_day(world):
    again = World(jobs=400, today=TODAY)
    for board in BOARDS:
        assert again.records(board) == world.records(board)
    assert World(8, jobs=400, today=TODAY).records("remotive") != world.records("remotive")


def test_known_duplicates_stand_on_two_boards_or_are_posted_again(world):
    keys = collections.defaultdict(list)
    for board in BOARDS:
        for entry in world.listings(board):
            keys[entry.job.key].append(entry)
    twice = [entries for entries in keys.values() if len(entries) > 1]
    assert any(len({entry.board for entry in entries}) > 1 for entries in twice)
    again = [e for e in twice if len({entry.job.number for entry in e}) > 1]
    assert again
    for entries in twice:
        assert len({entry.truth for entry in entries}) == 1
        urls = {canonical_url(entry.board, entry.job) for entry in entries}
        assert len(urls) == len(entries)


def test_distinct_postings_are_as_many_as_asked(world):
    numbers = {entry.job.number for board in BOARDS for entry in world.listings(board)}
    assert len(numbers) == 400
    assert min(len(world.listings(board)) for board in BOARDS) > 40


def test_days_bring_new_jobs_and_change_only_tracking_parameters():
    world = World(jobs=1_200, today=TODAY)
    before = {record_id("arbeitnow", e.job): world.record(e) for e in world.listed("arbeitnow")}
    world.advance(days=1)
    after = {record_id("arbeitnow", e.job): world.record(e) for e in world.listed("arbeitnow")}
    assert after.keys() - before.keys()
    assert before.keys() - after.keys()
    changed = [key for key in before.keys() & after.keys() if before[key] != after[key]]
    assert changed
    for key in changed:
        old, new = before[key], after[key]
        assert {name for name in old if old[name] != new[name]} == {"url"}
        assert urlsplit(old["url"]).path == urlsplit(new["url"]).path
        assert "utm_" in old["url"]


def test_a_record_says_all_that_its_truth_holds(world):
    for board in BOARDS:
        for entry in world.listings(board):
            text = html.unescape(json.dumps(world.record(entry), ensure_ascii=False))
            truth = entry.truth
            assert truth.company in text
            assert all(place in text for place in truth.locations)
            assert entry.job.title in text
            assert (truth.salary is None) or entry.job.pay in text
            if board in ("remotive", "himalayas"):
                assert truth.remote == "remote"


def test_the_boards_have_the_fields_of_the_real_ones(world):
    first = {board: world.records(board)[0] for board in BOARDS}
    assert {"id", "url", "title", "company_name", "category", "tags", "job_type",
            "publication_date", "candidate_required_location", "salary",
            "description"} <= first["remotive"].keys()  # fmt: skip
    assert dt.datetime.fromisoformat(first["remotive"]["publication_date"]).tzinfo is None
    assert first["arbeitnow"].keys() == {
        "slug", "company_name", "title", "description", "remote", "url", "tags", "job_types",
        "location", "created_at",
    }  # fmt: skip
    assert first["himalayas"]["guid"] in first["himalayas"]["applicationLink"]
    logos = {"company_logo_url" in record for record in world.records("remotive")}
    assert logos == {True, False}


def test_theirstack_records_keep_to_the_vendors_own_description(world):
    if not VENDOR.exists():
        pytest.skip("the vendor's OpenAPI file is not here")
    document = json.loads(VENDOR.read_text())
    schema = {"$ref": "#/components/schemas/JobWithMatchingPhrasesResponse-Output",
              "components": document["components"]}  # fmt: skip
    validator = jsonschema.Draft202012Validator(schema)
    for record in world.records("theirstack"):
        validator.validate(record)


def test_hostile_and_malformed_records_come_first_and_are_known():
    kinds = len(HOSTILE_TEXTS) + 1
    world = World(jobs=300, today=TODAY, hostile=kinds, malformed=len(DEFECTS))
    for board in BOARDS:
        listings, records = world.listings(board), world.records(board)
        assert [entry.hostile for entry in listings[:kinds]] == list(range(kinds))
        for kind, record in enumerate(records[:kinds]):
            assert record["description"] == hostile_text(kind)
        assert len(records[kinds - 1]["description"]) > HUGE_CHARACTERS - 10
        spoiled = records[kinds : kinds + len(DEFECTS)]
        assert [entry.defect for entry in listings[kinds:][: len(DEFECTS)]] == list(DEFECTS)
        assert spoiled[0] is None
        assert isinstance(spoiled[1], str)
        assert not {"title", "job_title"} & spoiled[2].keys()
        assert all(entry.defect == "" and entry.hostile == -1 for entry in listings[17:])


def test_a_posting_can_be_changed_and_removed():
    world = World(jobs=200, today=TODAY)
    first, second = (record_id("remotive", entry.job) for entry in world.listed("remotive")[:2])
    world.change_posting("remotive", first, title="Changed")
    world.remove_posting("remotive", second)
    records = world.records("remotive")
    assert records[0]["title"] == "Changed"
    assert second not in {str(record["id"]) for record in records}


def pages(paging, total=95, size=20):
    found, offset = [], 0
    while True:
        start, stop, _ = page_window(offset, size, total, paging)
        if start >= total:
            return found
        found.append(list(range(start, min(stop, total))))
        offset += size


@pytest.mark.parametrize("paging", ["stable", "duplicated", "overlapping"])
def test_misbehaving_pages_lose_nothing(paging):
    read = [place for page in pages(paging) for place in page]
    assert set(read) == set(range(95))
    assert (len(read) > 95) == (paging != "stable")


def test_a_shrinking_list_hides_one_record_between_two_pages():
    read = {place for page in pages("shrinking") for place in page}
    assert set(range(95)) - read == {20, 41, 62, 83}
