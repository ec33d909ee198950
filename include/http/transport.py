"""One bounded HTTP exchange: urllib3's pools with a deadline, a size limit and redirect rules."""

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
"""A host that is up accepts a connection sooner, from anywhere on earth."""

USER_AGENT = f"TechPulse/{__version__} (Airflow DAG bundle; monthly job market statistics)"
_REDIRECTS_MOST = 5
_PART_BYTES = 65_536
_QUOTED_CHARACTERS = 300
# RFC 9110 §5.5: tab and visible characters. A line break would start another header.
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# urllib3 must not retry by itself: each attempt counts against the call budget.
_ONCE = Retry(total=False, redirect=False)


class TryAgainError(SourceUnavailableError):
    """One failed attempt.

    ``status`` is the HTTP status, None if no complete response arrived; ``pause_seconds`` is the
    pause that the server asked for, if any.
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
    """A complete response; bytes that are not UTF-8 become lone surrogates in ``text``."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class _Route:
    """The pool for an origin; a forwarding proxy needs the absolute URL and a Host header."""

    pool: HTTPConnectionPool
    prefix: str
    headers: dict[str, str]


class Transport:
    """Send requests to one host, each once. Safe to share between threads.

    ``headers`` may contain a key: they go to ``home`` only. ``secrets`` are redacted in every quote
    of a response. ``redirect_hosts`` are other hosts that a redirect may lead to. Raises
    ConfigurationError for an unusable key, CA file or proxy.
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

    def exchange(
        self,
        method: str,
        target: str,
        body: bytes | None,
        *,
        record: str,
        etag: str | None = None,
    ) -> Answer:
        """Send a request, follow its redirects, and return the complete response.

        With ``etag`` the request is conditional: the response to an unchanged resource is a 304.
        Ends within http_total_timeout_seconds. Raises TryAgainError (no complete response),
        SourceRejectedError (a refused redirect) and MalformedAnswerError (a response larger than
        the settings allow).
        """
        self._deadline.start(self._settings.http_total_timeout_seconds)
        try:
            response = self._follow(Request(method, self._home, target, body), record, etag)
            try:
                # A byte order mark is no part of JSON (RFC 8259 §8.1), but some servers send one.
                text = self._read(response, record).decode("utf-8-sig", errors="surrogateescape")
            finally:
                _leave(response)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise TryAgainError(self._why(error), record=record) from error
        return Answer(response.status, response.headers, text)

    def quote(self, text: str) -> str:
        """Return an excerpt of a server's text that is safe to print in a log or terminal.

        Its beginning, on one line, without secrets that the server may echo, and without control
        characters that could move a terminal's cursor.
        """
        # Redact before cutting: a secret that the cut splits would no longer match.
        for secret in self._secrets:
            text = text.replace(secret, "***")
        begin = text[:_QUOTED_CHARACTERS]
        return " ".join("".join(c if c.isprintable() else " " for c in begin).split())

    def _why(self, error: Exception) -> str:
        if self._deadline.is_over:
            timeout = self._settings.http_total_timeout_seconds
            return f"The answer trickled in too slowly: it was not complete after {timeout:g} s"
        return self.quote(f"{type(error).__name__}: {error}")

    def _follow(self, request: Request, record: str, etag: str | None) -> BaseHTTPResponse:
        """Return the first response that is not a redirect, without reading redirects' bodies."""
        response = self._send(request, etag)
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
                response = self._send(request, etag)
            except (RefusedRedirectError, PrivateAddressError) as error:
                raise SourceRejectedError(
                    self.quote(f"HTTP {status}: the redirect is not followed: {error}"),
                    status=status,
                    record=record,
                    next_step="set the connection's host to the address that answers directly; add "
                    "a host that the source redirects to on purpose to its redirect_hosts.",
                ) from None
        return response

    def _send(self, request: Request, etag: str | None) -> BaseHTTPResponse:
        route = self._routes.get(request.origin) or self._route_of_a_redirect(request.origin)
        headers = route.headers
        if request.body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        # An entity tag that no header may contain is not sent: the answer is then whole.
        if etag and _HEADER_VALUE.fullmatch(etag):
            headers = {**headers, "If-None-Match": etag}
        return route.pool.urlopen(
            request.method,
            f"{route.prefix}{request.target}",
            body=request.body,
            headers=headers,
            retries=_ONCE,
            redirect=False,
            # Through a forwarding proxy the target is an absolute URL, of another host.
            assert_same_host=False,
            timeout=self._timeout,
            preload_content=False,
        )

    def _read(self, response: BaseHTTPResponse, record: str) -> bytes:
        """Return the body; raise MalformedAnswerError if it is larger than the settings allow."""
        # Counted after decompression, part by part: a small gzip may expand to gigabytes.
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
                    next_step="raise TECHPULSE_HTTP_MAX_RESPONSE_BYTES if the size is plausible.",
                )
        return b"".join(parts)

    def _route_of_a_redirect(self, origin: Origin) -> _Route:
        """Return the route to another host: without the key, and never into our network."""
        # A home host in our own network may redirect within it: somebody configured that.
        public_only = not lives_in_private(self._home.host)
        route = self._route(origin, self._open, public_only=public_only)
        # Two threads may build the same route: the first one stays, with its connections.
        with self._lock:
            return self._routes.setdefault(origin, route)

    def _route(
        self, origin: Origin, headers: dict[str, str], *, public_only: bool = False
    ) -> _Route:
        """Return the route to an origin; it reads the proxy variables once, not per request."""
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
        """The trusted certificates: REQUESTS_CA_BUNDLE, a file or folder, else certifi's."""
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
                next_step="set REQUESTS_CA_BUNDLE to a PEM file or a folder of them.",
            ) from error
        return context


def _proxied(proxy: str, pool_options: Mapping[str, Any]) -> ProxyManager:
    """Return a proxy's pool manager; the login in its URL becomes a header."""
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
            "the host in NO_PROXY.",
        ) from error


def _leave(response: BaseHTTPResponse) -> None:
    """Return the connection to its pool, closed unless the whole response was read."""
    # close() first: the pool must never reuse a connection with an unread rest in it.
    response.close()
    response.release_conn()


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers; raise ConfigurationError, without the value, which may be a key."""
    for name, value in headers.items():
        if not _HEADER_VALUE.fullmatch(value):
            raise ConfigurationError(
                "The value has a character that no header may contain, such as a line break",
                record=f"header {name}",
                next_step="check the API key, in its variable or its connection's password.",
            )
    return dict(headers)
