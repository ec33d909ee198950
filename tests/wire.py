"""Upstreams on loopback that answer as a test says: over HTTP, or byte by byte."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from include.http.client import HttpClient
from include.settings import Settings

__all__ = ["Answer", "Patience", "answer", "client", "cut_off", "server", "trickle", "wire"]

Answer = Callable[[BaseHTTPRequestHandler], None]


def answer(status: int, body: bytes = b"{}", **headers: str) -> Answer:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return send


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"half":')
    handler.close_connection = True


def trickle(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        handler.close_connection = True


@contextmanager
def server(*answers: Answer, host: str = "127.0.0.1") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Serve the answers in turn, the last one for ever; give the URL and the requests seen."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            seen.append(
                {
                    "method": self.command,
                    "path": self.path,
                    "body": self.rfile.read(length),
                    "headers": dict(self.headers),
                    "peer": self.client_address,
                }
            )
            answers[min(len(seen), len(answers)) - 1](self)

        do_POST = do_CONNECT = do_GET  # noqa: N815 -- the standard library's names

        def log_message(self, *_: object) -> None:
            pass

    http_server = ThreadingHTTPServer((host, 0), Handler)
    http_server.daemon_threads = True
    thread = threading.Thread(target=http_server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http_server.server_port}", seen
    finally:
        http_server.shutdown()
        http_server.server_close()
        thread.join()


class Patience:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def now(self) -> float:
        return sum(self.pauses)


def client(url: str, patience: Patience, max_attempts: int = 4, **changes: Any) -> HttpClient:
    before_try = changes.pop("before_try", None)
    headers = changes.pop("headers", None)
    redirect_hosts = changes.pop("redirect_hosts", ())
    values = {"http_backoff_initial_seconds": 1.0, **changes}
    return HttpClient(
        url,
        max_attempts=max_attempts,
        headers=headers,
        redirect_hosts=redirect_hosts,
        settings=Settings(**values),
        before_try=before_try,
        sleep=patience.sleep,
        clock=patience.now,
    )


@contextmanager
def wire(act: Callable[[socket.socket], None], after: bytes = b"\r\n\r\n") -> Iterator[str]:
    """Let ``act`` write what it likes to each connection that has sent a request; give the URL.

    ``after`` ends what is read as a request; empty: nothing is read before ``act``.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            received = b""
            while after not in received and (part := connection.recv(4_096)):
                received += part
            if received or not after:
                act(connection)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                taken.append(connection)
                threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        for sock in (listener, *taken):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (accepting, *threads):
            thread.join(5)
