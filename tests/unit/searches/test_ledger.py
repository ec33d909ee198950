"""A posting is new until it was sent for the search: by its id, never by a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from include.errors import DeliveryError
from include.searches import ledger as module
from include.searches.definition import SavedSearch, parse_searches
from include.searches.ledger import CLAIM_MINUTES, Batch, Candidates, Ledger
from include.settings import Settings
from include.state.store import open_state
from sample.services import Postgres
from tests.watched_state import WatchedState

RUN = "scheduled__2026-11-26"
NOW = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)


def search(filter: str = "", **more: Any) -> SavedSearch:
    lines = "".join(f"{name} = {value!r}\n" for name, value in more.items())
    text = f'[jobs]\nfilter = "{filter}"\nfeed = "f"\n{lines}'
    found = parse_searches(text, "searches.toml")["jobs"]
    assert isinstance(found, SavedSearch), found
    return found


def matching(**days: str) -> Candidates:
    """The ids and days of a store's postings that match."""

    def since(day: date) -> Sequence[str]:
        return [one for one, posted in days.items() if date.fromisoformat(posted) >= day]

    return since


def run(ledger: Ledger, found: Candidates, now: datetime = NOW) -> list[Batch]:
    sent = []
    while batch := ledger.next_batch(now, found):
        with ledger.delivery(batch, RUN) as mark:
            assert mark
            mark(batch.ids)
        sent.append(batch)
    return sent


def ids(batches: list[Batch]) -> list[str]:
    return [one for batch in batches for one in batch.ids]


@pytest.fixture(params=["files", "sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Settings:
    """Each of the places that state can be in."""
    if request.param == "sqlite":
        return settings.model_copy(update={"state_url": f"sqlite:///{tmp_path / 's.sqlite'}"})
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        return settings.model_copy(update={"state_url": server.url(server.database("state"))})
    return settings


@pytest.fixture
def ledger(place: Settings) -> Ledger:
    return Ledger(search(per_message=2), place)


def test_posting_is_sent_once_in_messages_of_a_size(ledger: Ledger) -> None:
    found = matching(a="2026-11-26", b="2026-11-26", c="2026-11-27")
    batches = run(ledger, found)
    assert [batch.ids for batch in batches] == [("a", "b"), ("c",)]
    assert run(ledger, found, NOW + timedelta(days=1)) == []
    late = matching(x="2026-11-26", a="2026-11-26", b="2026-11-26", c="2026-11-27")
    assert ids(run(ledger, late, NOW + timedelta(days=9))) == ["x"]
    assert ledger.standing().sent == 4


def lose_the_connection(ledger: Ledger, batch: Batch | None) -> None:
    assert batch
    with ledger.delivery(batch, RUN) as mark:
        assert mark
        raise ConnectionError


def test_message_under_way_is_sent_again_as_it_was(ledger: Ledger) -> None:
    first = ledger.next_batch(NOW, matching(a="2026-11-26"))
    more = matching(a="2026-11-26", b="2026-11-26")
    later = NOW + timedelta(hours=1)
    assert ledger.is_due(later)
    assert ledger.standing().is_under_way
    assert ledger.next_batch(later, more) == first
    with pytest.raises(ConnectionError):
        lose_the_connection(ledger, first)
    assert [batch.ids for batch in run(ledger, more, later)] == [("a",), ("b",)]


def test_message_that_another_process_has_sent_is_not_sent(ledger: Ledger) -> None:
    found = matching(a="2026-11-26")
    batch = ledger.next_batch(NOW, found)
    assert batch
    run(ledger, found)
    with ledger.delivery(batch, RUN) as mark:
        assert mark is None


def test_sending_holds_no_lock_of_the_state(
    ledger: Ledger, place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.state.table._BUSY_TIMEOUT_SECONDS", 0)
    batch = ledger.next_batch(NOW, matching(a="2026-11-26"))
    assert batch
    with ledger.delivery(batch, RUN) as mark:
        # In SQLite one lock is that of all states, such as the budgets of the sources.
        with open_state("remotive", place).update() as other:
            other["calls"] = [1]
        assert mark
        mark(batch.ids)
    assert ledger.standing().sent == 1


def test_message_is_sent_by_one_run_at_a_time(ledger: Ledger, place: Settings) -> None:
    clock = [NOW]
    ledger = Ledger(search(), place, clock=lambda: clock[0])
    batch = ledger.next_batch(NOW, matching(a="2026-11-26"))
    assert batch
    with ledger.delivery(batch, RUN) as mark:
        clock[0] += timedelta(minutes=CLAIM_MINUTES - 1)
        with (
            pytest.raises(DeliveryError, match=f"{RUN} is sending.*claim ends after"),
            ledger.delivery(batch, "manual"),
        ):
            pytest.fail("two runs send one message")
        clock[0] += timedelta(minutes=1)
        # The claim has ended: of a killed run, or of one that is slow, whose mark comes too late.
        with ledger.delivery(batch, "manual") as other:
            assert other
            other(batch.ids)
        assert mark
        mark(batch.ids)
    assert ledger.standing().sent == 1
    assert ledger.next_batch(NOW, matching(a="2026-11-26")) is None


def test_failed_message_and_a_retry_need_not_wait(ledger: Ledger) -> None:
    batch = ledger.next_batch(NOW, matching(a="2026-11-26"))
    with pytest.raises(ConnectionError):
        lose_the_connection(ledger, batch)
    assert batch
    claimed = ledger.delivery(batch, "manual")
    claimed.__enter__()  # and is killed
    with ledger.delivery(batch, "manual") as mark:
        assert mark


def test_ids_follow_from_the_search_and_the_postings(settings: Settings) -> None:
    (one,) = run(Ledger(search()), matching(a="2026-11-26", b="2026-11-26"))
    (settings.state_dir / "search_jobs.json").unlink()
    (again,) = run(Ledger(search()), matching(b="2026-11-26", a="2026-11-26"))
    (settings.state_dir / "search_jobs.json").unlink()
    (other,) = run(Ledger(search("remote=remote")), matching(a="2026-11-26", b="2026-11-26"))
    assert one.id == again.id != other.id


def test_first_run_goes_back_as_far_as_it_says(settings: Settings) -> None:
    found = matching(old="2026-11-18", week="2026-11-19", today="2026-11-26")
    assert ids(run(Ledger(search(first_days=7)), found)) == ["week", "today"]
    (settings.state_dir / "search_jobs.json").unlink()
    assert ids(run(Ledger(search()), found)) == ["today"]


def test_other_filter_goes_back_to_where_the_former_one_stopped(settings: Settings) -> None:
    before, after = Ledger(search(every="weekly")), Ledger(search("remote=remote", every="weekly"))
    assert ids(run(before, matching(a="2026-11-26"))) == ["a"]
    # On Friday, with three days of which the former filter has sent nothing yet.
    friday = NOW + timedelta(days=8)
    assert after.standing().has_other_filter
    assert after.is_due(friday)
    found = matching(older="2026-11-20", a="2026-11-26", b="2026-11-27", c="2026-12-04")
    assert ids(run(after, found, friday)) == ["b", "c"]


def test_what_the_former_filter_has_under_way_is_sent_first(settings: Settings) -> None:
    first = Ledger(search()).next_batch(NOW, matching(a="2026-11-26"))
    after = Ledger(search("remote=remote"))
    assert after.next_batch(NOW, matching(b="2026-11-26")) == first
    assert ids(run(after, matching(b="2026-11-26"))) == ["a", "b"]


def test_posting_that_has_left_the_store_is_sent_when_it_is_back(settings: Settings) -> None:
    ledger = Ledger(search())
    batch = ledger.next_batch(NOW, matching(a="2026-11-26", b="2026-11-26"))
    assert batch
    with ledger.delivery(batch, RUN) as mark:
        assert mark
        mark(["b"])
    assert run(ledger, matching(b="2026-11-26")) == []
    assert ids(run(ledger, matching(a="2026-11-26", b="2026-11-26"))) == ["a"]


def test_preview_is_what_a_run_sends_and_changes_nothing(settings: Settings) -> None:
    found = matching(a="2026-11-26", b="2026-11-26", c="2026-11-26")
    ledger = Ledger(search(per_message=2))
    for _ in range(2):
        shown = ledger.waiting(NOW, found, 9)
        assert not (settings.state_dir / "search_jobs.json").exists()
    assert shown == run(ledger, found)
    assert [len(batch.ids) for batch in shown] == [2, 1]
    assert ledger.waiting(NOW, found, 9) == []


def test_ledger_is_bounded_and_forgets_nothing_that_could_be_sent(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_days, step = 40, 10
    monkeypatch.setattr(module, "RETENTION_DAYS", kept_days)
    ledger, day = Ledger(search()), timedelta(days=1)
    sent: list[str] = []
    for n in range(0, 3 * kept_days, step):
        now = NOW + n * day
        days = {f"p{m}": f"{NOW + m * day:%Y-%m-%d}" for m in range(n + 1)}
        sent += ids(run(ledger, matching(evergreen=f"{now:%Y-%m-%d}", **days), now))
    assert sorted(sent) == sorted({*sent})
    assert len(sent) == 3 * kept_days - step + 1 + 1
    kept = [one for _, ids in open_state("search_jobs").read()["sent"] for one in ids]
    assert len(kept) <= kept_days + step + 1
    assert "evergreen" in kept
    assert ledger.standing().sent == len(sent)


def test_newest_first_is_the_order_of_what_was_sent(settings: Settings) -> None:
    ledger = Ledger(search())
    run(ledger, matching(a="2026-11-26", b="2026-11-26"))
    run(ledger, matching(c="2026-11-27"), NOW + timedelta(days=1))
    assert [one for _, one in ledger.sent_last(2)] == ["c", "b"]


def test_store_is_asked_while_the_state_is_unlocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, locked = WatchedState(tmp_path / "jobs.json"), []
    monkeypatch.setattr(module, "open_state", lambda *_: state)

    def found(_: date) -> Sequence[str]:
        locked.append(state.is_locked)
        return ["a"]

    assert ids(run(Ledger(search()), found)) == ["a"]
    assert locked == [False, False]


def test_filter_that_another_run_begins_meanwhile_is_asked_from_its_day(ledger: Ledger) -> None:
    days: list[date] = []

    def found(day: date) -> Sequence[str]:
        if not days:  # another run, of the day before, is quicker
            with ledger._state.update() as kept:
                kept["since"] = "2026-11-20"
        days.append(day)
        return ["a"]

    assert ids(run(ledger, found)) == ["a"]
    assert days[:2] == [NOW.date(), date(2026, 11, 20)]
