"""What Hacker News sends is checked at the door: a number is a number, a walk has a bound."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor as _Pool
from typing import Any

import pytest

from include.errors import MalformedAnswerError
from include.months import Month
from include.sources.hacker_news.client import ACCOUNT, HackerNews, kids_of, read_item
from include.sources.hacker_news.directory import ThreadDirectory
from include.sources.hacker_news.threads import find_thread
from include.sources.record import Reason, Status
from include.state.store import StateFile

NOW = dt.datetime(2026, 10, 20, tzinfo=dt.UTC)
NO_IDS = [None, "x", "7", 1.0, 1.5, True, {}, [], -1, 0, 10**30, float("inf"), "../../user/x"]


class Upstream:
    """A client whose answers are given by path; it notes what it was asked for."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers, self.asked = answers, list[str]()
        self.base_url = "https://hn.example/v0"

    def request_parsed(self, _method: str, path: str, read: Any, **_: Any) -> Any:
        self.asked.append(path)
        return read(json.dumps(self.answers.get(path)).replace("Infinity", "1e999"))

    def get_json(self, path: str) -> Any:
        return self.answers.get(path)


def source(answers: dict[str, Any], longest: int = 1_000) -> tuple[HackerNews, Upstream]:
    upstream: Any = Upstream(answers)
    return HackerNews(upstream, concurrency=2, max_items=longest), upstream


def item(number: int, **changes: Any) -> dict[str, Any]:
    return {f"item/{number}.json": {"id": number, "type": "comment", "text": "x", **changes}}


@pytest.mark.parametrize("own", [True, 1.0, "1", None, [1], 2])
def test_an_item_that_does_not_bear_its_number_is_rejected(own):
    record, payload = read_item(1, json.dumps({"id": own, "text": "x"}))
    assert (record.status, record.reason, payload) == (
        Status.REJECTED, Reason.UNEXPECTED_SHAPE, None,
    )  # fmt: skip


@pytest.mark.parametrize("text", ['{"id": 1, "id": 2}', '{"id": 1, "text": "a", "text": "b"}',
                                  '{"id": 1, "kids": [{"a": 1, "a": 2}]}'])  # fmt: skip
def test_an_item_with_one_key_twice_is_rejected(text):
    assert read_item(1, text)[0].reason == Reason.DUPLICATE_KEY
    assert read_item(2, text)[0].reason == Reason.DUPLICATE_KEY


@pytest.mark.parametrize("kids", [NO_IDS, "abc", 5, {"a": 1}, True, None, 1.5])
def test_kids_that_are_no_ids_are_never_asked_for(kids, caplog):
    hn, upstream = source({**item(1, kids=kids)})
    (record,) = hn.walk([1])
    assert record.status is Status.FETCHED
    assert upstream.asked == ["item/1.json"]
    assert kids_of({"id": 1, "kids": kids}) == set()
    assert ("not ids" in caplog.text) == isinstance(kids, list)


def test_among_odd_kids_the_good_ones_are_read():
    hn, upstream = source({**item(1, kids=[*NO_IDS, 2]), **item(2)})
    assert {record.key for record in hn.walk([1])} == {"1", "2"}
    assert sorted(upstream.asked) == ["item/1.json", "item/2.json"]


@pytest.mark.parametrize("submitted", [NO_IDS, [], None, "abc", 5, {"1": 1}])
def test_an_account_without_any_id_is_malformed(submitted):
    hn, _ = source({f"user/{ACCOUNT}.json": {"submitted": submitted}})
    with pytest.raises(MalformedAnswerError, match="submissions"):
        hn.submitted()


def test_odd_submissions_are_passed_over_and_counted(caplog):
    hn, _ = source({f"user/{ACCOUNT}.json": {"submitted": [*NO_IDS, 3, 9, 3]}})
    assert hn.submitted() == [9, 3]
    assert f"{len(NO_IDS)} of {len(NO_IDS) + 3} entries" in caplog.text


def test_an_account_of_more_posts_than_settings_allow_is_malformed():
    hn, _ = source({f"user/{ACCOUNT}.json": {"submitted": list(range(1, 12))}}, longest=10)
    with pytest.raises(MalformedAnswerError, match="11 valid submissions"):
        hn.submitted()


def thread(**changes: Any) -> dict[str, Any]:
    good = {"type": "story", "time": 1_790_866_800, "by": ACCOUNT, "kids": [11, 12],
            "title": "Ask HN: Who is hiring? (October 2026)"}  # fmt: skip
    return {f"user/{ACCOUNT}.json": {"submitted": [5, 6]}, **item(5, **{**good, **changes}),
            **item(6, **{**good, "kids": [21]})}  # fmt: skip


def found(answers: dict[str, Any], tmp_path: Any) -> Any:
    hn, _ = source(answers)
    directory = ThreadDirectory(hn, StateFile(tmp_path / "threads.json"))
    return find_thread(hn, directory, Month(2026, 10), NOW)


@pytest.mark.parametrize("time", ["x", [1], {}, True, 1.5, float("inf"), -1, 10**30])
def test_a_post_whose_time_is_no_time_is_passed_over(time, tmp_path):
    assert found(thread(time=time), tmp_path).thread_id == 6


@pytest.mark.parametrize("title", [5, ["Ask HN: Who is hiring? (October 2026)"], {}, True])
def test_a_post_whose_title_is_no_text_is_passed_over(title, tmp_path):
    assert found(thread(title=title), tmp_path).thread_id == 6


@pytest.mark.parametrize("kids", [5, {}, "abc", True])
def test_a_thread_whose_comments_are_no_list_does_not_win(kids, tmp_path):
    assert found(thread(kids=kids), tmp_path).thread_id == 6


def test_the_chosen_thread_without_a_list_of_comments_is_malformed(tmp_path):
    answers = thread(kids="abc")
    answers["item/6.json"]["dead"] = True
    with pytest.raises(MalformedAnswerError, match="are a str, not a list"):
        found(answers, tmp_path)


def test_a_threads_comments_are_its_kids_that_are_ids(tmp_path):
    thread_found = found(thread(kids=[12, *NO_IDS, 11, 12]), tmp_path)
    assert thread_found.comments == (12, 11)


class Endless(Upstream):
    """A tree in which every comment has two replies, for ever."""

    def request_parsed(self, _method: str, path: str, read: Any, **_: Any) -> Any:
        self.asked.append(path)
        number = int(path.removeprefix("item/").removesuffix(".json"))
        kids = [2 * number, 2 * number + 1]
        return read(json.dumps({"id": number, "text": "x", "kids": kids}))


def test_a_tree_that_never_ends_is_left_at_the_bound_and_said_to_be():
    upstream: Any = Endless({})
    records = list(HackerNews(upstream, concurrency=2, max_items=50).walk([1]))
    assert len(upstream.asked) == 50
    missing = [record for record in records if record.status is Status.MISSING]
    assert [record.reason for record in missing] == [Reason.TOO_MANY_REPLIES]
    assert "TECHPULSE_HN_MAX_ITEMS" in (missing[0].message or "")
    assert len(records) == 51


def test_a_million_replies_are_handed_out_a_few_at_a_time(monkeypatch):
    hn, upstream = source({**item(1, kids=list(range(2, 1_000_002)))}, longest=200)
    most, submitted = 0, 0

    class Counting(_Pool):
        def submit(self, *work: Any, **given: Any) -> Any:
            nonlocal most, submitted
            submitted += 1
            most = max(most, self._work_queue.qsize())
            return super().submit(*work, **given)

    monkeypatch.setattr("include.sources.hacker_news.client.ThreadPoolExecutor", Counting)
    records = list(hn.walk([1]))
    assert submitted == len(upstream.asked) == 200
    assert most <= 8
    assert records[-1].message is not None
    assert "999801 replies" in records[-1].message


def test_comments_that_are_asked_for_are_read_whatever_the_bound():
    hn, upstream = source({}, longest=3)
    assert len(list(hn.walk(range(1, 11)))) == 10
    assert len(upstream.asked) == 10
