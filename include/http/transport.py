"""One bounded request: urllib3's pools under a deadline, a size limit and rules for redirects."""

from __future__ import annotations

import os
import re
import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import certifi
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, PoolManager, ProxyManager, Timeout
from urllib3.exceptions import HTTPError, ProxySchemeUnknown
from urllib3.util import Retry, Url, make_headers, parse_url
from urllib3.util.ssl_ import create_urllib3_context

from include import __version__
from include.errors import (
    ConfigurationError,
    MalformedAnswerError,
    SourceRejectedError,
    SourceUnavailableError,
)
from include.http.addresses import lives_in_private, proxy_for
from include.http.deadlines import POOLS, Deadline, PrivateAddressError
from include.http.redirects import (
    REDIRECTS,
    Origin,
    Redirects,
    RefusedRedirectError,
    Request,
    origin_of,
)
from include.settings import Settings

__all__ = ["Answer", "Transport", "TryAgainError"]

CONNECT_TIMEOUT_SECONDS = 5.0
"""A host that is up accepts a connection sooner, however far it is."""

USER_AGENT = f"TechPulse/{__version__} (Airflow DAG bundle; monthly job market statistics)"
_REDIRECTS_MOST = 5
_PART_BYTES = 65_536
_QUOTED_CHARACTERS = 300
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_ONCE = Retry(total=False, redirect=False)


class TryAgainError(SourceUnavailableError):
    """One failed try.

    ``status`` is the HTTP status that refused it, None where no whole answer came;
    ``pause_seconds`` is what the server asked for, if anything.
    """

    def __init__(
        self,
        message: str,
        *,
        record: str,
        status: int | None = None,
        pause_seconds: float | None = None,
    ) -> None:
        self.status = status
        self.pause_seconds = pause_seconds
        super().__init__(message, record=record)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; bytes that are not UTF-8 are lone surrogates in ``text``."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class _Route:
    """How an origin is reached: a forwarding proxy wants the whole URL, and a Host header."""

    pool: HTTPConnectionPool
    prefix: str
    headers: dict[str, str]


class Transport:
    """Send requests to one host, each once. Safe to share between threads.

    ``headers`` may hold a key: they go to ``home`` only. ``secrets`` are blotted out of all that is
    quoted of an answer. ``redirect_hosts`` are other hosts that a redirect may lead to. Raises
    ConfigurationError for a key, a CA file or a proxy that cannot be used.
    """

    def __init__(
        self,
        home: Url,
        *,
        headers: Mapping[str, str],
        secrets: Iterable[str],
        redirect_hosts: Iterable[str],
        connections: int,
        settings: Settings,
    ) -> None:
        self._home = origin_of(home)
        self._redirects = Redirects(self._home, redirect_hosts)
        self._secrets = [secret for secret in secrets if secret]
        self._connections = connections
        self._settings = settings
        self._timeout = Timeout(
            connect=CONNECT_TIMEOUT_SECONDS, read=settings.http_read_timeout_seconds
        )
        self._deadline = Deadline()
        self._open = {
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": make_headers(accept_encoding=True)["accept-encoding"],
        }
        self._lock = threading.Lock()
        headers = {**self._open, **_sendable(headers)}
        self._routes = {self._home: self._route(self._home, headers)}

    def close(self) -> None:
        """Close the pooled connections."""
        for route in self._routes.values():
            route.pool.close()

    def exchange(self, method: str, target: str, body: bytes | None, *, record: str) -> Answer:
        """Send a request, follow its redirects, and return the whole answer.

        All of it ends within http_total_timeout_seconds. Raises TryAgainError (no whole answer),
        SourceRejectedError (a redirect that is not followed) and MalformedAnswerError (an answer of
        more bytes than the settings allow).
        """
        self._deadline.start(self._settings.http_total_timeout_seconds)
        try:
            response = self._follow(Request(method, self._home, target, body), record)
            try:
                text = self._read(response, record).decode("utf-8", errors="surrogateescape")
            finally:
                _leave(response)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise TryAgainError(self._why(error), record=record) from error
        return Answer(response.status, response.headers, text)

    def quote(self, text: str) -> str:
        """Return what a server said, fit to be shown.

        It is the beginning, on one line, without a key that the server may repeat, and without a
        character that could move a terminal's cursor.
        """
        for secret in self._secrets:
            text = text.replace(secret, "***")
        begin = text[:_QUOTED_CHARACTERS]
        return " ".join("".join(c if c.isprintable() else " " for c in begin).split())

    def _why(self, error: Exception) -> str:
        if self._deadline.is_over:
            longest = self._settings.http_total_timeout_seconds
            return f"The answer trickled in too slowly: it was not whole after {longest:g} s"
        return self.quote(f"{type(error).__name__}: {error}")

    def _follow(self, request: Request, record: str) -> BaseHTTPResponse:
        """Return the answer that is no redirect; the bodies of redirects are never read."""
        response = self._send(request)
        seen = {request}
        while (status := response.status) in REDIRECTS:
            _leave(response)
            try:
                request = self._redirects.next(request, status, response.headers.get("Location"))
                if request in seen:
                    raise RefusedRedirectError("it leads in a circle")
                if len(seen) > _REDIRECTS_MOST:
                    raise RefusedRedirectError(f"it is one of more than {_REDIRECTS_MOST}")
                seen.add(request)
                response = self._send(request)
            except (RefusedRedirectError, PrivateAddressError) as error:
                raise SourceRejectedError(
                    self.quote(f"HTTP {status}: the redirect is not followed: {error}"),
                    status=status,
                    record=record,
                    next_step="let the connection's host be the address that answers itself; a "
                    "host that the source does send to belongs into its redirect_hosts.",
                ) from None
        return response

    def _send(self, request: Request) -> BaseHTTPResponse:
        route = self._routes.get(request.origin) or self._route_of_a_redirect(request.origin)
        headers = route.headers
        if request.body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        return route.pool.urlopen(
            request.method,
            f"{route.prefix}{request.target}",
            body=request.body,
            headers=headers,
            retries=_ONCE,
            redirect=False,
            assert_same_host=False,
            timeout=self._timeout,
            preload_content=False,
        )

    def _read(self, response: BaseHTTPResponse, record: str) -> bytes:
        """Return the body, unless it is longer than the settings allow."""
        limit_bytes = self._settings.http_max_response_bytes
        parts: list[bytes] = []
        size = 0
        while part := response.read1(_PART_BYTES, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > limit_bytes:
                raise MalformedAnswerError(
                    f"The answer is longer than {limit_bytes} bytes",
                    record=record,
                    next_step="raise TECHPULSE_HTTP_MAX_RESPONSE_BYTES if it is right.",
                )
        return b"".join(parts)

    def _route_of_a_redirect(self, origin: Origin) -> _Route:
        """Return the way to another host: no key goes there, and none leads into our network."""
        public_only = not lives_in_private(self._home.host)
        route = self._route(origin, self._open, public_only=public_only)
        with self._lock:
            return self._routes.setdefault(origin, route)

    def _route(
        self, origin: Origin, headers: dict[str, str], *, public_only: bool = False
    ) -> _Route:
        """Return the way to an origin; the environment is read once, not per request."""
        pool_options: dict[str, Any] = {"maxsize": self._connections}
        proxy = proxy_for(*origin)
        if origin.scheme == "https" or (proxy or "").startswith("https:"):
            pool_options["ssl_context"] = self._tls
        manager = _proxied(proxy, pool_options) if proxy else PoolManager(1, **pool_options)
        manager.pool_classes_by_scheme = POOLS
        pool = manager.connection_from_host(origin.host, origin.port, origin.scheme)
        pool.conn_kw |= {"deadline": self._deadline, "public_only": public_only}
        if proxy and origin.scheme == "http":
            return _Route(pool, str(origin), {**headers, "Host": str(origin).partition("//")[2]})
        return _Route(pool, "", headers)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """What is trusted: REQUESTS_CA_BUNDLE, a file or a folder, else certifi's list."""
        trusted = Path(os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where())
        context = create_urllib3_context()
        try:
            if trusted.is_dir():
                context.load_verify_locations(capath=trusted)
            else:
                context.load_verify_locations(cafile=trusted)
        except OSError as error:
            raise ConfigurationError(
                f"The certificates to trust cannot be read: {error}",
                record=str(trusted),
                next_step="let REQUESTS_CA_BUNDLE name a PEM file or a folder of them.",
            ) from error
        return context


def _proxied(proxy: str, pool_options: Mapping[str, Any]) -> ProxyManager:
    """Return the manager of a proxy; the login in its URL becomes a header."""
    try:
        url = parse_url(proxy)
        login = make_headers(proxy_basic_auth=unquote(url.auth)) if url.auth else None
        return ProxyManager(
            url._replace(auth=None).url,
            num_pools=1,
            proxy_headers=login,
            proxy_ssl_context=pool_options.get("ssl_context"),
            **pool_options,
        )
    except (ProxySchemeUnknown, ValueError) as error:
        raise ConfigurationError(
            "The environment names a proxy that cannot be used",
            record=proxy.rpartition("@")[2],
            next_step="set HTTP_PROXY, HTTPS_PROXY or ALL_PROXY to http://host:port, or except "
            "the host by NO_PROXY.",
        ) from error


def _leave(response: BaseHTTPResponse) -> None:
    """Give the connection back to its pool; it is closed unless the whole answer was read."""
    response.close()
    response.release_conn()


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers. Raises ConfigurationError, without the value: it may be a key."""
    for name, value in headers.items():
        if not _HEADER_VALUE.fullmatch(value):
            raise ConfigurationError(
                "The value has a character that no header may hold, such as a line break",
                record=f"header {name}",
                next_step="look at the API key, in its variable or its connection's password.",
            )
    return dict(headers)
