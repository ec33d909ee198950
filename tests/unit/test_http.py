from __future__ import annotations

import datetime as dt
import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from include.errors import MalformedAnswerError, SourceRejectedError, SourceUnavailableError
from include.http import HttpClient, parse_json
from include.pauses import pause_asked_for, pause_until_quota
from include.settings import Settings

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
Answer = Callable[[BaseHTTPRequestHandler], None]


def answer(status: int, body: bytes = b"{}", **headers: str) -> Answer:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return send


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"half":')
    handler.close_connection = True


def trickle(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        handler.close_connection = True


@contextmanager
def server(*answers: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Serve the answers in turn, the last one for ever; give the URL and the requests seen."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            seen.append(
                {
                    "method": self.command,
                    "path": self.path,
                    "body": self.rfile.read(length),
                    "headers": dict(self.headers),
                    "peer": self.client_address,
                }
            )
            answers[min(len(seen), len(answers)) - 1](self)

        do_POST = do_GET  # noqa: N815 -- the standard library's names

        def log_message(self, *_: object) -> None:
            pass

    http_server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http_server.daemon_threads = True
    thread = threading.Thread(target=http_server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http_server.server_port}", seen
    finally:
        http_server.shutdown()
        http_server.server_close()
        thread.join()


class Patience:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def now(self) -> float:
        return sum(self.pauses)


@pytest.fixture
def patience() -> Patience:
    return Patience()


def client(url: str, patience: Patience, tries: int = 4, **changes: Any) -> HttpClient:
    before_try = changes.pop("before_try", None)
    headers = changes.pop("headers", None)
    values = {"http_backoff_first_seconds": 1.0, **changes}
    return HttpClient(
        url,
        tries=tries,
        headers=headers,
        settings=Settings(**values),
        before_try=before_try,
        sleep=patience.sleep,
        clock=patience.now,
    )


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_refusals_that_may_pass_are_tried_again(status, patience):
    with server(answer(status), answer(200, b"7")) as (url, seen), client(url, patience) as http:
        assert http.get_json("x") == 7
    assert len(seen) == 2


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422])
def test_final_refusals_are_never_tried_again(status, patience):
    with (
        server(answer(status, b"why")) as (url, seen),
        client(url, patience) as http,
        pytest.raises(SourceRejectedError, match="why") as caught,
    ):
        http.get_text("x")
    assert caught.value.status == status
    assert len(seen) == 1
    assert patience.pauses == []


def test_broken_answers_and_connections_are_tried_again(patience):
    with server(cut_off, answer(200, b"1")) as (url, seen), client(url, patience) as http:
        assert http.get_json("x") == 1
    assert len(seen) == 2


def test_no_connection_names_the_address_and_the_tries(patience):
    with (
        client("http://127.0.0.1:1", patience, tries=3) as http,
        pytest.raises(SourceUnavailableError, match="after 3 tries") as caught,
    ):
        http.get_text("x")
    assert caught.value.record == "http://127.0.0.1:1/x"
    assert len(patience.pauses) == 2


def test_pauses_grow_from_the_first_one_and_are_jittered(patience):
    with (
        server(answer(503)) as (url, _),
        client(url, patience, tries=5) as http,
        pytest.raises(SourceUnavailableError),
    ):
        http.get_text("x")
    assert len(patience.pauses) == 4
    for number, pause in enumerate(patience.pauses):
        assert 2**number <= pause <= 2**number + 1


def test_retry_after_is_obeyed_instead_of_the_backoff(patience):
    refusal = answer(429, Retry_After="7")
    with server(refusal, answer(200)) as (url, _), client(url, patience) as http:
        http.get_text("x")
    assert patience.pauses == [7.0]


def test_a_longer_retry_after_than_allowed_is_left_to_a_later_run(patience):
    refusal = answer(429, Retry_After="4000")
    with (
        server(refusal) as (url, seen),
        client(url, patience) as http,
        pytest.raises(SourceUnavailableError, match="4000 s"),
    ):
        http.get_text("x")
    assert len(seen) == 1


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
    assert pause_asked_for(headers, NOW) == seconds


def test_a_quota_that_is_not_used_up_asks_for_no_pause():
    assert pause_until_quota({"RateLimit": '"per-minute";r=9;t=60;pk="eA=="'}) == 0.0
    assert pause_until_quota({"RateLimit-Reset": "60"}) == 0.0
    assert pause_until_quota({}) == 0.0


def test_a_used_up_quota_delays_the_next_request_and_no_later_one(patience):
    last = answer(200, RateLimit='"per-minute";r=0;t=12;pk="eA=="')
    with server(last, answer(200)) as (url, seen), client(url, patience) as http:
        http.get_text("x")
        assert patience.pauses == []
        http.get_text("x")
        http.get_text("x")
    assert patience.pauses == [12.0]
    assert len(seen) == 3


def test_an_answer_that_cannot_be_read_is_asked_for_again(patience):
    html = answer(200, b"<h1>back soon</h1>", Content_Type="text/html")
    with server(html, answer(200, b"[1]")) as (url, seen), client(url, patience) as http:
        assert http.ask("GET", "x", lambda body: parse_json(body, record="x")) == [1]
    assert len(seen) == 2


def test_an_answer_that_stays_unreadable_is_said_to_be_malformed(patience):
    with (
        server(answer(200, b"<h1>")) as (url, seen),
        client(url, patience, tries=2) as http,
        pytest.raises(MalformedAnswerError, match="not JSON"),
    ):
        http.ask("GET", "x", lambda body: parse_json(body, record="x"))
    assert len(seen) == 2


def test_failed_tries_are_told_with_the_status_that_refused_them(patience):
    told: list[int | None] = []
    with server(answer(503), cut_off, answer(200)) as (url, _), client(url, patience) as http:
        http.ask("POST", "x", str, body={"a": 1}, after_failure=told.append)
    assert told == [503, None]


def test_a_budget_is_asked_before_every_try(patience):
    calls: list[int] = []
    with (
        server(answer(503), answer(200)) as (url, seen),
        client(url, patience, before_try=lambda: calls.append(len(seen))) as http,
    ):
        http.get_text("x")
    assert calls == [0, 1]


def test_a_server_that_trickles_is_left_at_the_deadline(patience):
    limits = {"http_answer_longest_seconds": 0.2, "http_read_timeout_seconds": 5}
    with server(trickle) as (url, _), client(url, patience, tries=1, **limits) as http:
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="trickled"):
            http.get_text("x")
        assert time.monotonic() - started < 3


def test_an_endless_answer_is_cut_off_at_the_size_limit(patience):
    big = answer(200, b" " * 200_000)
    with (
        server(big) as (url, _),
        client(url, patience, http_answer_longest_bytes=100_000) as http,
        pytest.raises(MalformedAnswerError, match="longer than 100000 bytes"),
    ):
        http.get_text("x")


def test_compressed_answers_are_read_and_the_connection_is_kept(patience):
    packed = answer(200, gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")
    with server(packed) as (url, seen), client(url, patience) as http:
        assert [http.get_json("x") for _ in range(3)] == [{"a": 1}] * 3
    assert len({request["peer"] for request in seen}) == 1


def test_every_get_is_prepared_as_the_first_one(patience):
    """A plain GET is a copy of an earlier one."""
    paths = ["v0/item/1.json", "v0/item/2.json", "a%20b", "ü", "v0/item/3.json", "", "a?b=1#c"]
    for key in ({}, {"Authorization": "Bearer k"}):
        with server(answer(200)) as (url, copied), client(url, patience, headers=key) as http:
            for path in paths:
                http.get_text(path, {"page": 2} if path == paths[1] else None)
        with server(answer(200)) as (url, alone):
            for path in paths:
                with client(url, patience, headers=key) as http:
                    http.get_text(path, {"page": 2} if path == paths[1] else None)
        for request in (*copied, *alone):
            request["headers"].pop("Host")
            request.pop("peer")
        assert copied == alone
        assert [r["headers"].get("Authorization") for r in copied] == [key.get("Authorization")] * 7


def test_a_post_sends_json_and_its_headers_every_time(patience):
    with server(answer(500), answer(200)) as (url, seen):
        http = HttpClient(url, tries=2, headers={"Authorization": "Bearer k"}, sleep=patience.sleep)
        http.request("POST", "v1/jobs", body={"limit": 1})
        http.close()
    assert [request["body"] for request in seen] == [b'{"limit": 1}'] * 2
    assert all(request["headers"]["Authorization"] == "Bearer k" for request in seen)


def moved(to: str) -> Answer:
    return answer(301, Location=to)


def test_a_redirect_is_followed(patience):
    answers = moved("/there"), answer(200, b"[1]")
    with server(*answers) as (url, seen), client(url, patience) as http:
        assert http.get_json("here") == [1]
    assert [request["path"] for request in seen] == ["/here", "/there"]


def test_a_key_does_not_follow_a_redirect_to_another_host(patience):
    with server(answer(200)) as (there, seen), server(moved(f"{there}/x")) as (url, _):
        here = url.replace("127.0.0.1", "localhost")
        with HttpClient(here, tries=1, headers={"Authorization": "Bearer k"}) as http:
            http.get_json("x")
    assert ["Authorization" in request["headers"] for request in seen] == [False]


KEY = "key-that-nobody-may-see"
BEARER = {"Authorization": f"Bearer {KEY}"}


def redirect(to: str, status: int = 307) -> Answer:
    return answer(status, b"", Location=to)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_key_is_not_sent_to_where_another_host_is_named(status: int, method: str) -> None:
    with server(answer(200)) as (other, seen_there):
        address = other.replace("127.0.0.1", "localhost")
        with (
            server(redirect(f"{address}/elsewhere", status)) as (url, seen_here),
            HttpClient(url, tries=1, headers=BEARER) as client,
        ):
            client.request(method, "jobs", body={"page": 0} if method == "POST" else None)
    assert seen_here[0]["headers"]["Authorization"] == f"Bearer {KEY}"
    assert len(seen_there) == 1
    assert KEY not in str(seen_there)


def test_login_in_the_url_is_sent_and_never_told() -> None:
    with server(answer(200), answer(403, b"no")) as (url, seen):
        with_login = url.replace("http://", f"http://user:{KEY}@")
        with HttpClient(f"{with_login}/v0/", tries=1) as client:
            assert client.get_text("item/1.json") == "{}"
            assert seen[0]["path"] == "/v0/item/1.json"
            assert seen[0]["headers"]["Authorization"].startswith("Basic ")
            with pytest.raises(SourceRejectedError) as raised:
                client.get_text("item/2.json")
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("status", [401, 402, 422, 429, 500])
def test_key_that_a_refusal_repeats_is_not_told(status: int) -> None:
    body = f'{{"error": "the header Authorization: Bearer {KEY} is wrong"}}'.encode()
    with (
        server(answer(status, body)) as (url, _),
        HttpClient(url, tries=1, headers=BEARER) as client,
        pytest.raises((SourceRejectedError, SourceUnavailableError)) as raised,
    ):
        client.get_text("jobs")
    assert KEY not in str(raised.value)
    assert "Bearer *** is wrong" in str(raised.value)
    assert KEY not in str(raised.value.__cause__)
