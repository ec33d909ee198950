"""A search is due once in each hour, day or week, however many runs were missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from include.searches.definition import Every
from include.searches.due import is_due, next_due

LAST = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("every", "now", "due"),
    [
        ("publish", "2026-11-26T18:30:01Z", True),
        ("hourly", "2026-11-26T18:59:59Z", False),
        ("hourly", "2026-11-26T19:00:00Z", True),
        ("daily", "2026-11-26T23:59:59Z", False),
        # A minute earlier than the day before: an interval of 24 hours would skip it.
        ("daily", "2026-11-27T18:29:00Z", True),
        ("daily", "2026-12-09T03:00:00Z", True),
        ("weekly", "2026-11-29T23:59:59Z", False),
        ("weekly", "2026-11-30T00:00:00Z", True),
        # The same number of the ISO week, a year later.
        ("weekly", "2027-11-25T18:30:00Z", True),
        # A clock that was set back does not stop a search.
        ("daily", "2026-11-20T00:00:00Z", True),
    ],
)
def test_first_run_of_a_slot_is_due(every: Every, now: str, due: bool) -> None:
    assert is_due(every, LAST, datetime.fromisoformat(now)) is due


@pytest.mark.parametrize("every", ["publish", "hourly", "daily", "weekly"])
def test_search_that_never_ran_is_due(every: Every) -> None:
    assert is_due(every, None, LAST)
    assert next_due(every, None) is None


def test_next_due_is_when_the_next_slot_begins() -> None:
    assert next_due("publish", LAST) is None
    assert next_due("hourly", LAST) == datetime(2026, 11, 26, 19, tzinfo=UTC)
    assert next_due("daily", LAST) == datetime(2026, 11, 27, tzinfo=UTC)
    assert next_due("weekly", LAST) == datetime(2026, 11, 30, tzinfo=UTC)


def test_days_are_those_of_utc() -> None:
    in_tokyo = LAST.astimezone(timezone(timedelta(hours=9)))  # the 27th there
    assert not is_due("daily", LAST, in_tokyo)
