from __future__ import annotations

import gzip
import time
import tracemalloc

import pytest

from include import __version__
from include.errors import (
    ConfigurationError,
    MalformedAnswerError,
    SourceRejectedError,
    SourceUnavailableError,
)
from include.http.client import HttpClient, parse_json
from tests.wire import Patience, answer, client, cut_off, server, trickle, wire


@pytest.fixture
def patience() -> Patience:
    return Patience()


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
        client("http://127.0.0.1:1", patience, max_attempts=3) as http,
        pytest.raises(SourceUnavailableError, match="after 3 attempts") as caught,
    ):
        http.get_text("x")
    assert caught.value.record == "http://127.0.0.1:1/x"
    assert len(patience.pauses) == 2


def test_pauses_grow_from_the_first_one_and_are_jittered(patience):
    with (
        server(answer(503)) as (url, _),
        client(url, patience, max_attempts=5) as http,
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
        assert http.request_parsed("GET", "x", lambda body: parse_json(body, record="x")) == [1]
    assert len(seen) == 2


def test_an_answer_that_stays_unreadable_is_said_to_be_malformed(patience):
    with (
        server(answer(200, b"<h1>")) as (url, seen),
        client(url, patience, max_attempts=2) as http,
        pytest.raises(MalformedAnswerError, match="not JSON"),
    ):
        http.request_parsed("GET", "x", lambda body: parse_json(body, record="x"))
    assert len(seen) == 2


def test_failed_tries_are_told_with_the_status_that_refused_them(patience):
    told: list[int | None] = []
    with server(answer(503), cut_off, answer(200)) as (url, _), client(url, patience) as http:
        http.request_parsed("POST", "x", str, body={"a": 1}, on_failure=told.append)
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
    limits = {"http_total_timeout_seconds": 0.2, "http_read_timeout_seconds": 5}
    with server(trickle) as (url, _), client(url, patience, max_attempts=1, **limits) as http:
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="trickled"):
            http.get_text("x")
        assert time.monotonic() - started < 3


def test_an_endless_answer_is_cut_off_at_the_size_limit(patience):
    big = answer(200, b" " * 200_000)
    with (
        server(big) as (url, _),
        client(url, patience, http_max_response_bytes=100_000) as http,
        pytest.raises(MalformedAnswerError, match="longer than 100000 bytes"),
    ):
        http.get_text("x")


def test_compressed_answers_are_read_and_the_connection_is_kept(patience):
    packed = answer(200, gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")
    with server(packed) as (url, seen), client(url, patience) as http:
        assert [http.get_json("x") for _ in range(3)] == [{"a": 1}] * 3
    assert len({request["peer"] for request in seen}) == 1


@pytest.mark.parametrize(
    ("path", "params", "sent"),
    [
        ("v0/item/1.json", None, "/v0/item/1.json"),
        ("/jobs", {"page": 2, "q": "C++ & Go", "none": None}, "/jobs?page=2&q=C%2B%2B+%26+Go"),
        ("jobs?a=b", {"tag": ["x", "y"]}, "/jobs?a=b&tag=x&tag=y"),
        ("a%20b", None, "/a%20b"),
        ("a b", None, "/a%20b"),
        ("\u00fc", None, "/%C3%BC"),
        ("a\r\nX-Evil: 1", None, "/a%0D%0AX-Evil:%201"),
        ("\ud800", None, "/%ED%A0%80"),
        ("a?b=1#c", None, "/a?b=1"),
        ("", None, "/"),
    ],
)
def test_paths_and_parameters_are_sent_encoded(path, params, sent, patience):
    with server(answer(200)) as (url, seen), client(url, patience) as http:
        http.get_text(path, params)
    with server(answer(200)) as (url, below), client(f"{url}/api/", patience) as http:
        http.get_text(path, params)
    assert [request["path"] for request in seen] == [sent]
    assert [request["path"] for request in below] == [f"/api{sent}" if path else "/api"]
    assert seen[0]["headers"]["Accept"] == "application/json"
    assert seen[0]["headers"]["User-Agent"].startswith(f"TechPulse/{__version__} ")
    assert "X-Evil" not in seen[0]["headers"]


def test_a_post_sends_json_and_its_headers_every_time(patience):
    with server(answer(500), answer(200)) as (url, seen):
        http = HttpClient(
            url, max_attempts=2, headers={"Authorization": "Bearer k"}, sleep=patience.sleep
        )
        http.request("POST", "v1/jobs", body={"limit": 1})
        http.close()
    assert [request["body"] for request in seen] == [b'{"limit": 1}'] * 2
    assert all(request["headers"]["Authorization"] == "Bearer k" for request in seen)


KEY = "key-that-nobody-may-see"
BEARER = {"Authorization": f"Bearer {KEY}"}


def test_login_in_the_url_is_sent_and_never_told() -> None:
    with server(answer(200), answer(403, b"no")) as (url, seen):
        with_login = url.replace("http://", f"http://user:{KEY}@")
        with HttpClient(f"{with_login}/v0/", max_attempts=1) as client:
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
        HttpClient(url, max_attempts=1, headers=BEARER) as client,
        pytest.raises((SourceRejectedError, SourceUnavailableError)) as raised,
    ):
        client.get_text("jobs")
    assert KEY not in str(raised.value)
    assert "Bearer *** is wrong" in str(raised.value)
    assert KEY not in str(raised.value.__cause__)


@pytest.mark.parametrize("status", [401, 404, 429, 503])
def test_refusal_moves_no_cursor_of_a_terminal(status: int) -> None:
    hostile = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eevil \r\n\b\x00 \udc80 end".encode(
        "utf-8", "surrogateescape"
    )
    with (
        server(answer(status, hostile)) as (url, _),
        HttpClient(url, max_attempts=1) as client,
        pytest.raises((SourceRejectedError, SourceUnavailableError)) as raised,
    ):
        client.get_text("jobs")
    for error in (raised.value, raised.value.__cause__):
        assert all(character.isprintable() for character in str(error or ""))
    assert "[31mred" in str(raised.value)
    assert str(raised.value).encode()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 \x1b[31m Bad\r\n\r\n",
        b"\x1b[2J\r\n\r\n",
        b"HTTP/\x1b[31m 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\x1b[31m\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1b[2J",
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"1" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 999999999999 OK\r\n\r\n",
        b"HTTP/1.1 -1 OK\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://\x1b[31m/\r\nContent-Length: 0\r\n\r\n",
        b"",
    ],
)
def test_damaged_answer_is_an_error_of_the_tree(head: bytes, patience: Patience) -> None:
    with (
        wire(lambda connection: connection.sendall(head)) as url,
        client(url, patience, max_attempts=2) as http,
        pytest.raises((SourceRejectedError, SourceUnavailableError)) as raised,
    ):
        http.get_text("x")
    assert all(character.isprintable() for character in str(raised.value))


@pytest.mark.parametrize("key", ["key\n", "key\r\nX-Evil: 1", "ключ", "key\x00", "k\x7f"])
def test_key_that_no_header_may_hold_is_a_wrong_configuration(key: str) -> None:
    with pytest.raises(ConfigurationError, match="header Authorization") as raised:
        HttpClient("http://127.0.0.1:1", max_attempts=1, headers={"Authorization": f"Bearer {key}"})
    assert key not in str(raised.value)
    assert "API key" in raised.value.next_step


@pytest.mark.parametrize(
    "address",
    ["", "api.example.com", "ftp://api.example.com", "http://", "http://[::1", "http://a:b@:80",
     "http://user:password-1@host:port", "https://" + "a" * 70 + ".example", "http://a..b"],
)  # fmt: skip
def test_address_that_is_none_is_a_wrong_configuration(address: str) -> None:
    with pytest.raises(ConfigurationError, match="not an http or https URL") as raised:
        HttpClient(address, max_attempts=1)
    assert "password-1" not in str(raised.value)
    assert raised.value.next_step


def test_no_cookie_is_sent_back_and_no_netrc_is_read(tmp_path, monkeypatch, patience) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    cookie = answer(200, Set_Cookie="a=b; Path=/")
    with server(cookie) as (url, seen), client(url, patience) as http:
        http.get_text("x")
        http.get_text("x")
    for request in seen:
        assert not {"cookie", "authorization"} & {name.lower() for name in request["headers"]}


def test_bytes_that_are_not_utf_8_are_kept(patience: Patience) -> None:
    with server(answer(200, b'"\xff\xc3"')) as (url, _), client(url, patience) as http:
        text = http.get_text("x")
    assert text.encode("utf-8", errors="surrogateescape") == b'"\xff\xc3"'


def test_byte_order_mark_is_no_part_of_json(patience: Patience) -> None:
    with server(answer(200, b'\xef\xbb\xbf{"a": 1}')) as (url, _), client(url, patience) as http:
        assert http.get_json("x") == {"a": 1}


def test_connection_of_an_answer_that_is_too_long_is_not_used_again(patience: Patience) -> None:
    big = answer(200, b" " * 2_000_000)
    with (
        server(big, answer(200, b"1")) as (url, seen),
        client(url, patience, http_max_response_bytes=1_000) as http,
    ):
        with pytest.raises(MalformedAnswerError):
            http.get_text("x")
        assert http.get_json("x") == 1
    assert len({request["peer"] for request in seen}) == 2


def test_gzip_bomb_is_left_at_the_limit_of_bytes(patience: Patience) -> None:
    bomb = answer(200, gzip.compress(b" " * 20_000_000), Content_Encoding="gzip")
    with server(bomb) as (url, _), client(url, patience, http_max_response_bytes=500_000) as http:
        tracemalloc.start()
        try:
            with pytest.raises(MalformedAnswerError, match="longer than 500000 bytes"):
                http.get_text("x")
            assert tracemalloc.get_traced_memory()[1] < 5_000_000
        finally:
            tracemalloc.stop()
