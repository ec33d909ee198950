"""Where redirects lead, what goes with them, and what is never read of them."""

from __future__ import annotations

import contextlib
import gzip
import socket
import time
import traceback
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.errors import SourceRejectedError, TechPulseError
from include.http.redirects import Origin, Redirects, RefusedRedirectError, Request
from tests.wire import Answer, Patience, answer, client, server, wire

KEY = "key-that-nobody-may-see"
BEARER = {"Authorization": f"Bearer {KEY}"}
STATUSES = (301, 302, 303, 307, 308)


@pytest.fixture
def patience() -> Patience:
    return Patience()


def to(location: str, status: int = 302) -> Answer:
    return answer(status, b"not read", Location=location)


def netloc(url: str) -> str:
    return url.removeprefix("http://")


# At home ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/there", "/there"),
        ("there?a=b c", "/v1/there?a=b%20c"),
        ("?page=2", "/v1/here?page=2"),
        ("//{home}/there#part", "/there"),
        ("http://{home}/th\xc3\xa9", "/th%C3%A9"),
        ("HTTP://nobody:secret@{home}", "/"),
    ],
)
def test_redirect_at_home_is_followed_with_the_key(status, location, path, patience):
    def first(handler: Any) -> None:
        to(location.format(home=netloc(url)), status)(handler)

    with (
        server(first, answer(200, b"[1]")) as (url, seen),
        client(f"{url}/v1", patience, headers=BEARER) as http,
    ):
        assert http.get_json("here") == [1]
    assert [request["path"] for request in seen] == ["/v1/here", path]
    assert [request["headers"]["Authorization"] for request in seen] == [f"Bearer {KEY}"] * 2
    assert "secret" not in str(seen)


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [(303, "GET", b""), (307, "POST", b'{"page": 1}'), (308, "POST", b'{"page": 1}')],
)
def test_post_is_repeated_at_home_as_its_status_says(status, method, body, patience):
    answers = to("/there", status), answer(200)
    with server(*answers) as (url, seen), client(url, patience) as http:
        http.request("POST", "here", body={"page": 1})
    assert [(seen[1]["method"], seen[1]["body"])] == [(method, body)]
    assert ("Content-Type" in seen[1]["headers"]) == bool(body)


@pytest.mark.parametrize("status", [301, 302])
def test_post_that_would_lose_its_body_is_refused(status, patience):
    with (
        server(to("/there", status)) as (url, seen),
        client(url, patience) as http,
        pytest.raises(SourceRejectedError, match="without its body"),
    ):
        http.request("POST", "here", body={"page": 1})
    assert len(seen) == 1


# Elsewhere ----------------------------------------------------------------------------------------

ELSEWHERE = [
    "http://{other}/x",
    "//{other}/x",
    "http://{home}@{other}/x",
    "http://localhost:{port}/x",  # another name
    "http://127.1.2.3:{port}/x",  # another address
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]:{port}/x",
    "https://{home}/x",  # another scheme
    "http://127.0.0.1/x",  # another port
    "http://\\{other}/x",
]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("location", ELSEWHERE)
def test_redirect_to_another_host_is_refused_and_never_asked(location, status, patience):
    def first(handler: Any) -> None:
        port = url.rpartition(":")[2]
        where = location.format(other=netloc(other), home=netloc(url), port=port)
        to(where, status)(handler)

    with (
        server(answer(200)) as (other, there),
        server(first) as (url, here),
        client(url, patience, headers=BEARER) as http,
        pytest.raises(SourceRejectedError, match="redirect is not followed") as raised,
    ):
        http.get_text("x")
    assert there == []
    assert len(here) == 1, "asked again, or followed"
    assert raised.value.status == status
    assert raised.value.record == f"{url}/x"
    assert "the connection's host" in raised.value.next_step
    assert patience.pauses == []


@pytest.mark.parametrize("status", STATUSES)
def test_listed_host_is_asked_without_the_key(status, patience):
    with (
        server(answer(200, b"[1]")) as (other, there),
        server(to(f"{other}/x", status)) as (url, here),
        client(url, patience, headers=BEARER, redirect_hosts=(netloc(other).upper(),)) as http,
    ):
        assert http.get_json("x") == [1]
    assert here[0]["headers"]["Authorization"] == f"Bearer {KEY}"
    assert len(there) == 1
    assert KEY not in str(there)
    assert there[0]["headers"]["Host"] == netloc(other)


def test_login_of_the_url_is_not_sent_to_a_listed_host(patience):
    with server(answer(200)) as (other, there), server(to(f"{other}/x")) as (url, here):
        with_login = url.replace("http://", f"http://user:{KEY}@")
        with client(with_login, patience, redirect_hosts=(netloc(other),)) as http:
            http.get_text("x")
    assert here[0]["headers"]["Authorization"].startswith("Basic ")
    assert "Authorization" not in there[0]["headers"]


@pytest.mark.parametrize("status", [307, 308])
def test_body_of_a_post_goes_to_no_other_host_listed_or_not(status, patience):
    with (
        server(answer(200)) as (other, there),
        server(to(f"{other}/x", status)) as (url, _),
        client(url, patience, redirect_hosts=(netloc(other),)) as http,
        pytest.raises(SourceRejectedError, match="the POST's body"),
    ):
        http.request("POST", "x", body={"question": 1})
    assert there == []


def test_key_is_sent_again_where_a_listed_host_leads_home(patience):
    with (
        server(lambda handler: to(f"{url}/end")(handler)) as (other, there),
        server(to(f"{other}/x"), answer(200)) as (url, here),
        client(url, patience, headers=BEARER, redirect_hosts=(netloc(other),)) as http,
    ):
        http.get_text("x")
    assert [request["path"] for request in here] == ["/x", "/end"]
    assert here[1]["headers"]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in str(there)


def test_https_never_leads_to_http_not_even_to_a_listed_host():
    home = Origin("https", "api.example.com", 443)
    rules = Redirects(home, ["files.example.com", "api.example.com"])
    request = Request("GET", home, "/x")
    followed = rules.next(request, 302, "https://files.example.com/y")
    assert followed.url == "https://files.example.com/y"
    for location in ("http://files.example.com/y", "http://api.example.com/x"):
        for asked in (request, followed):
            with pytest.raises(RefusedRedirectError, match="from https to http"):
                rules.next(asked, 302, location)
    with pytest.raises(RefusedRedirectError, match="not the connection's host"):
        rules.next(request, 302, "https://files.example.com:8443/y")


# Private addresses --------------------------------------------------------------------------------

PRIVATE = ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.0",
           "::1", "fd00::7", "::ffff:127.0.0.1"]  # fmt: skip
PUBLIC = "93.184.215.14"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names with the addresses that DNS gives them; public ones are the server on loopback."""
    names: dict[str, list[str]] = {}
    connect = socket.socket.connect

    def look_up(host: str, port: Any, *_: Any, **__: Any) -> list[Any]:
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        kind = socket.SOCK_STREAM
        return [(socket.AF_INET, kind, 6, "", (address, port)) for address in names[host]]

    def reach(self: socket.socket, address: Any) -> None:
        asked.append(address[0])
        connect(self, ("127.0.0.1", address[1]))

    asked = names["connected to"] = []
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", reach)
    return names


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("among", [[], [PUBLIC]])
def test_listed_host_with_a_private_address_is_not_connected_to(address, among, internet, patience):
    internet["api.example.com"] = [PUBLIC]
    internet["files.example.com"] = [*among, address]
    with server(lambda handler: to(where)(handler)) as (url, seen):
        home = url.replace("127.0.0.1", "api.example.com")
        where = home.replace("api.", "files.")
        listed = (netloc(where),)
        with (
            client(home, patience, redirect_hosts=listed) as http,
            pytest.raises(SourceRejectedError, match=f"private address {address}") as raised,
        ):
            http.get_text("x")
    assert internet["connected to"] == [PUBLIC]
    assert len(seen) == 1
    assert raised.value.status == 302


@pytest.mark.parametrize(
    ("home_is_at", "listed_is_at"), [(PUBLIC, PUBLIC), ("10.0.0.1", "10.0.0.2")]
)
def test_listed_host_is_followed_where_the_connection_is_as_private(
    home_is_at, listed_is_at, internet, patience
):
    internet["api.example.com"] = [home_is_at]
    internet["files.example.com"] = [listed_is_at]
    answers = (lambda handler: to(where)(handler)), answer(200, b"[1]")
    with server(*answers) as (url, _):
        home = url.replace("127.0.0.1", "api.example.com")
        where = home.replace("api.", "files.")
        with client(home, patience, redirect_hosts=(netloc(where),)) as http:
            assert http.get_json("x") == [1]
    assert internet["connected to"] == [home_is_at, listed_is_at]


# Without end --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_circle_is_refused_at_once(steps, status, patience):
    def next_one(handler: Any) -> None:
        to(f"/{(int(handler.path[1:]) + 1) % steps}", status)(handler)

    with (
        server(next_one) as (url, seen),
        client(url, patience) as http,
        pytest.raises(SourceRejectedError, match="in a circle"),
    ):
        http.get_text("0")
    assert len(seen) == steps
    assert patience.pauses == []


@pytest.mark.parametrize("steps", [5, 6, 1_000])
def test_five_redirects_are_followed_and_no_more(steps, patience):
    def count(handler: Any) -> None:
        step = int(handler.path[1:])
        (to(f"/{step + 1}") if step < steps else answer(200, b"[1]"))(handler)

    with server(count) as (url, seen), client(url, patience) as http:
        if steps == 5:
            assert http.get_json("0") == [1]
        else:
            with pytest.raises(SourceRejectedError, match="more than 5"):
                http.get_text("0")
    assert len(seen) == 6
    assert patience.pauses == []


# Unreadable ---------------------------------------------------------------------------------------

UNREADABLE = ["", "http://", "http://[::1", "http://[v1.x]/", "ftp://127.0.0.1/x", "data:,[1]",
              "gopher://127.0.0.1:70/", "javascript:alert(1)", "http://127.0.0.1:99999/",
              "file:///etc/passwd", "http://127.0.0.1:port/", "http://:80/", "http://\x7f/", "//",
              "http://%/", "about:blank", "http://" + "a" * 300 + ".example/", "http://exa mple/",
              "unix:/run/x.sock"]  # fmt: skip


@pytest.mark.parametrize("location", UNREADABLE)
def test_location_that_cannot_be_read_is_refused_with_a_next_step(location, patience):
    with (
        server(to(location)) as (url, seen),
        client(url, patience) as http,
        pytest.raises(SourceRejectedError, match="redirect is not followed") as raised,
    ):
        http.get_text("x")
    assert len(seen) == 1
    assert raised.value.next_step


def test_redirect_without_a_location_is_refused(patience):
    with (
        server(answer(301, b"gone somewhere")) as (url, _),
        client(url, patience) as http,
        pytest.raises(SourceRejectedError, match="names no address"),
    ):
        http.get_text("x")


_PARTS = ["http:", "https:", "//", "/", "..", "@", ":", "80", "[", "]", "%", "%zz", "?", "#", "\\",
          "é", "api.example.com", "127.0.0.1", " ", "\t", "xn--", "a" * 70, "9" * 70]  # fmt: skip
_LOCATIONS = st.one_of(
    st.text(st.sampled_from([chr(number) for number in range(1, 256)]), max_size=40),
    st.lists(st.sampled_from(_PARTS), max_size=9).map("".join),
)


@given(_LOCATIONS, st.sampled_from(STATUSES), st.sampled_from([None, b"{}"]))
def test_whatever_a_location_says_leads_home_or_is_refused(location, status, body):
    home = Origin("https", "api.example.com", 443)
    request = Request("POST" if body else "GET", home, "/v1/x", body)
    with contextlib.suppress(RefusedRedirectError):
        followed = Redirects(home, ()).next(request, status, location)
        assert followed.origin == home
        assert followed.target.startswith("/")
        assert followed.target.isascii()


# Bodies -------------------------------------------------------------------------------------------

_HEAD = b"HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Type: application/json\r\n"
_PART = b"\0" * 65_536
_BOMB = gzip.compress(b"\0" * 50_000_000)
HUGE = {
    "600 MB": (b"Content-Length: 600000000\r\n\r\n", _PART),
    "without a length": (b"\r\n", _PART),
    "in chunks": (b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + _PART + b"\r\n"),
    "gzip that unpacks to much": (b"Content-Encoding: gzip\r\n\r\n", _BOMB),
}


@pytest.mark.parametrize("body", HUGE)
def test_body_of_a_redirect_is_never_read(body, patience):
    head, part = HUGE[body]
    sent = [0]

    def act(connection: socket.socket) -> None:
        if not sent[0]:
            sent[0] = 1
            connection.sendall(_HEAD + head)
            while sent[0] < 600_000_000:
                connection.sendall(part)
                sent[0] += len(part)
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    with wire(act) as url, client(url, patience, max_attempts=1) as http:
        tracemalloc.start()
        try:
            assert http.get_json("x") == []
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 2_000_000
    assert sent[0] < 30_000_000, "what the sockets' buffers took is all that was sent"


@pytest.mark.parametrize("status", STATUSES)
def test_redirect_whose_body_trickles_is_followed_at_once(status, patience):
    asked = []

    def act(connection: socket.socket) -> None:
        asked.append(1)
        if len(asked) > 1:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
            return
        connection.sendall(
            f"HTTP/1.1 {status} Moved\r\nLocation: /end\r\nContent-Length: 9999\r\n\r\n".encode()
        )
        while True:
            connection.sendall(b" ")
            time.sleep(0.02)

    with wire(act) as url, client(url, patience, max_attempts=1) as http:
        started = time.monotonic()
        assert http.get_json("x") == []
        assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "location",
    ["http://[{key}", "http://{key}.example.com/", "http://x.example/{key}?{key}", "ftp:{key}"],
)
def test_key_that_a_location_repeats_is_not_told(location, patience):
    with (
        server(to(location.format(key=KEY))) as (url, _),
        client(url, patience, headers=BEARER) as http,
        pytest.raises(SourceRejectedError, match="redirect is not followed") as raised,
    ):
        http.get_text("x")
    assert KEY not in "".join(traceback.format_exception(raised.value))


def test_refused_redirects_leave_no_connection_open(patience):
    with server(to("http://169.254.169.254/")) as (url, seen), client(url, patience) as http:
        for _ in range(20):
            with pytest.raises(TechPulseError):
                http.get_text("x")
        assert len({request["peer"] for request in seen}) == 20
        pool = http._transport._routes[http._transport._home].pool
        assert pool.pool is not None
        assert all(one is None or one.sock is None for one in pool.pool.queue)
