from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from include.errors import MalformedAnswerError, SourceUnavailableError
from include.http.client import HttpClient
from include.sources.hacker_news.client import HackerNews
from include.sources.record import Status
from sample.faults import Faults
from sample.server import serve
from sample.world import World

MONTH = "2016-03"


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=3, first_month=MONTH, last_month=MONTH, comments=100)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def source(world: World, faults: Faults) -> Iterator[HackerNews]:
    with (
        serve(world, faults) as base_url,
        HackerNews(
            HttpClient(f"{base_url}/v0", max_attempts=3, connections=8),
            concurrency=8,
            max_items=1_000,
        ) as source,
    ):
        yield source


def everything_below(world: World, item_ids: list[int]) -> set[int]:
    """Walk the world itself: what a reader must find."""
    found: set[int] = set()
    waiting = list(item_ids)
    while waiting:
        item_id = waiting.pop()
        found.add(item_id)
        item = world.item(item_id)
        waiting += (item or {}).get("kids") or []
    return found


def test_walk_yields_each_comment_and_reply_once(source: HackerNews, world: World) -> None:
    thread = world.item(world.threads(MONTH).thread_id)
    keys = Counter(int(record.key) for record in source.walk(thread["kids"]))
    assert set(keys) == everything_below(world, thread["kids"])
    assert set(keys.values()) == {1}
    assert len(keys) > len(thread["kids"])  # there are replies


def test_null_item_becomes_a_tombstone(source: HackerNews, world: World) -> None:
    thread = world.item(world.threads(MONTH).thread_id)
    null_id = next(i for i in thread["kids"] if world.item(i) is None)
    record = source.read(null_id)
    assert record.status is Status.TOMBSTONE
    assert record.payload is not None
    assert '"is_tombstone": true' in record.payload


def test_item_that_always_answers_401_is_missing_and_the_rest_is_read(
    source: HackerNews, world: World, faults: Faults
) -> None:
    thread = world.item(world.threads(MONTH).thread_id)
    childless = next(i for i in thread["kids"] if (item := world.item(i)) and not item.get("kids"))
    faults.unauthorized_items = frozenset({childless})
    by_status = Counter(record.status for record in source.walk(thread["kids"]))
    assert by_status[Status.MISSING] == 1
    assert by_status.total() == len(everything_below(world, thread["kids"]))


def test_payload_is_the_text_that_was_served(source: HackerNews, world: World) -> None:
    import json

    thread_id = world.threads(MONTH).thread_id
    record = source.read(thread_id)
    assert record.payload is not None
    assert json.loads(record.payload) == world.item(thread_id)


def test_invalid_json_is_rejected_with_what_came(source: HackerNews, faults: Faults) -> None:
    faults.update({"invalid_json_every": 1})
    record = source.read(1)
    assert (record.status, record.reason) == (Status.REJECTED, "malformed_json")
    assert record.payload


def test_broken_answer_is_asked_for_again(source: HackerNews, world: World, faults: Faults) -> None:
    thread = world.item(world.threads(MONTH).thread_id)
    faults.update({"html_every": 2})  # a proxy's page: every other answer
    records = [source.read(item_id) for item_id in thread["kids"][:6]]
    assert {record.status for record in records} <= {Status.FETCHED, Status.TOMBSTONE}


def test_html_page_with_status_200_is_rejected(source: HackerNews, faults: Faults) -> None:
    faults.update({"html_every": 1})
    record = source.read(1)
    assert record.status is Status.REJECTED
    assert "<html" in (record.payload or "") or "<!doctype" in (record.payload or "")


def test_storm_of_503_stops_the_walk(source: HackerNews, faults: Faults) -> None:
    faults.update({"fail_every": 1})
    with pytest.raises(SourceUnavailableError, match="after 3 attempts"):
        list(source.walk([1, 2, 3]))


def test_some_503_are_retried(source: HackerNews, world: World, faults: Faults) -> None:
    faults.update({"fail_first": 2})  # each item answers at the third try
    thread = world.item(world.threads(MONTH).thread_id)
    keys = {int(record.key) for record in source.walk(thread["kids"][:20])}
    assert keys == everything_below(world, thread["kids"][:20])


def test_server_without_the_account_is_named(source: HackerNews, faults: Faults) -> None:
    faults.update({"html_every": 1})
    with pytest.raises(MalformedAnswerError, match="user/whoishiring"):
        source.submitted()


def test_lone_surrogate_is_rejected_not_lost() -> None:
    from include.sources.record import Record

    record = Record.fetched("1", {"id": 1, "text": "a\ud800b"}, '{"id":1,"text":"a\\ud800b"}')
    assert (record.status, record.reason) == (Status.REJECTED, "invalid_unicode")
    assert "ud800" in (record.payload or "")
