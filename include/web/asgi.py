"""The ASGI app: health and files are served in the event loop, API and pages by Flask in threads.

Flask has few threads, so a slow client must not hold one: files and health bypass Flask, and an
answer leaves its thread complete. Nor must slow questions: they have a thread of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2wsgi import WSGIMiddleware
from starlette.websockets import WebSocketClose

from include.insights.store import VERSION_CHECK_SECONDS, ServingStore
from include.settings import Settings, get_settings
from include.web.api import endpoints
from include.web.app import create_app
from include.web.deadline import SendDeadline
from include.web.files import Files
from include.web.headers import SecurityHeaders
from include.web.health import HEALTH_PATHS, CachedReadiness, Health, readiness

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["WebApp", "create_web_app", "guarded", "path_of"]

# a2wsgi's thread puts the parts of an answer into a queue and blocks while it is full, that is,
# until the client reads. Unlimited, it returns at once; Flask's answers are in memory anyway.
_UNLIMITED = 0
_SLOW_THREADS = 1
"""More would share the GIL with the quick ones: beside one, those take twice as long at most."""
_POLICY_VIOLATION = 1008


class WebApp:
    """Route HTTP requests to health, files or Flask; authentication is the gate's.

    ``slow`` answers the paths of ``slow_paths``, ``quick`` all others, each in threads of its own.
    """

    def __init__(
        self,
        quick: ASGIApp,
        slow: ASGIApp,
        slow_paths: frozenset[str],
        files: Files,
        health: Health,
    ) -> None:
        self._quick = quick
        self._slow = slow
        self._slow_paths = slow_paths
        self._files = files
        self._health = health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = path_of(scope)
        if path in HEALTH_PATHS:
            await self._health(scope, receive, send, path)
        elif self._files.serves(path):
            await self._files(scope, receive, send, path)
        elif path in self._slow_paths:
            await self._slow(scope, receive, send)
        else:
            await self._quick(scope, receive, send)


class _HttpOnly:
    """Answer other protocols than HTTP, which ``app`` would fail on or never answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a websocket with 403 and a server's lifespan with "complete".

        Raises ValueError for any other scope, as ASGI requires
        (https://asgi.readthedocs.io/en/latest/specs/main.html#applications).
        """
        if scope["type"] == "http":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it is accepted, so that the server answers the upgrade with 403.
            await WebSocketClose(_POLICY_VIOLATION)(scope, receive, send)
        elif scope["type"] == "lifespan":
            for _ in ("startup", "shutdown"):
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
        else:
            raise ValueError(f"TechPulse serves HTTP only, not {scope['type']!r}.")


def create_web_app(settings: Settings | None = None) -> WebApp:
    """Return the web app that reads the serving store of ``settings``."""
    settings = settings or get_settings()
    flask_app = create_app(settings)
    store: ServingStore = flask_app.extensions["techpulse"]
    quick, slow = (_in_threads(flask_app, count) for count in (settings.web_threads, _SLOW_THREADS))
    kept = CachedReadiness(
        lambda: readiness(store, settings.max_data_age_hours), VERSION_CHECK_SECONDS
    )
    questions = endpoints(settings.max_data_age_hours)
    slow_paths = frozenset(question.path for question in questions if question.is_slow)
    return WebApp(quick, slow, slow_paths, Files(), Health(kept))


def _in_threads(app: Any, count: int) -> Any:
    """Return the ASGI app; Flask types its environ, a2wsgi its scope, differently from others."""
    return WSGIMiddleware(app, workers=count, send_queue_size=_UNLIMITED)


def guarded(app: ASGIApp, send_seconds: float) -> ASGIApp:
    """Return ``app``, limited to HTTP, with security headers and a deadline on every answer.

    A client has ``send_seconds`` to read an answer.
    """
    return _HttpOnly(SecurityHeaders(SendDeadline(app, send_seconds)))


def path_of(scope: Scope) -> str:
    """Return the path below the root path that the app is mounted under."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
