"""A real uvicorn over an ASGI app, and raw sockets that ask it and read as they like."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

_SMALL_BUFFER_BYTES = 4_096
"""The kernel would take whole answers for a client that reads nothing."""
_PATIENCE_SECONDS = 20


class Recorded:
    """Counts how an app's requests ended: ``None``, or the name of what it raised."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.ends: list[str | None] = []
        self._changed = threading.Condition()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        end = None
        try:
            await self._app(scope, receive, send)
        except BaseException as error:
            end = type(error).__name__
            raise
        finally:
            if scope["type"] != "lifespan":
                with self._changed:
                    self.ends.append(end)
                    self._changed.notify_all()

    def wait_for(self, count: int) -> list[str | None]:
        """Return how the first ``count`` requests ended, once they have."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.ends) >= count, _PATIENCE_SECONDS)
            return self.ends[:count]


class Running:
    """A server on loopback."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self.port = port
        self._loop = loop

    def ask(self, head: str) -> socket.socket:
        """Send a request head; return the socket, of which nothing is read."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER_BYTES)
        client.settimeout(_PATIENCE_SECONDS)
        client.connect(("127.0.0.1", self.port))
        client.sendall(f"{head}\r\nHost: localhost\r\n\r\n".encode())
        return client

    def get(self, path: str, more: str = "") -> tuple[int, bytes]:
        """Return status and body of a whole answer."""
        with self.ask(f"GET {path} HTTP/1.1\r\nConnection: close{more}") as client:
            answer = whole(client)
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def tasks(self) -> int:
        """Return how many tasks the event loop has."""

        async def count() -> int:
            return len(asyncio.all_tasks())

        return self.run(count())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_SECONDS)


def whole(client: socket.socket) -> bytes:
    """Read until the server closes."""
    parts = []
    while part := client.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


@contextmanager
def serving(app: ASGIApp) -> Iterator[Running]:
    """Serve the app until the end of the block; requests under way are cut then."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SMALL_BUFFER_BYTES)
    config = uvicorn.Config(
        app, log_config=None, timeout_graceful_shutdown=1, timeout_keep_alive=_PATIENCE_SECONDS
    )
    server = uvicorn.Server(config)
    loops: list[asyncio.AbstractEventLoop] = []
    begun = threading.Event()

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        begun.set()
        await server.serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    with ExitStack() as ending:
        ending.callback(listener.close)
        thread.start()
        ending.callback(thread.join, _PATIENCE_SECONDS)
        ending.callback(setattr, server, "should_exit", True)
        assert begun.wait(_PATIENCE_SECONDS)
        yield Running(listener.getsockname()[1], loops[0])
