"""One deadline holds over everything that a server can draw out."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from include.errors import SourceUnavailableError
from include.http.deadlines import Deadline
from tests.wire import Patience, answer, client, server, wire

LIMITS = {"http_total_timeout_seconds": 0.3, "http_read_timeout_seconds": 20.0}
SOON = 2.0  # seconds: far below every other limit

Act = Callable[[socket.socket], None]
_OK = b"HTTP/1.1 200 OK\r\n"
_FOUND = b"HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def patience() -> Patience:
    return Patience()


def drip(begin: bytes, part: bytes, pause: float = 0.02) -> Act:
    """Send ``begin``, then ``part`` without end."""

    def act(connection: socket.socket) -> None:
        connection.sendall(begin)
        while True:
            connection.sendall(part)
            time.sleep(pause)

    return act


def hops(connection: socket.socket) -> None:
    """Take a part of the time for each of many redirects."""
    time.sleep(0.12)
    number = time.monotonic_ns()
    connection.sendall(_FOUND % number)


_EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"  # deflate: a stored block of no bytes
_GZIP = gzip.compress(b"")[:10]

DRAWN_OUT: dict[str, Act] = {
    "status line, byte by byte": drip(b"HTTP/1.1 200 ", b"O"),
    "header lines, one by one": drip(_OK, b"X-A: 1\r\n"),
    "a header line, byte by byte": drip(_OK + b"X-A: ", b"1"),
    "100 Continue, slowly": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "100 Continue, as fast as it goes": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500, 0),
    "100 Continue with headers": drip(b"", b"HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n"),
    "a body with a length": drip(_OK + b"Content-Length: 99999\r\n\r\n", b" "),
    "a body without a length": drip(_OK + b"\r\n", b" "),
    "chunks": drip(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "the size of a chunk": drip(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailers": drip(_OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: 1\r\n"),
    "trailers, as fast as they go": drip(
        _OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: 1\r\n" * 500, 0
    ),
    "gzip that unpacks to nothing": drip(
        _OK + b"Content-Encoding: gzip\r\n\r\n" + _GZIP, _EMPTY_BLOCK
    ),
    "deflate that unpacks to nothing": drip(
        _OK + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(b"")[:2], _EMPTY_BLOCK
    ),
    "a body that refuses": drip(b"HTTP/1.1 503 No\r\nContent-Length: 99999\r\n\r\n", b" "),
    "redirect upon redirect": hops,
    "headers of a redirect": drip(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n", b"X-A: 1\r\n"),
    "nothing at all": drip(b"", b""),
}


@pytest.mark.parametrize("what", DRAWN_OUT)
def test_whatever_is_drawn_out_ends_at_the_deadline(what, patience):
    with wire(DRAWN_OUT[what]) as url, client(url, patience, max_attempts=1, **LIMITS) as http:
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError, match=r"not complete after 0\.3 s"):
            http.get_text("x")
        assert 0.25 < time.monotonic() - started < SOON


def test_endless_continue_takes_no_memory(patience):
    act = DRAWN_OUT["100 Continue, as fast as it goes"]
    with wire(act) as url, client(url, patience, max_attempts=1, **LIMITS) as http:
        tracemalloc.start()
        try:
            with pytest.raises(SourceUnavailableError):
                http.get_text("x")
            assert tracemalloc.get_traced_memory()[1] < 2_000_000
        finally:
            tracemalloc.stop()


def test_each_try_has_a_deadline_of_its_own(patience):
    with (
        wire(drip(_OK, b"X-A: 1\r\n")) as url,
        client(url, patience, max_attempts=3, **LIMITS) as http,
    ):
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="after 3 attempts"):
            http.get_text("x")
        assert 0.8 < time.monotonic() - started < 3 * SOON
    assert len(patience.pauses) == 2


def test_a_silence_ends_sooner_than_the_deadline(patience):
    limits = {"http_total_timeout_seconds": 20.0, "http_read_timeout_seconds": 0.2}
    with wire(drip(b"", b"")) as url, client(url, patience, max_attempts=1, **limits) as http:
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="Read timed out"):
            http.get_text("x")
        assert time.monotonic() - started < SOON


def test_a_question_that_nobody_reads_ends_at_the_deadline(patience):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with client(url, patience, max_attempts=1, **LIMITS) as http:
            started = time.monotonic()
            with pytest.raises(SourceUnavailableError, match="not complete after"):
                http.request("POST", "x", body=" " * 30_000_000)
            assert time.monotonic() - started < SOON


@pytest.fixture
def black_hole() -> Iterator[str]:
    """An address that takes no connection and refuses none: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = []
        for _ in range(4):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(address)
            waiting.append(sock)
        yield f"http://127.0.0.1:{address[1]}"
        for sock in waiting:
            sock.close()


@pytest.mark.parametrize("addresses", [1, 40])
def test_connecting_ends_at_the_deadline_over_all_addresses(
    addresses, black_hole, patience, monkeypatch
):
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(black_hole[17:])))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [entry] * addresses)
    monkeypatch.setattr("include.http.transport.CONNECT_TIMEOUT_SECONDS", 0.1)
    with client(black_hole, patience, max_attempts=1, **LIMITS) as http:
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError):
            http.get_text("x")
        assert time.monotonic() - started < SOON


def test_the_second_address_is_tried_where_the_first_refuses(patience, monkeypatch):
    with server(answer(200, b"[1]")) as (url, _):
        port = int(url.rpartition(":")[2])
        entries = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", number))
            for number in (1, port)
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
        with client(f"http://api.example.com:{port}", patience) as http:
            assert http.get_json("x") == [1]


def test_a_proxy_that_trickles_its_leave_ends_at_the_deadline(patience, monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with wire(drip(b"HTTP/1.1 200 ", b"O")) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        with client("https://api.example.com", patience, max_attempts=1, **LIMITS) as http:
            started = time.monotonic()
            with pytest.raises(SourceUnavailableError, match="not complete after"):
                http.get_text("x")
            assert time.monotonic() - started < SOON


def test_a_handshake_that_trickles_ends_at_the_deadline(patience):
    def act(connection: socket.socket) -> None:
        connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
        while True:
            connection.sendall(b"\x00")
            time.sleep(0.02)

    with wire(act, after=b"\x16") as url:
        https = url.replace("http:", "https:")
        with client(https, patience, max_attempts=1, **LIMITS) as http:
            started = time.monotonic()
            with pytest.raises(SourceUnavailableError):
                http.get_text("x")
            assert time.monotonic() - started < SOON


def test_a_connection_that_was_kept_has_the_deadline_of_its_next_request(patience):
    """The first answer is whole; the second, on the same connection, trickles."""

    def act(connection: socket.socket) -> None:
        connection.sendall(_OK + b"Content-Length: 2\r\n\r\n[]")
        assert connection.recv(4_096)
        drip(_OK, b"X-A: 1\r\n")(connection)

    with wire(act) as url, client(url, patience, max_attempts=1, **LIMITS) as http:
        assert http.get_json("x") == []
        time.sleep(0.4)  # its deadline is over
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="not complete after"):
            http.get_json("x")
        assert 0.25 < time.monotonic() - started < SOON


def test_each_thread_has_a_deadline_of_its_own():
    deadline, seen = Deadline(), []
    deadline.start(-1)
    thread = threading.Thread(target=lambda: seen.append(deadline.is_over))
    thread.start()
    thread.join(5)
    assert deadline.is_over
    assert seen == [False]
    with pytest.raises(TimeoutError):
        deadline.remaining(5)


def test_many_threads_share_a_client_and_all_end_on_time(patience):
    failed: list[Any] = []

    def ask() -> None:
        try:
            http.get_text("x")
        except SourceUnavailableError as error:
            failed.append(error)

    with (
        wire(drip(_OK, b"X-A: 1\r\n")) as url,
        client(url, patience, max_attempts=1, **LIMITS) as http,
    ):
        threads = [threading.Thread(target=ask) for _ in range(12)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SOON)
        assert time.monotonic() - started < SOON
    assert len(failed) == 12
