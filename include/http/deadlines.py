"""Connections with one deadline over connecting, sending and receiving.

The timeouts of urllib3 and http.client bound each read, not the whole exchange: a server that
trickles header lines, or sends ``100 Continue`` without end, holds a thread forever. Here every
system call gets at most the time that remains until the deadline.
"""

from __future__ import annotations

import io
import math
import socket
import threading
import time
from http.client import HTTPResponse
from typing import Any, cast

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from include.http.addresses import is_public

__all__ = ["POOLS", "Deadline", "PrivateAddressError"]


class PrivateAddressError(Exception):
    """A host that must be public has a private address; nothing was sent to it."""


class Deadline(threading.local):
    """The current thread's deadline; infinite until :meth:`start` is called."""

    at = math.inf

    def start(self, seconds: float) -> None:
        """Set the deadline to ``seconds`` from now."""
        self.at = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self.at

    def remaining(self, max_seconds: float) -> float:
        """Return the seconds that a system call may take, at most ``max_seconds``.

        Raises TimeoutError when the deadline has passed.
        """
        remaining = self.at - time.monotonic()
        # Never hand 0 to settimeout(): it makes the socket non-blocking.
        if remaining <= 0:
            raise TimeoutError("the deadline is over")
        return min(remaining, max_seconds)


class _Reader(io.RawIOBase):
    """A socket's receiving end that limits each read to the time until the deadline."""

    def __init__(self, sock: socket.socket, at: float) -> None:
        # A copy: this response keeps its own deadline, whatever the thread starts next.
        self._sock, self._at = sock, at
        # Unbuffered: a buffered reader would loop over recv() without passing through readinto().
        self._raw = sock.makefile("rb", buffering=0)
        self._silence = sock.gettimeout() or math.inf

    def makefile(self, _: str) -> io.BufferedReader:
        """Return a buffered file over this reader: http.client takes this object for a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        remaining = self._at - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the deadline is over")
        # Only ever lower it: the read timeout of the settings holds, too.
        if remaining < self._silence:
            self._sock.settimeout(remaining)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedConnection(HTTPConnection):
    """A connection that observes the deadline of the thread that uses it.

    ``public_only`` refuses, before anything is sent, a host with an address of this machine or
    network. It does not apply through a proxy, which resolves names itself.
    """

    def __init__(self, *args: Any, deadline: Deadline, public_only: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self._deadline = deadline
        self._public_only = public_only and self.proxy is None

    def response_class(  # type: ignore[override]
        self, sock: socket.socket, *args: Any, **more: Any
    ) -> HTTPResponse:
        """Return http.client's response, reading under the deadline."""
        reader = _Reader(sock, self._deadline.at)
        return HTTPResponse(cast("socket.socket", reader), *args, **more)

    def send(self, data: Any) -> None:
        """Send within the remaining time."""
        # A connection from the pool still has the timeout of its last request.
        if self.sock is not None:
            self.sock.settimeout(self._deadline.remaining(self._max_seconds))
        super().send(data)

    def _new_conn(self) -> socket.socket:
        try:
            return self._connect()
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"Connecting to {self.host} timed out") from error
        except OSError as error:
            raise NewConnectionError(self, f"Connecting failed: {error}") from error

    def _connect(self) -> socket.socket:
        """Return a socket connected to the first address that answers."""
        # An IPv6 literal has brackets in a URL, but not in getaddrinfo().
        host = self._dns_host.strip("[]")
        found = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        # All of them, and the addresses checked are those connected to: a second look-up could give
        # others (DNS rebinding).
        private = [str(entry[4][0]) for entry in found if not is_public(str(entry[4][0]))]
        if self._public_only and private:
            raise PrivateAddressError(f"{host} has the private address {private[0]}")
        failure = OSError(f"{host} has no address")
        for family, kind, protocol, _, address in found:
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(self._deadline.remaining(self._max_seconds))
                sock.connect(address)
                sock.settimeout(self._deadline.remaining(self._max_seconds))
            except OSError as error:
                sock.close()
                failure = error
            else:
                return sock
        raise failure

    @property
    def _max_seconds(self) -> float:
        return float(self.timeout or math.inf)


class _TimedSecureConnection(_TimedConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
"""Pools of such connections, for a PoolManager's ``pool_classes_by_scheme``.

Set ``deadline`` and ``public_only`` in their ``conn_kw``.
"""
