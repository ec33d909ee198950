"""The web app as the server sees it: health and files in the event loop, questions in threads.

Flask works on few requests at a time, so nothing that a client can draw out may hold one of its
threads: files and health are not Flask's, and an answer leaves the thread whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2wsgi import WSGIMiddleware
from starlette.websockets import WebSocketClose

from include.insights.store import VERSION_CHECK_SECONDS, ServingStore
from include.settings import Settings, get_settings
from include.web.app import create_app
from include.web.deadline import SendDeadline
from include.web.files import Files
from include.web.headers import SecurityHeaders
from include.web.health import HEALTH_PATHS, Health, KeptReadiness, readiness

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["WebApp", "create_web_app", "guarded", "path_of"]

# a2wsgi's thread puts an answer's parts into a queue and waits while it is full, which is as long
# as the client likes. Without a limit it leaves at once: Flask's answers are in memory anyway.
_UNLIMITED = 0
_POLICY_VIOLATION = 1008


class WebApp:
    """Answers HTTP requests, without asking who sent them."""

    def __init__(self, questions: ASGIApp, files: Files, health: Health) -> None:
        self._questions = questions
        self._files = files
        self._health = health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = path_of(scope)
        if path in HEALTH_PATHS:
            await self._health(scope, receive, send, path)
        elif self._files.serves(path):
            await self._files(scope, receive, send, path)
        else:
            await self._questions(scope, receive, send)


class _HttpOnly:
    """Keep from ``app`` what is not HTTP: it would raise, or leave the server without an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a websocket with 403 and a server's lifespan with "complete".

        Raises ValueError for any other scope, as ASGI asks for
        (https://asgi.readthedocs.io/en/latest/specs/main.html#applications).
        """
        if scope["type"] == "http":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it is accepted: the server answers the upgrade with 403.
            await WebSocketClose(_POLICY_VIOLATION)(scope, receive, send)
        elif scope["type"] == "lifespan":
            for _ in ("startup", "shutdown"):
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
        else:
            raise ValueError(f"TechPulse answers HTTP; it does not know {scope['type']!r}.")


def create_web_app(settings: Settings | None = None) -> WebApp:
    """Return the whole web app over the serving store of ``settings``."""
    settings = settings or get_settings()
    flask_app = create_app(settings)
    store: ServingStore = flask_app.extensions["techpulse"]
    application: Any = flask_app  # Flask types its environ more loosely than a2wsgi
    questions: Any = WSGIMiddleware(
        application, workers=settings.web_threads, send_queue_size=_UNLIMITED
    )
    kept = KeptReadiness(
        lambda: readiness(store, settings.max_data_age_hours), VERSION_CHECK_SECONDS
    )
    return WebApp(questions, Files(), Health(kept))


def guarded(app: ASGIApp, send_seconds: float) -> ASGIApp:
    """Return ``app`` with what holds for each of its answers, whoever gives it.

    Security headers, HTTP only, and at most ``send_seconds`` for the client to read an answer.
    """
    return _HttpOnly(SecurityHeaders(SendDeadline(app, send_seconds)))


def path_of(scope: Scope) -> str:
    """Return the path without the root that the app is mounted under."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
