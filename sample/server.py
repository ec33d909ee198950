"""A small HTTP server that speaks the sources' APIs over a generated world.

    python -m sample.server --port 8801 --months 2026-03..2026-05 --comments 120 --seed 7

Not an API of any source: ``GET /stats`` (what was asked), ``GET /truth/month/<month>``,
``GET /truth/boards``, and ``POST /control/faults`` with JSON (the fields of Faults), which changes
a running server from outside.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sample.board_records import canonical_url, record_id
from sample.boards import BOARDS
from sample.faults import Faults, shuffled
from sample.routes import Routes
from sample.wire import Answer, Request, encode
from sample.world import World

__all__ = ["Upstream", "serve", "spawn"]

_REASONS = {200: "OK", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized",
            402: "Payment Required", 404: "Not Found", 405: "Method Not Allowed",
            422: "Unprocessable Entity", 429: "Too Many Requests",
            503: "Service Unavailable"}  # fmt: skip
_JSON = "application/json; charset=utf-8"
_HTML = b"<!doctype html><title>Just a moment...</title><h1>We will be back soon</h1>"


class Upstream:
    """A world, its faults, and the count of what was asked of it."""

    def __init__(
        self,
        world: World | None = None,
        faults: Faults | None = None,
        *,
        api_key: str = "sample-key",
        credits: int = 1_000_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.world = world if world is not None else World()
        self.faults = faults if faults is not None else Faults()
        self._clock = clock
        self.routes = Routes(self.world, self.faults, api_key=api_key, credits=credits, clock=clock)
        self.served: Counter[tuple[str, int]] = Counter()  # (kind, status) -> answers
        self.faulted: Counter[str] = Counter()  # what was done to requests, by act
        self.requests = 0

    def stats(self) -> dict[str, Any]:
        """Return the number of API requests by status, by kind and by fault."""
        statuses, kinds = Counter[str](), Counter[str]()
        for (kind, status), count in self.served.items():
            statuses[str(status)] += count
            kinds[kind] += count
        return {"requests": self.requests, "by_status": statuses, "by_kind": kinds,
                "by_fault": self.faulted,
                "theirstack_credits_used": self.routes.theirstack.credits_used}  # fmt: skip

    def respond(self, request: Request) -> tuple[Answer, str]:
        """Return the answer and what the wire does to it: one of faults.ACTS, or ""."""
        if request.path.startswith(("/stats", "/truth/", "/control/")):
            return self._own(request), ""
        self.requests += 1
        answer = self.routes.answer(request)
        act = self.faults.act(self.requests, answer.kind, request.path)
        is_json = "Content-Type" not in answer.headers
        if self.faults.redeliver and answer.status == 200 and is_json:
            self.faulted["redeliver"] += 1
            answer = replace(answer, body=shuffled(answer.body, self.requests))
        if answer.status == 304 and act in ("truncate", "invalid_json"):
            act = ""  # it has no body
        if act:
            self.faulted[act] += 1
            answer = self._apply_fault(request, answer, act)
        self.served[answer.kind, answer.status] += 1
        return answer, act

    def _apply_fault(self, request: Request, answer: Answer, act: str) -> Answer:
        if act in ("empty", "cut") and request.path.startswith("/ats/"):
            return self.routes.companies.answer(request, 0.5 if act == "cut" else 0)
        if act == "fail":
            return Answer(answer.kind, b"upstream busy", 503, {"Content-Type": "text/plain"})
        if act == "rate_limit":
            headers = self.faults.retry_after_header(self._clock())
            return Answer(answer.kind, b"slow down", 429, {"Content-Type": "text/plain", **headers})
        if act == "invalid_json":
            return Answer(answer.kind, answer.body[:-1] + b",}", answer.status, answer.headers)
        if act == "html":
            return Answer(answer.kind, _HTML, 200, {"Content-Type": "text/html"})
        if act == "wrong_type":
            return Answer(answer.kind, answer.body, answer.status, {"Content-Type": "text/plain"})
        return answer

    def _own(self, request: Request) -> Answer:
        if request.path == "/stats":
            return Answer("own", encode(self.stats()))
        if request.path == "/control/faults" and request.method == "POST":
            try:
                self.faults.update(json.loads(request.body))
            except (KeyError, ValueError) as error:
                return Answer("own", encode({"error": str(error)}), 422)
            return Answer("own", b"{}")
        if request.path == "/truth/boards":
            return Answer("own", encode(self._board_truth()))
        if request.path.startswith("/truth/month/"):
            month = request.path.rsplit("/", 1)[1]
            threads = self.world.threads(month)
            return Answer("own", encode({"thread_id": threads.thread_id,
                                         "superseded": threads.superseded,
                                         "counts": self.world.counts(month),
                                         "labels": self.world.labels(month)}))  # fmt: skip
        return Answer("own", b'{"error":"not found"}', 404)

    def _board_truth(self) -> list[dict[str, Any]]:
        listed = [entry for board in BOARDS for entry in self.world.listings(board)]
        return [
            {"board": entry.board, "job_key": entry.job.key, "hostile": entry.hostile,
             "defect": entry.defect, "url": canonical_url(entry.board, entry.job),
             **entry.truth.label(record_id(entry.board, entry.job))}
            for entry in listed
        ]  # fmt: skip

    @contextlib.contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve in a thread while the block runs; gives the base URL, without a trailing slash."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="sample-upstream", daemon=True)
        thread.start()
        listening = asyncio.run_coroutine_threadsafe(_listen(self, port), loop).result()
        try:
            yield listening.url
        finally:
            asyncio.run_coroutine_threadsafe(listening.close(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


class _Connection(asyncio.Protocol):
    """One keep-alive connection; answers in the order of the requests."""

    def __init__(self, upstream: Upstream, open_connections: set[_Connection]) -> None:
        self._upstream, self._open = upstream, open_connections
        self._buffer = b""
        self._busy = self._last = False
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.discard(self)
        if self.task is not None:
            self.task.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._advance()

    def _advance(self) -> None:
        while not self._busy and (request := self._next_request()) is not None:
            self._last = request.headers.get("connection", "").lower() == "close"
            answer, act = self._upstream.respond(request)
            faults = self._upstream.faults
            if not faults.latency_ms and act not in ("slow_loris", "truncate", "reset"):
                self._finish(_wire(answer))
                continue
            self._busy = True
            latency, pause = faults.latency_ms / 1000, faults.slow_loris_ms / 1000
            coroutine = self._slowly(answer, act, latency, pause)
            self.task = asyncio.get_running_loop().create_task(coroutine)

    async def _slowly(self, answer: Answer, act: str, latency: float, pause: float) -> None:
        if latency:
            await asyncio.sleep(latency)
        wire = _wire(answer)
        if act == "reset":
            self.transport.abort()
        elif act == "truncate":
            self.transport.write(wire[: -max(1, len(answer.body) // 2)])
            self.transport.close()
        elif act == "slow_loris":
            for byte in wire:
                self.transport.write(bytes((byte,)))
                await asyncio.sleep(pause)
        else:
            self._finish(wire)
        self._busy = False
        self._advance()

    def _finish(self, wire: bytes) -> None:
        self.transport.write(wire)
        if self._last:
            self.transport.close()

    def _next_request(self) -> Request | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self.transport.is_closing():
            return None
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        until = end + 4 + int(headers.get("content-length", "0"))
        if len(self._buffer) < until:
            return None
        body, self._buffer = self._buffer[end + 4 : until], self._buffer[until:]
        method, target, _ = first.split(" ", 2)
        path, _, query = target.partition("?")
        return Request(method, path, query, headers, body)


def _wire(answer: Answer) -> bytes:
    headers = {"Content-Type": _JSON, **answer.headers, "Content-Length": str(len(answer.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    reason = _REASONS.get(answer.status, "Unknown")
    return f"HTTP/1.1 {answer.status} {reason}\r\n{lines}\r\n".encode("latin-1") + answer.body


class _Listening:
    """A listening socket with its open connections."""

    def __init__(self, server: asyncio.Server, connections: set[_Connection]) -> None:
        self._server, self._connections = server, connections
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        self._server.close()
        unfinished = [c.task for c in self._connections if c.task is not None]
        for connection in self._connections:
            connection.transport.abort()
        await asyncio.sleep(0)  # lets the aborted transports close their sockets
        await asyncio.gather(*unfinished, return_exceptions=True)
        await self._server.wait_closed()


async def _listen(upstream: Upstream, port: int) -> _Listening:
    connections: set[_Connection] = set()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(upstream, connections), "127.0.0.1", port, backlog=1024
    )
    return _Listening(server, connections)


async def run(upstream: Upstream, port: int) -> None:
    """Serve until cancelled; prints one line of JSON with the base URL when ready."""
    listening = await _listen(upstream, port)
    months = upstream.world.months()
    ready = {"url": listening.url, "months": f"{months[0]}..{months[-1]}"}
    print(json.dumps(ready), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await listening.close()


def serve(
    world: World | None = None, faults: Faults | None = None, port: int = 0
) -> contextlib.AbstractContextManager[str]:
    """Return a context manager that serves a world in a thread and gives the base URL."""
    return Upstream(world, faults).serve(port)


@contextlib.contextmanager
def spawn(arguments: Sequence[str] = ()) -> Iterator[str]:
    """Serve in a process of its own, for loads that must not share this one's interpreter lock."""
    command = [sys.executable, "-m", "sample.server", "--port", "0", *arguments]
    root = Path(__file__).resolve().parent.parent
    # The command is this interpreter with this package; the arguments never meet a shell.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the sample server did not start: {' '.join(command)}")
            yield json.loads(line)["url"]
        finally:
            process.terminate()


if __name__ == "__main__":
    from sample.__main__ import main

    main()
