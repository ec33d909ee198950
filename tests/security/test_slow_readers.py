"""A client that does not read its answer keeps nobody else from theirs, and is dropped."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import duckdb
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from include.serving.publish import publish
from include.settings import Settings
from include.web.asgi import create_web_app, guarded
from sample.gold.postings import GoldSize, fill_gold
from tests.security.uvicorn_server import Recorded, Running, serving, whole

PLOTLY = "/vendor/plotly-7.1.0.min.js"
POSTINGS = "/api/v1/postings?limit=100"
LARGE = (PLOTLY, POSTINGS, "/api/v1/openapi.json", "/api/v1/technologies")
OTHERS = ("/health/live", "/health/ready", "/dashboard", "/api/v1/insights", "/static/icon.svg")
LONG, SHORT = 60.0, 0.3  # seconds


class _Airflow(BaseHTTPMiddleware):
    """The kind of layer that Airflow has around its plugins (JWTRefreshMiddleware)."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        return await call_next(request)


@pytest.fixture(scope="module")
def settings_of_web(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    url = f"sqlite:///{tmp_path_factory.mktemp('slow') / 'serving.sqlite'}"
    size = GoldSize(400, date(2025, 1, 1), date(2025, 6, 1), companies=40)
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, size)
        publish(warehouse, url)
    return Settings(serving_url=url, max_data_age_hours={"default": 1e6})


def app_of(settings: Settings, seconds: float) -> Recorded:
    return Recorded(guarded(create_web_app(settings), seconds))


def as_in_airflow(app: ASGIApp) -> Starlette:
    layers = [Middleware(GZipMiddleware, minimum_size=1024), Middleware(_Airflow)]
    return Starlette(routes=[Mount("/techpulse", app)], middleware=layers)


@pytest.fixture(scope="module", params=["alone", "in Airflow"])
def patient(request: pytest.FixtureRequest, settings_of_web: Settings) -> Iterator[tuple]:
    """A server that waits long for its clients, and the prefix of its paths."""
    app = app_of(settings_of_web, LONG)
    inside = request.param == "in Airflow"
    with serving(as_in_airflow(app) if inside else app) as server:
        yield server, "/techpulse" if inside else ""


def never_reading(server: Running, path: str, count: int, held: ExitStack) -> list[socket.socket]:
    """Ask so often and read the first line alone: each answer has begun, none can end."""
    sockets = [held.enter_context(server.ask(f"GET {path} HTTP/1.1")) for _ in range(count)]
    for client in sockets:
        assert client.recv(15).startswith(b"HTTP/1.1 200")
    return sockets


@pytest.mark.parametrize("path", LARGE)
def test_clients_that_never_read_keep_nobody_from_an_answer(
    patient: tuple[Running, str], settings_of_web: Settings, path: str
) -> None:
    server, prefix = patient
    with ExitStack() as held:
        never_reading(server, prefix + path, 2 * settings_of_web.web_threads, held)
        for other in OTHERS:
            status, body = server.get(prefix + other)
            assert (status, bool(body)) == (200, True), other


def test_clients_that_trickle_keep_nobody_from_an_answer(
    patient: tuple[Running, str], settings_of_web: Settings
) -> None:
    server, prefix = patient
    enough = threading.Event()

    def trickle(client: socket.socket) -> None:
        while not enough.wait(0.01):
            client.recv(1)

    with ExitStack() as held:
        held.callback(enough.set)
        for client in never_reading(server, prefix + PLOTLY, 2 * settings_of_web.web_threads, held):
            threading.Thread(target=trickle, args=(client,), daemon=True).start()
        for other in OTHERS:
            assert server.get(prefix + other)[0] == 200, other


async def one_large_piece(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as Flask does: the whole body in one message."""
    await Response(b"x" * 1_000_000)(scope, receive, send)


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in Airflow"])
@pytest.mark.parametrize("path", [PLOTLY, "/large"])
def test_client_that_never_reads_is_dropped_and_leaves_nothing_behind(
    settings_of_web: Settings, path: str, inside: bool, caplog: pytest.LogCaptureFixture
) -> None:
    web = one_large_piece if path == "/large" else create_web_app(settings_of_web)
    app = Recorded(guarded(web, SHORT))
    outer = Recorded(as_in_airflow(app) if inside else app)
    prefix = "/techpulse" if inside else ""
    with serving(outer) as server, ExitStack() as held:
        before = server.tasks()
        clients = never_reading(server, prefix + path, 4, held)
        assert outer.wait_for(4) == ["ClientTooSlow"] * 4
        assert app.wait_for(4) == ["ClientTooSlow"] * 4
        for client in clients:  # what was in the buffers still comes, then the end
            head, _, body = whole(client).partition(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            assert len(body) < int(length)
        assert server.tasks() == before
    assert "TECHPULSE_WEB_SEND_SECONDS" in caplog.text


def test_client_that_trickles_is_dropped_as_well(settings_of_web: Settings) -> None:
    app = app_of(settings_of_web, SHORT)
    dropped = threading.Event()
    with serving(app) as server, ExitStack() as held:
        (client,) = never_reading(server, PLOTLY, 1, held)
        waiting = threading.Thread(target=lambda: (app.wait_for(1), dropped.set()))
        waiting.start()
        while not dropped.wait(0.01):
            client.recv(1_000)
        waiting.join()
        assert app.ends == ["ClientTooSlow"]


def test_client_that_reads_gets_the_whole_file(patient: tuple[Running, str]) -> None:
    import plotly

    server, prefix = patient
    status, body = server.get(prefix + PLOTLY)
    file = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    assert (status, body) == (200, file.read_bytes())


def test_health_is_live_while_the_store_hangs(
    settings_of_web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = threading.Event()
    begun = threading.Semaphore(0)

    def hang(*_: object) -> object:
        begun.release()
        hanging.wait(30)
        raise AssertionError("nobody waits for this")

    monkeypatch.setattr("include.web.health._CHECK_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr("include.insights.store.ServingStore.read", hang)
    with serving(app_of(settings_of_web, LONG)) as server, ExitStack() as held:
        held.callback(hanging.set)
        for _ in range(2 * settings_of_web.web_threads):
            held.enter_context(server.ask("GET /api/v1/insights HTTP/1.1"))
        for _ in range(settings_of_web.web_threads):
            assert begun.acquire(timeout=20)
        assert server.get("/health/live")[0] == 200
        status, body = server.get("/health/ready")
        assert (status, b"no answer within" in body) == (503, True)
        assert server.get("/static/icon.svg")[0] == 200


UPGRADE = (
    "GET {} HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
)


@pytest.mark.parametrize("path", ["/", "/health", "/dashboard", "/api/v1/insights", "/static/x"])
def test_websocket_is_refused_without_an_error(
    patient: tuple[Running, str], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    server, prefix = patient
    with caplog.at_level(logging.WARNING), server.ask(UPGRADE.format(prefix + path)) as client:
        assert client.recv(64).startswith(b"HTTP/1.1 403")
    assert [r.message for r in caplog.records if r.levelno >= logging.ERROR] == []
