from __future__ import annotations

import csv
import datetime as dt
import sys
from pathlib import Path
from typing import Any

import pytest

from include.errors import ConfigurationError, ThreadNotFoundError
from include.http import HttpClient
from include.months import FIRST_MONTH, Month
from include.sources.hacker_news import HackerNews
from include.sources.hn_threads import NotOutYet, find_thread, month_of_title
from sample.server import serve
from sample.world import World

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


class Stories(HackerNews):
    """Hacker News as a dictionary: no server, no wire."""

    def __init__(self, *stories: dict[str, Any]) -> None:
        self._stories = {story["id"]: story for story in stories}
        self.asked = 0

    def submitted(self) -> list[int]:
        return sorted(self._stories, reverse=True)

    def item(self, item_id: int) -> dict[str, Any] | None:
        self.asked += 1
        return self._stories.get(item_id)

    def items(self, item_ids: Any) -> Any:
        return (item for i in item_ids if (item := self.item(i)))


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
    thread = find_thread(source, Month(2016, 3), NOW)
    assert (thread.thread_id, thread.superseded) == (2, ())
    assert thread.comments == (2000, 2001, 2002)


@pytest.mark.parametrize("false_start", [{"dead": True, "kids": 500}, {"kids": 2}])
def test_false_start_is_superseded_by_its_replacement(false_start: dict[str, Any]) -> None:
    title = "Ask HN: Who is hiring? (March 2016)"
    first = story(10, title, "2016-03-01", **{"kids": false_start["kids"]})
    first |= {key: value for key, value in false_start.items() if key != "kids"}
    source = Stories(first, story(11, title, "2016-03-02", kids=300))
    thread = find_thread(source, Month(2016, 3), NOW)
    assert (thread.thread_id, thread.superseded) == (11, (10,))


def test_thread_posted_just_before_its_month_is_found() -> None:
    source = Stories(story(5, "Ask HN: Who is hiring? (March 2016)", "2016-02-29", kids=9))
    assert find_thread(source, Month(2016, 3), NOW).thread_id == 5


def test_december_2011_is_the_thread_of_another_user() -> None:
    title = "Ask HN: Who is Hiring? (December 2011)"
    stub = story(3300371, title, "2011-12-01", kids=4)
    real = story(3300290, title, "2011-12-01", kids=254)
    source = Stories(stub, real)
    source.submitted = lambda: [3300371]  # type: ignore[method-assign]
    thread = find_thread(source, Month(2011, 12), NOW)
    assert (thread.thread_id, thread.superseded) == (3300290, (3300371,))


def test_looking_up_a_month_asks_for_few_items_whatever_the_history() -> None:
    stories = [
        story(n, f"Ask HN: Who is hiring? ({Month(2011 + n // 12, n % 12 + 1).start:%B %Y})",
              f"{2011 + n // 12}-{n % 12 + 1:02}-01", kids=1)
        for n in range(180)
    ]  # fmt: skip
    source = Stories(*stories)
    assert find_thread(source, Month(2016, 3), NOW).thread_id == 62
    assert source.asked < 30


def test_future_month_is_not_out_yet() -> None:
    with pytest.raises(NotOutYet, match="2026-12 has not begun"):
        find_thread(Stories(), Month(2026, 12), NOW)


def test_running_month_before_its_first_weekday_is_not_out_yet() -> None:
    saturday = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
    with pytest.raises(NotOutYet, match="due about 2026-08-03 15:00"):
        find_thread(Stories(), Month(2026, 8), saturday)


def test_month_without_a_thread_fails_with_what_was_looked_at() -> None:
    source = Stories(
        story(7, "Ask HN: Who wants to be hired? (March 2016)", "2016-03-01"),
        story(8, "Ask HN: Who is hiring? (March 2016)", "2016-03-01", dead=True),
    )
    with pytest.raises(ThreadNotFoundError) as caught:
        find_thread(source, Month(2016, 3), NOW)
    assert "wants to be hired" in str(caught.value)
    assert "8 'Ask HN: Who is hiring? (March 2016)' (dead" in str(caught.value)
    assert "hn_known_threads.csv" in str(caught.value)


def test_month_before_the_first_thread_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="2011-04"):
        find_thread(Stories(), Month(2011, 3), NOW)


def test_every_month_of_a_generated_history_is_found() -> None:
    world = World(seed=5, comments=6)
    with serve(world) as base_url, HackerNews(HttpClient(f"{base_url}/v0", tries=2),
                                              concurrency=8) as source:  # fmt: skip
        for key in ("2011-04", "2011-07", "2011-12", "2015-04", "2016-03", "2026-10"):
            expected = world.threads(key)
            found = find_thread(source, Month.parse(key), NOW)
            assert found.thread_id == expected.thread_id, key


@pytest.mark.shared
def test_all_recorded_months_are_found(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(shared_data.parent / "tools"))
    import replay_api

    bodies, _ = replay_api.load(shared_data)

    class Replay(HackerNews):
        def __init__(self) -> None:
            pass

        def submitted(self) -> list[int]:
            import json

            ids = json.loads(bodies["/v0/user/whoishiring.json"])["submitted"]
            return sorted(ids, reverse=True)

        def item(self, item_id: int) -> Any:
            import json

            body = bodies.get(f"/v0/item/{item_id}.json")
            return json.loads(body) if body else None

        def items(self, item_ids: Any) -> Any:
            return (item for i in item_ids if (item := self.item(i)))

    with (shared_data / "hn" / "threads_by_month.csv").open(newline="") as file:
        rows = {row["month"]: int(row["thread_id"]) for row in csv.DictReader(file)}
    found = {key: find_thread(Replay(), Month.parse(key), NOW).thread_id for key in rows}
    assert min(rows) == FIRST_MONTH.key
    assert len(rows) == 187
    assert found == rows
    sys.modules.pop("replay_api", None)
