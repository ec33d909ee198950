"""HTTPS: who is trusted, through a proxy or not, and what the deadline and redirects do to it."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from include.errors import SourceRejectedError, SourceUnavailableError
from tests.wire import Patience, answer, client, server, wire

Act = Callable[[socket.socket], None]
Secure = Callable[[Act], AbstractContextManager[str]]
NOW = dt.datetime.now(dt.UTC)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that nobody but itself vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test upstream")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def secure(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Secure:
    """Serve over TLS; the client trusts the certificate."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    @contextlib.contextmanager
    def serve(act: Act) -> Iterator[str]:
        def wrapped(connection: socket.socket) -> None:
            with (
                contextlib.suppress(OSError),
                context.wrap_socket(connection, server_side=True) as tls,
            ):
                while part := tls.recv(4_096):
                    if part.endswith(b"\r\n\r\n"):
                        act(tls)

        with wire(wrapped, after=b"") as url:
            yield url.replace("http:", "https:")

    return serve


def test_answers_over_tls_are_read_and_the_connection_is_kept(
    secure: Secure, patience: Patience
) -> None:
    handshakes: list[int] = []

    def act(tls: socket.socket) -> None:
        handshakes.append(id(tls))
        tls.sendall(OK)

    with secure(act) as url, client(url, patience, max_attempts=1) as http:
        assert [http.get_json("x") for _ in range(3)] == [[]] * 3
    assert len(handshakes) == 3
    assert len(set(handshakes)) == 1


def test_certificate_that_nobody_vouches_for_is_refused(
    secure: Secure, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with (
        secure(lambda tls: tls.sendall(OK)) as url,
        client(url, patience, max_attempts=1) as http,
        pytest.raises(SourceUnavailableError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        http.get_text("x")


def test_certificate_of_another_host_is_refused(secure: Secure, patience: Patience) -> None:
    with (
        secure(lambda tls: tls.sendall(OK)) as url,
        client(url.replace("127.0.0.1", "localhost"), patience, max_attempts=1) as http,
        pytest.raises(SourceUnavailableError, match="localhost"),
    ):
        http.get_text("x")


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_answer_that_trickles_over_tls_ends_at_the_deadline(
    begin: bytes, secure: Secure, patience: Patience
) -> None:
    def act(tls: socket.socket) -> None:
        tls.sendall(begin)
        while True:
            tls.sendall(b"X-A: 1\r\n")
            time.sleep(0.02)

    limits = {"http_total_timeout_seconds": 0.4, "http_read_timeout_seconds": 20.0}
    with secure(act) as url, client(url, patience, max_attempts=1, **limits) as http:
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="not complete after"):
            http.get_text("x")
        assert time.monotonic() - started < 3


def test_redirect_from_https_to_http_is_refused(secure: Secure, patience: Patience) -> None:
    with server(answer(200)) as (plain, seen):
        moved = f"HTTP/1.1 302 Found\r\nLocation: {plain}/x\r\nContent-Length: 0\r\n\r\n".encode()
        listed = (plain.removeprefix("http://"),)
        with (
            secure(lambda tls: tls.sendall(moved)) as url,
            client(url, patience, redirect_hosts=listed) as http,
            pytest.raises(SourceRejectedError, match="from https to http"),
        ):
            http.get_text("x")
    assert seen == []


def test_tunnel_of_a_proxy_carries_tls_to_the_host(
    secure: Secure, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up by the proxy alone; the certificate is the host's."""

    def relay(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as onward:
            back = threading.Thread(target=_pump, args=(onward, connection), daemon=True)
            back.start()
            _pump(connection, onward)
            back.join(5)

    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with secure(lambda tls: tls.sendall(OK)) as url, wire(relay) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with (
            client("https://api.example.com", patience, max_attempts=1) as http,
            pytest.raises(SourceUnavailableError, match=r"api\.example\.com"),
        ):
            http.get_text("x")  # the certificate is of 127.0.0.1: the handshake went through
        monkeypatch.setattr("include.http.addresses.is_loopback", lambda _: False)
        with client("https://127.0.0.1", patience, max_attempts=1) as http:
            assert http.get_json("x") == []


def _pump(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65_536):
            to.sendall(part)
        to.shutdown(socket.SHUT_WR)


def test_many_threads_share_what_is_trusted(secure: Secure, patience: Patience) -> None:
    found: list[Any] = []
    with secure(lambda tls: tls.sendall(OK)) as url, client(url, patience, max_attempts=1) as http:
        threads = [
            threading.Thread(target=lambda: found.append(http.get_json("x"))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert found == [[]] * 8
