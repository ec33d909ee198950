"""Proxies of the environment: honoured for other machines, never for this one."""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from include.errors import ConfigurationError, SourceUnavailableError
from include.hooks.boards import fetch_context
from include.hooks.http_source import hacker_news
from include.http.addresses import is_loopback, is_public, proxy_for
from include.postings.model import IngestionQuery
from include.settings import Settings
from include.sources.registry import board, board_names
from tests.wire import Patience, answer, client, server

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
PASSWORD = "password-that-nobody-may-see"


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A proxy that answers by itself, and what it was asked."""
    with server(answer(200, b'"of the proxy"')) as (url, seen):
        yield url, seen


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.8.7", "localhost", "LocalHost", "localhost."])
def test_loopback_is_never_asked_through_a_proxy(host, variable, proxy, patience, monkeypatch):
    monkeypatch.setenv(variable, proxy[0])
    look_up = socket.getaddrinfo

    def ipv4(name: str, *rest: Any, **more: Any) -> Any:
        return look_up("127.0.0.1" if "local" in name.lower() else name, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", ipv4)
    with server(answer(200, b'"of the upstream"'), host="0.0.0.0") as (url, _):
        there = url.replace("127.0.0.1", host)
        with client(there, patience) as http:
            assert http.get_json("x") == "of the upstream"
    assert proxy[1] == []


def test_loopback_over_ipv6_is_never_asked_through_a_proxy(proxy, patience, monkeypatch):
    monkeypatch.setenv("http_proxy", proxy[0])
    with socket.socket(socket.AF_INET6) as free:
        try:
            free.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 here")
        port = free.getsockname()[1]
    with (
        client(f"http://[::1]:{port}", patience, max_attempts=1) as http,
        pytest.raises(SourceUnavailableError, match="refused"),
    ):
        http.get_text("x")
    assert proxy[1] == []


def test_loopback_over_https_is_never_asked_through_a_proxy(proxy, patience, monkeypatch):
    for variable in ("https_proxy", "all_proxy"):
        monkeypatch.setenv(variable, proxy[0])
    with (
        client("https://127.0.0.1:1", patience, max_attempts=1) as http,
        pytest.raises(SourceUnavailableError, match="refused"),
    ):
        http.get_text("x")
    assert proxy[1] == []


def upstreams(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    connection = json.dumps({"conn_type": "http", "host": url, "password": "a key"})
    for name in ("HACKERNEWS", "REMOTIVE", "ARBEITNOW", "HIMALAYAS", "THEIRSTACK"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}_DEFAULT", connection)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
def test_connections_to_a_loopback_upstream_pass_by_the_proxy(
    variable: str, proxy: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `make run` asks an upstream on this machine."""
    monkeypatch.setenv(variable, proxy[0])
    with server(answer(200, b'{"submitted": [1]}')) as (url, seen):
        upstreams(monkeypatch, url)
        with hacker_news() as source:
            assert source.submitted() == [1]
        query = IngestionQuery(location="Anywhere")
        for name in board_names():
            with fetch_context(
                board(name), query, now=dt.datetime.now(dt.UTC), run_id="a"
            ) as context:
                context.client.get_text("x")
    assert len(seen) == 1 + len(board_names())
    assert proxy[1] == []


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("with_scheme", [True, False])
def test_other_hosts_are_asked_through_the_proxy(
    with_scheme, variable, proxy, patience, monkeypatch
):
    where = proxy[0] if with_scheme else proxy[0].removeprefix("http://")
    monkeypatch.setenv(variable, where)
    with client("http://api.example.com:8080/v1", patience) as http:
        assert http.get_json("jobs?a=b", {"page": 2}) == "of the proxy"
    assert [request["path"] for request in proxy[1]] == [
        "http://api.example.com:8080/v1/jobs?a=b&page=2"
    ]
    assert proxy[1][0]["headers"]["Host"] == "api.example.com:8080"


def test_https_is_asked_through_a_tunnel_without_the_key(patience, monkeypatch):
    refused = server(answer(502, b"no tunnel"))
    with refused as (url, seen):
        monkeypatch.setenv("https_proxy", url.replace("http://", f"http://user:{PASSWORD}@"))
        with (
            client("https://api.example.com", patience, max_attempts=1, headers=KEY) as http,
            pytest.raises(SourceUnavailableError, match="502") as raised,
        ):
            http.get_text("x")
    assert [(one["method"], one["path"]) for one in seen] == [("CONNECT", "api.example.com:443")]
    assert seen[0]["headers"]["proxy-authorization"].startswith("Basic ")
    assert "Authorization" not in seen[0]["headers"]
    assert PASSWORD not in str(raised.value) + repr(raised.value.__cause__)


KEY = {"Authorization": "Bearer key-that-nobody-may-see"}


def test_login_of_a_proxy_goes_to_the_proxy_and_no_further(proxy, patience, monkeypatch):
    monkeypatch.setenv("http_proxy", proxy[0].replace("http://", f"http://user:{PASSWORD}%21@"))
    with (
        server(answer(200, b"[]")) as (url, seen),
        client("http://api.example.com", patience) as far,
        client(url, patience) as near,
    ):
        far.get_text("x")
        near.get_text("x")
    assert proxy[1][0]["headers"]["proxy-authorization"].startswith("Basic ")
    assert "proxy-authorization" not in {name.lower() for name in seen[0]["headers"]}


@pytest.mark.parametrize(
    ("excepted", "host", "is_proxied"),
    [
        ("api.example.com", "api.example.com", False),
        ("example.com", "api.example.com", False),
        (".example.com", "api.example.com", False),
        ("other.example, example.com ", "api.example.com", False),
        ("api.example.com:8080", "api.example.com", False),
        ("*", "api.example.com", False),
        ("10.0.0.0/8", "10.1.2.3", False),
        ("192.168.1.1", "192.168.1.1", False),
        ("fd00::/8", "[fd00::1]", False),
        ("", "api.example.com", True),
        ("ample.com", "api.example.com", True),
        ("10.0.0.0/8", "11.1.2.3", True),
        ("10.0.0.0/8", "api.example.com", True),
        ("not/a/network,,/", "10.1.2.3", True),
    ],
)
def test_hosts_excepted_by_no_proxy_are_asked_directly(excepted, host, is_proxied, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", excepted)
    expected = "http://proxy.example:3128" if is_proxied else None
    assert proxy_for("http", host, 8080) == expected


def test_a_host_excepted_by_no_proxy_is_connected_to(proxy, patience, monkeypatch):
    monkeypatch.setenv("http_proxy", proxy[0])
    monkeypatch.setenv("no_proxy", "example.com")
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _, *rest, **more: look_up("127.0.0.1", *rest, **more)
    )
    with (
        server(answer(200, b'"direct"')) as (url, _),
        client(url.replace("127.0.0.1", "api.example.com"), patience) as http,
    ):
        assert http.get_json("x") == "direct"
    assert proxy[1] == []


def test_a_listed_host_of_a_redirect_is_asked_as_the_environment_says(proxy, patience, monkeypatch):
    monkeypatch.setenv("http_proxy", proxy[0])
    with (
        server(answer(302, Location="http://files.example.com/x")) as (url, _),
        client(url, patience, headers=KEY, redirect_hosts=("files.example.com",)) as http,
    ):
        assert http.get_json("x") == "of the proxy"
    assert [request["path"] for request in proxy[1]] == ["http://files.example.com/x"]
    assert "key-that-nobody" not in str(proxy[1])


@pytest.mark.parametrize("scheme", ["socks5", "ftp", "nonsense"])
def test_a_proxy_that_cannot_be_used_is_a_wrong_configuration(scheme, patience, monkeypatch):
    monkeypatch.setenv("all_proxy", f"{scheme}://user:{PASSWORD}@proxy.example:1080")
    with pytest.raises(ConfigurationError, match=r"proxy\.example:1080") as raised:
        client("https://api.example.com", patience)
    assert "NO_PROXY" in raised.value.next_step
    assert PASSWORD not in str(raised.value)


def test_a_ca_file_that_is_not_there_is_a_wrong_configuration(patience, monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with pytest.raises(ConfigurationError, match="REQUESTS_CA_BUNDLE"):
        client("https://api.example.com", patience)
    client("http://api.example.com", patience).close()


@pytest.mark.parametrize(
    ("host", "loopback", "public"),
    [
        ("localhost", True, False),
        ("localhost.example.com", False, False),
        ("127.0.0.1", True, False),
        ("127.255.255.254", True, False),
        ("128.0.0.1", False, True),
        ("::1", True, False),
        ("[::1]", True, False),
        ("::ffff:127.0.0.1", True, False),
        ("::ffff:93.184.215.14", False, True),
        ("10.0.0.1", False, False),
        ("", False, False),
    ],
)
def test_what_an_address_is(host: str, loopback: bool, public: bool) -> None:
    assert (is_loopback(host), is_public(host)) == (loopback, public)
