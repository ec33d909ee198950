"""Connections that end on time: one deadline over connecting, sending and all that is received.

urllib3 and http.client bound each silence, not the whole: a server that trickles header lines, or
sends ``100 Continue`` without end, is listened to for ever. Here every system call gets no more
time than the deadline leaves.
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
    """A host that must be public has an address that is not; nothing was sent there."""


class Deadline(threading.local):
    """When what this thread is doing must be over; without :meth:`start`, never."""

    at = math.inf

    def start(self, seconds: float) -> None:
        """Let it be over so many seconds from now."""
        self.at = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether there is no time left."""
        return time.monotonic() >= self.at

    def left(self, longest: float) -> float:
        """Return the seconds that a system call may take, ``longest`` at most.

        Raises TimeoutError when there are none.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        return min(left, longest)


class _Reader(io.RawIOBase):
    """The receiving end of a socket, which sets the time that is left before each read."""

    def __init__(self, sock: socket.socket, at: float) -> None:
        self._sock, self._at = sock, at
        self._raw = sock.makefile("rb", buffering=0)
        self._silence = sock.gettimeout() or math.inf

    def makefile(self, _: str) -> io.BufferedReader:
        """Return the file that http.client reads of what it takes for a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        if left < self._silence:
            self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedConnection(HTTPConnection):
    """A connection under the deadline of the thread that uses it.

    ``public_only`` refuses a host that has an address of this machine or network, before anything
    is sent; a proxy looks up names by itself.
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
        """Send within the time that is left."""
        if self.sock is not None:
            self.sock.settimeout(self._deadline.left(self._longest))
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
        """Return a socket that is connected to the first address that answers."""
        host = self._dns_host.strip("[]")
        found = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        private = [str(entry[4][0]) for entry in found if not is_public(str(entry[4][0]))]
        if self._public_only and private:
            raise PrivateAddressError(f"{host} has the private address {private[0]}")
        failure = OSError(f"{host} has no address")
        for family, kind, protocol, _, address in found:
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(self._deadline.left(self._longest))
                sock.connect(address)
                sock.settimeout(self._deadline.left(self._longest))
            except OSError as error:
                sock.close()
                failure = error
            else:
                return sock
        raise failure

    @property
    def _longest(self) -> float:
        return float(self.timeout or math.inf)


class _TimedSecureConnection(_TimedConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
"""Pools of such connections, as a PoolManager's ``pool_classes_by_scheme``.

Their ``conn_kw`` must be given ``deadline`` and ``public_only``.
"""
