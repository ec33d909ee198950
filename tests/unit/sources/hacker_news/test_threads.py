from __future__ import annotations

import csv
import datetime as dt
import json
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from include.errors import ConfigurationError, SourceUnavailableError, ThreadNotFoundError
from include.http.client import HttpClient
from include.months import FIRST_MONTH, Month
from include.sources.hacker_news.client import HackerNews, tombstone
from include.sources.hacker_news.directory import ThreadDirectory
from include.sources.hacker_news.threads import (
    Thread,
    ThreadNotPublished,
    find_newest_thread,
    find_thread,
    month_of_title,
)
from include.sources.record import Record, Status
from include.state.store import StateFile
from sample.server import Upstream, serve
from sample.world import World
from tests.watched_state import WatchedState

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


class Kept:
    """State of one process, in memory."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        return json.loads(json.dumps(self.state))

    @contextmanager
    def update(self) -> Iterator[dict[str, Any]]:
        yield self.state


class Stories(HackerNews):
    """Hacker News as a dictionary: no server, no wire."""

    base_url = "memory"

    def __init__(self, *stories: dict[str, Any]) -> None:
        self.stories = {story["id"]: story for story in stories}
        self.unreadable: set[int] = set()
        self.asked: list[int | str] = []

    def submitted(self) -> list[int]:
        self.asked.append("submitted")
        return sorted(self.stories, reverse=True)

    def read(self, item_id: int) -> Record:
        self.asked.append(item_id)
        if item_id in self.unreadable:
            return Record.missing(str(item_id), "http_401", "no")
        story = self.stories.get(item_id)
        if story is None:
            return Record.tombstone(str(item_id), tombstone(item_id))
        return Record.fetched(str(item_id), story, json.dumps(story))

    def read_all(self, item_ids: Iterable[int]) -> Iterator[Record]:
        return map(self.read, item_ids)


def find(source: HackerNews, month: Month, now: dt.datetime = NOW, kept: Any = None) -> Thread:
    return find_thread(source, ThreadDirectory(source, kept or Kept()), month, now)


def story(item_id: int, title: str, when: str, kids: int = 0, **more: Any) -> dict[str, Any]:
    moment = dt.datetime.fromisoformat(f"{when}T15:00:00+00:00")
    first = item_id * 1000
    return {
        "id": item_id,
        "title": title,
        "time": int(moment.timestamp()),
        "kids": list(range(first, first + kids)),
        **more,
    }


def history() -> Stories:
    """A thread a month from 2011-01 to 2025-12, with the ids 1 to 180."""
    months = [Month(2011 + n // 12, n % 12 + 1) for n in range(180)]
    return Stories(
        *(
            story(n, f"Ask HN: Who is hiring? ({month.start:%B %Y})", f"{month}-01", kids=1)
            for n, month in enumerate(months, 1)
        )
    )


@pytest.mark.parametrize(
    ("title", "month"),
    [
        ("Ask HN: Who is hiring? (September 2026)", Month(2026, 9)),
        ("Ask HN: Who is Hiring? (April 2011)", Month(2011, 4)),
        ("Ask HN: Who Is Hiring? (May 2012)", Month(2012, 5)),
        ("Ask HN: Who Is Hiring? (October 2012) ", Month(2012, 10)),
        ("Ask HN: Who wants to be hired? (September 2026)", None),
        ("Ask HN: Freelancer? Seeking freelancer? (October 2025)", None),
        ("Ask HN: Who is hiring right now?", None),
        ("Ask HN: Who is hiring? (Smarch 2012)", None),
        ("Ask HN: Have the whoishiring posts been useful? Can we do better?", None),
    ],
)
def test_month_of_title(title: str, month: Month | None) -> None:
    assert month_of_title(title) == month


def test_look_alikes_are_passed_over() -> None:
    source = Stories(
        story(1, "Ask HN: Who wants to be hired? (March 2016)", "2016-03-01", kids=900),
        story(2, "Ask HN: Who is hiring? (March 2016)", "2016-03-01", kids=3),
        story(3, "Ask HN: Who is hiring right now?", "2016-03-20", kids=800),
        story(4, "Ask HN: Who is hiring? (April 2016)", "2016-04-01", kids=700),
    )
    thread = find(source, Month(2016, 3))
    assert (thread.thread_id, thread.superseded) == (2, ())
    assert thread.comments == (2000, 2001, 2002)


@pytest.mark.parametrize("false_start", [{"dead": True, "kids": 500}, {"kids": 2}])
def test_false_start_is_superseded_by_its_replacement(false_start: dict[str, Any]) -> None:
    title = "Ask HN: Who is hiring? (March 2016)"
    first = story(10, title, "2016-03-01", **{"kids": false_start["kids"]})
    first |= {key: value for key, value in false_start.items() if key != "kids"}
    source = Stories(first, story(11, title, "2016-03-02", kids=300))
    thread = find(source, Month(2016, 3))
    assert (thread.thread_id, thread.superseded) == (11, (10,))


def test_thread_posted_just_before_its_month_is_found() -> None:
    source = Stories(story(5, "Ask HN: Who is hiring? (March 2016)", "2016-02-29", kids=9))
    assert find(source, Month(2016, 3)).thread_id == 5


def test_december_2011_is_the_thread_of_another_user() -> None:
    title = "Ask HN: Who is Hiring? (December 2011)"
    stub = story(3300371, title, "2011-12-01", kids=4)
    real = story(3300290, title, "2011-12-01", kids=254)
    source = Stories(stub, real)
    source.submitted = lambda: [3300371]  # type: ignore[method-assign]
    thread = find(source, Month(2011, 12))
    assert (thread.thread_id, thread.superseded) == (3300290, (3300371,))


def test_history_is_listed_once_for_all_months() -> None:
    source, kept = history(), Kept()
    for n in range(60, 180):
        thread = find(source, Month(2011 + n // 12, n % 12 + 1), kept=kept)
        assert thread.thread_id == n + 1
        assert [record.key for record in thread.stories] == [str(n + 1)]
    assert source.asked.count("submitted") == 1
    assert len(source.asked) == 1 + 180 + 120  # the list, each post, each month's own thread


def test_running_month_is_looked_up_anew_each_day_and_asks_only_for_what_is_new() -> None:
    source, kept = history(), Kept()
    with pytest.raises(ThreadNotPublished):
        find(source, Month(2026, 1), dt.datetime(2026, 1, 1, 18, tzinfo=dt.UTC), kept)
    title = "Ask HN: Who is hiring? (January 2026)"
    source.stories[900] = story(900, title, "2026-01-02", kids=3)
    source.asked.clear()
    found = find(source, Month(2026, 1), dt.datetime(2026, 1, 2, 18, tzinfo=dt.UTC), kept)
    assert found.thread_id == 900
    assert source.asked == ["submitted", 900, 900]
    # A false start is replaced two hours later.
    source.stories[901] = story(901, title, "2026-01-02", kids=30)
    found = find(source, Month(2026, 1), dt.datetime(2026, 1, 2, 20, tzinfo=dt.UTC), kept)
    assert (found.thread_id, found.superseded) == (901, (900,))


def test_thread_that_died_since_it_was_listed_is_not_served_from_the_list() -> None:
    source, kept = history(), Kept()
    assert find(source, Month(2016, 3), kept=kept).thread_id == 63
    source.stories[63]["dead"] = True
    source.stories[700] = story(700, "Ask HN: Who is hiring? (March 2016)", "2016-03-09", kids=5)
    found = find(source, Month(2016, 3), kept=kept)
    assert (found.thread_id, found.superseded) == (700, (63,))
    assert source.asked.count("submitted") == 2


def test_month_near_a_post_that_could_not_be_read_is_listed_anew() -> None:
    source, kept = history(), Kept()
    source.unreadable = {63}  # March 2016
    with pytest.raises(ThreadNotFoundError, match="63"):
        find(source, Month(2016, 3), kept=kept)
    source.unreadable = set()
    assert find(source, Month(2016, 3), kept=kept).thread_id == 63
    listings = source.asked.count("submitted")
    assert find(source, Month(2019, 3), kept=kept).thread_id == 99
    assert source.asked.count("submitted") == listings


def test_month_that_ended_yesterday_may_still_change_its_thread() -> None:
    source, kept = history(), Kept()
    for hour in (1, 2):
        find(source, Month(2025, 12), dt.datetime(2026, 1, 2, hour, tzinfo=dt.UTC), kept)
    assert source.asked.count("submitted") == 2
    for hour in (1, 2):
        find(source, Month(2025, 12), dt.datetime(2026, 1, 3, hour, tzinfo=dt.UTC), kept)
    assert source.asked.count("submitted") == 3


def test_list_of_one_upstream_is_not_used_for_another() -> None:
    kept, other = Kept(), Stories(story(7, "Ask HN: Who is hiring? (March 2016)", "2016-03-01"))
    other.base_url = "elsewhere"
    assert find(history(), Month(2016, 3), kept=kept).thread_id == 63
    assert find(other, Month(2016, 3), kept=kept).thread_id == 7


def test_run_that_waited_for_the_list_uses_it(tmp_path: Path) -> None:
    world = World(seed=5, comments=1, first_month="2015-01", last_month="2016-12")
    upstream = Upstream(world)
    with upstream.serve() as base_url, ThreadPoolExecutor(6) as pool:
        source = HackerNews(
            HttpClient(f"{base_url}/v0", max_attempts=2), concurrency=8, max_items=1_000
        )
        months = [Month(2015, n) for n in range(6, 12)]

        def look_up(month: Month) -> int:
            return find(source, month, kept=StateFile(tmp_path / "threads.json")).thread_id

        found = list(pool.map(look_up, months))
    assert found == [world.threads(month.key).thread_id for month in months]
    assert upstream.stats()["by_kind"]["user"] == 1


def test_newest_thread_is_last_months_until_the_new_one_is_out() -> None:
    source = history()
    directory = ThreadDirectory(source, Kept())
    morning = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    assert find_newest_thread(source, directory, morning).month == Month(2025, 12)
    source.stories[900] = story(900, "Ask HN: Who is hiring? (January 2026)", "2026-01-02")
    evening = dt.datetime(2026, 1, 2, 18, tzinfo=dt.UTC)
    assert find_newest_thread(source, directory, evening).month == Month(2026, 1)
    assert find_newest_thread(source, directory, morning).month == Month(2026, 1)
    with pytest.raises(ThreadNotFoundError, match="2026-02"):  # overdue: somebody should look
        find_newest_thread(source, directory, dt.datetime(2026, 2, 20, tzinfo=dt.UTC))


def test_what_was_read_of_each_candidate_comes_with_the_thread() -> None:
    title = "Ask HN: Who is hiring? (March 2016)"
    source = Stories(story(10, title, "2016-03-01", kids=2), story(11, title, "2016-03-01", kids=9))
    source.unreadable = {10}
    thread = find(source, Month(2016, 3))
    assert [(record.key, record.status) for record in thread.stories] == [("11", Status.FETCHED)]
    source.unreadable = set()
    assert [record.key for record in find(source, Month(2016, 3)).stories] == ["11", "10"]


def test_future_month_is_not_out_yet() -> None:
    with pytest.raises(ThreadNotPublished, match="2026-12 has not begun"):
        find(Stories(), Month(2026, 12))


def test_running_month_before_its_first_weekday_is_not_out_yet() -> None:
    saturday = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
    with pytest.raises(ThreadNotPublished, match="due about 2026-08-03 15:00"):
        find(Stories(), Month(2026, 8), saturday)


def test_month_without_a_thread_fails_with_what_was_looked_at() -> None:
    source = Stories(
        story(7, "Ask HN: Who wants to be hired? (March 2016)", "2016-03-01"),
        story(8, "Ask HN: Who is hiring? (March 2016)", "2016-03-01", dead=True),
    )
    with pytest.raises(ThreadNotFoundError) as caught:
        find(source, Month(2016, 3))
    assert "wants to be hired" in str(caught.value)
    assert "8 'Ask HN: Who is hiring? (March 2016)' (dead" in str(caught.value)
    assert "hacker_news/known_threads.csv" in str(caught.value)


def test_month_before_the_first_thread_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="2011-04"):
        find(Stories(), Month(2011, 3))


def test_every_month_of_a_generated_history_is_found() -> None:
    world = World(seed=5, comments=6)
    with (
        serve(world) as base_url,
        HackerNews(
            HttpClient(f"{base_url}/v0", max_attempts=2), concurrency=8, max_items=1_000
        ) as source,
    ):
        for key in ("2011-04", "2011-07", "2011-12", "2015-04", "2016-03", "2026-10"):
            expected = world.threads(key)
            found = find(source, Month.parse(key))
            assert found.thread_id == expected.thread_id, key


@pytest.mark.shared
def test_all_recorded_months_are_found(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(shared_data.parent / "tools"))
    import replay_api

    bodies, _ = replay_api.load(shared_data)

    items = {
        int(path.rsplit("/", 1)[1].removesuffix(".json")): json.loads(body)
        for path, body in bodies.items()
        if path.startswith("/v0/item/")
    }
    listed = json.loads(bodies["/v0/user/whoishiring.json"])["submitted"]
    source, kept = Stories(*items.values()), Kept()
    source.submitted = lambda: listed  # type: ignore[method-assign]

    with (shared_data / "hn" / "threads_by_month.csv").open(newline="") as file:
        rows = {row["month"]: int(row["thread_id"]) for row in csv.DictReader(file)}
    found = {key: find(source, Month.parse(key), kept=kept).thread_id for key in rows}
    assert min(rows) == FIRST_MONTH.key
    assert len(rows) == 187
    assert found == rows
    assert len(source.asked) < len(listed) + 187 + 20  # each post once, each candidate once
    sys.modules.pop("replay_api", None)


def test_source_is_asked_while_the_state_is_unlocked(tmp_path: Path) -> None:
    state, locked = WatchedState(tmp_path / "threads.json"), []

    class Asked(Stories):
        def submitted(self) -> list[int]:
            locked.append(state.is_locked)
            return super().submitted()

        def read(self, item_id: int) -> Record:
            locked.append(state.is_locked)
            return super().read(item_id)

    find(Asked(*history().stories.values()), Month(2015, 6), kept=state)
    assert len(locked) > 180
    assert not any(locked)
    assert state.read()["in_flight"] == {}


def test_list_that_a_killed_run_was_requesting_is_requested_by_the_next(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "threads.json")
    long_ago = time.time() - 61
    with state.update() as content:
        content["in_flight"] = {"killed": long_ago}
    assert find(history(), Month(2015, 6), kept=state).thread_id == 54


def test_failure_of_the_source_leaves_the_list_to_the_next(tmp_path: Path) -> None:
    state, source = StateFile(tmp_path / "threads.json"), history()

    class Down(Stories):
        def submitted(self) -> list[int]:
            raise SourceUnavailableError("down", record="user", next_step="wait")

    with pytest.raises(SourceUnavailableError):
        find(Down(), Month(2015, 6), kept=state)
    assert find(source, Month(2015, 6), kept=state).thread_id == 54
