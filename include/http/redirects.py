"""Allowed redirects: within the connection's host, or to a host that the source lists.

Status codes: `RFC 9110 §15.4 <https://www.rfc-editor.org/rfc/rfc9110#section-15.4>`_. A GET is
repeated at the new address. For a POST, 303 turns it into a GET; 307 and 308 repeat it with its
body, on the connection's host only; 301 and 302 are refused, since clients drop the body there and
with it the query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urljoin

from urllib3.util import Url, parse_url

__all__ = ["REDIRECTS", "Origin", "Redirects", "RefusedRedirectError", "Request", "origin_of"]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SEE_OTHER = 303
_SAME_METHOD = (307, 308)
_PORTS = {"http": 80, "https": 443}


class RefusedRedirectError(Exception):
    """A redirect is not followed; str() says why."""


class Origin(NamedTuple):
    """Scheme, host and port of a server."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


@dataclass(frozen=True, slots=True)
class Request:
    """A request; ``target`` is path and query."""

    method: str
    origin: Origin
    target: str
    body: bytes | None = None

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.origin}{self.target}"


def origin_of(url: Url) -> Origin:
    """Return a URL's origin; raise ValueError unless it is http or https and has a host."""
    if url.scheme not in _PORTS or not url.host:
        raise ValueError(f"{url.scheme or 'no scheme'}: neither http nor https, or without a host")
    return Origin(url.scheme, url.host, url.port or _PORTS[url.scheme])


class Redirects:
    """The redirect rules of one connection.

    ``hosts`` are names, with a port unless it is the scheme's default. Redirects from https to http
    are refused.
    """

    def __init__(self, home: Origin, hosts: Iterable[str]) -> None:
        self._home = home
        self._listed = {_host_and_port(host) for host in hosts}

    def next(self, request: Request, status: int, location: str | None) -> Request:
        """Return the redirected request. Raises RefusedRedirectError."""
        # Relative to the last address, not the first: a chain may change hosts.
        url = _join(request.url, location)
        origin = origin_of(url)
        if request.origin.scheme == "https" and origin.scheme == "http":
            raise RefusedRedirectError(f"it leads from https to {origin}")
        if origin != self._home and not self._is_listed(origin):
            raise RefusedRedirectError(f"it leads to {origin}, which is not the connection's host")
        method, body = request.method, request.body
        # 303 means: the result of the POST is there, fetch it.
        if method != "GET" and status == _SEE_OTHER:
            method, body = "GET", None
        elif method != "GET" and status not in _SAME_METHOD:
            raise RefusedRedirectError(f"it would turn the {method} into a GET without its body")
        # A body may contain the query's secrets or cost credits: it goes to the home host alone.
        if body is not None and origin != self._home:
            raise RefusedRedirectError(f"it would send the {method}'s body to {origin}")
        return Request(method, origin, url.request_uri, body)

    def _is_listed(self, origin: Origin) -> bool:
        own_port = origin.port == _PORTS[origin.scheme]
        return (origin.host, origin.port) in self._listed or (
            own_port and (origin.host, None) in self._listed
        )


def _host_and_port(listed: str) -> tuple[str | None, int | None]:
    url = parse_url(f"//{listed}")
    return url.host and url.host.lower(), url.port


def _join(base: str, location: str | None) -> Url:
    """Return the absolute address of a Location header, resolved against ``base``."""
    if not location:
        raise RefusedRedirectError("it names no address")
    try:
        # http.client decodes headers as Latin-1, but servers send a non-ASCII address in UTF-8.
        written = location.encode("latin-1", "replace").decode("utf-8", "replace")
        url = parse_url(urljoin(base, written))
        origin_of(url)
    except ValueError as error:
        raise RefusedRedirectError(f"its address cannot be read: {location[:80]!r}") from error
    return url
