"""What a server may say of when to come back, and what we make of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.errors import SourceUnavailableError
from include.http.rate_limits import rate_limit_reset, retry_after
from tests.wire import Patience, answer, client, server

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"Retry-After": "Fri, 01 May 2026 12:00:45 GMT"}, 45.0),
        ({"Retry-After": "Fri, 01 May 2026 11:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({}, None),
        ({"RateLimit-Reset": "9"}, 9.0),
        ({"RateLimit-Remaining": "3, 0, 49", "RateLimit-Reset": "1, 42, 3600"}, 42.0),
        ({"RateLimit": '"per-second";r=0;t=1, "per-minute";r=0;t=31;pk="eA=="'}, 31.0),
        ({"RateLimit": '"per-second";r=1;t=1', "Retry-After": "2"}, 2.0),
    ],
)
def test_what_a_server_asks_for_is_read_in_every_form(headers, seconds):
    assert retry_after(headers, NOW) == seconds


def test_a_quota_that_is_not_used_up_asks_for_no_pause():
    assert rate_limit_reset({"RateLimit": '"per-minute";r=9;t=60;pk="eA=="'}) == 0.0
    assert rate_limit_reset({"RateLimit-Reset": "60"}) == 0.0
    assert rate_limit_reset({}) == 0.0


@pytest.fixture
def patience() -> Patience:
    return Patience()


IS_OVER = {
    "no second": {"Retry_After": "0"},
    "no second, in many digits": {"Retry_After": "0" * 400},
    "a date that has passed": {"Retry_After": format_datetime(NOW - HOUR, usegmt=True)},
    "a date in another zone": {"Retry_After": "Thu, 01 Jan 1970 00:00:00 +2359"},
    "the moment of the answer": {
        "Retry_After": format_datetime(dt.datetime.now(dt.UTC) + HOUR, usegmt=True),
        "Date": format_datetime(dt.datetime.now(dt.UTC) + HOUR, usegmt=True),
    },
    "a window that is open again": {"RateLimit": '"per-minute";r=0;t=0'},
    "a reset of no second": {"RateLimit_Remaining": "0", "RateLimit_Reset": "0"},
    "a lone reset of no second": {"RateLimit_Reset": "0"},
    "less than the backoff": {"Retry_After": "1"},
}


@pytest.mark.parametrize("said", IS_OVER)
@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_that_is_over_never_brings_us_back_before_the_backoff(said, status, patience):
    headers = IS_OVER[said]
    with (
        server(answer(status, **headers)) as (url, seen),
        client(url, patience, max_attempts=5) as http,
        pytest.raises(SourceUnavailableError, match="after 5 attempts"),
    ):
        http.get_text("x")
    assert len(seen) == 5
    assert len(patience.pauses) == 4
    for number, pause in enumerate(patience.pauses):
        assert 2**number <= pause <= 2**number + 1
    assert any(pause != int(pause) for pause in patience.pauses), "no jitter"


@pytest.mark.parametrize(
    "headers",
    [{"Retry_After": "40"}, {"RateLimit": '"m";r=0;t=40'}, {"RateLimit_Reset": "40"}],
)
def test_a_longer_pause_replaces_the_backoff_and_is_not_added_to_it(headers, patience):
    with server(answer(429, **headers), answer(200)) as (url, _), client(url, patience) as http:
        http.get_text("x")
    assert sum(patience.pauses) == 40.0


@pytest.mark.parametrize("ahead", [-24 * HOUR, -HOUR, HOUR, 24 * HOUR])
def test_a_date_is_read_by_the_clock_of_the_server(ahead):
    sent = NOW + ahead
    headers = {
        "Date": format_datetime(sent, usegmt=True),
        "Retry-After": format_datetime(sent + dt.timedelta(seconds=30), usegmt=True),
    }
    assert retry_after(headers, NOW) == 30.0


@pytest.mark.parametrize("later", [{}, {"RateLimit": '"m";r=0;t=3'}, {"RateLimit": '"m";r=5;t=60'}])
def test_a_pause_that_one_thread_was_told_is_not_cancelled_by_another_answer(later, patience):
    """The other answer is under way when the pause is told, and arrives after it."""
    arrived, told = threading.Event(), threading.Event()
    late = answer(200, **later)

    def by_path(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/late":
            arrived.set()
            told.wait(5)
            late(handler)
        else:
            answer(200, **({"RateLimit": '"m";r=0;t=12'} if handler.path == "/told" else {}))(
                handler
            )

    with server(by_path) as (url, seen), client(url, patience) as http:
        other = threading.Thread(target=http.get_text, args=("late",))
        other.start()
        assert arrived.wait(5)
        http.get_text("told")
        told.set()
        other.join(5)
        assert patience.pauses == []
        http.get_text("next")
    assert patience.pauses == [12.0]
    assert [request["path"] for request in seen] == ["/late", "/told", "/next"]


def test_the_latest_of_many_threads_is_kept(patience):
    def by_path(handler: BaseHTTPRequestHandler) -> None:
        answer(200, RateLimit=f'"m";r=0;t={handler.path[1:]}')(handler)

    with server(by_path) as (url, _), client(url, patience) as http:
        barrier = threading.Barrier(8)
        http._transport.exchange = _after(barrier, http._transport.exchange)  # type: ignore[method-assign]
        threads = [threading.Thread(target=http.get_text, args=(str(t),)) for t in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert http._quota_at == 8.0


def _after(barrier: threading.Barrier, exchange: Any) -> Any:
    """Let all requests be answered before any answer is looked at."""

    def together(*args: Any, **more: Any) -> Any:
        found = exchange(*args, **more)
        barrier.wait(10)
        return found

    return together


ABSURD = [
    ";r=0" * 16_000,
    ";r=0;t=1," * 8_000,
    "9" * 65_000,
    "9 " * 30_000,
    ";r=" + "0" * 65_000,
    ";" + " " * 65_000 + "r=0",
    '"' * 65_000,
    "Fri, 01 May " + "9" * 5_000 + " 12:00:45 GMT",
    "Fri, 01 May 99999999999 12:00:45 GMT",
    "Fri, 01 May 2026 12:00:45 +" + "9" * 20,
    "1" + "0" * 400,
]


@pytest.mark.parametrize("name", ["Retry-After", "RateLimit", "RateLimit-Remaining", "Date"])
@pytest.mark.parametrize("value", ABSURD, ids=lambda value: value[:12])
def test_an_absurd_header_costs_nothing_and_raises_nothing(name, value):
    headers = {
        "RateLimit-Reset": value,
        "Retry-After": "Fri, 01 May 2026 12:00:45 GMT",
        name: value,
    }
    started = time.process_time()
    asked, quota = retry_after(headers, NOW), rate_limit_reset(headers)
    assert time.process_time() - started < 0.2
    assert asked is None or 0 <= asked <= 1e10
    assert 0 <= quota <= 1e10


@pytest.mark.parametrize("name", ["Retry-After", "RateLimit", "RateLimit-Reset"])
@pytest.mark.parametrize("value", ABSURD, ids=lambda value: value[:12])
@pytest.mark.parametrize("status", [200, 429])
def test_an_absurd_header_of_an_answer_leaves_the_exception_tree_never(
    name, value, status, patience
):
    said = answer(status, **{name: value, "RateLimit_Remaining": "0"})
    with server(said) as (url, _), client(url, patience, max_attempts=2) as http:
        for _ in range(2):
            with contextlib.suppress(SourceUnavailableError):
                http.get_text("x")
    assert all(0 <= pause <= 300 for pause in patience.pauses)


_NAMES = st.sampled_from(
    ["Retry-After", "Date", "RateLimit", "RateLimit-Remaining", "RateLimit-Reset"]
)
_LATIN_1 = st.text(st.sampled_from([chr(number) for number in range(1, 256)]), max_size=60)
_PARTS = [
    "r=",
    "t=",
    ";",
    ",",
    '"m"',
    "=",
    " ",
    "-",
    "+",
    ":",
    "GMT",
    "May",
    "Fri,",
    "0",
    "9",
    "2026",
]
_VALUES = st.one_of(
    _LATIN_1,
    st.integers().map(str),
    st.datetimes(timezones=st.just(dt.UTC)).map(format_datetime),
    st.lists(st.sampled_from(_PARTS), max_size=30).map("".join),
    st.lists(st.sampled_from(_PARTS), max_size=12).map(" ".join),
)


@given(st.dictionaries(_NAMES, _VALUES), st.datetimes(timezones=st.just(dt.UTC)))
def test_whatever_the_headers_say_is_a_pause_of_some_seconds_or_none(headers, now):
    asked, quota = retry_after(headers, now), rate_limit_reset(headers)
    assert asked is None or 0 <= asked < 1e12
    assert 0 <= quota <= 1e9
