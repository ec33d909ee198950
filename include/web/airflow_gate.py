"""Serve a WSGI app inside the Airflow API server, behind Airflow's own login.

Airflow mounts plugin apps without authentication, and FastAPI dependencies do not apply to mounted
apps: hence this gate in plain ASGI.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from airflow.api_fastapi.app import get_auth_manager, get_cookie_path
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from include.web.asgi import guarded, path_of
from include.web.health import HEALTH_PATHS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["AirflowAuthGate", "behind_gate"]


class AirflowAuthGate:
    """Call the wrapped app only for Airflow users who may see the web site."""

    def __init__(
        self, app: ASGIApp, url_prefix: str, public_paths: Iterable[str] = HEALTH_PATHS
    ) -> None:
        self._app = app
        self._url_prefix = url_prefix
        self._public_paths = frozenset(public_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 302, 401 or 403."""
        scope = self._with_root(scope)
        refusal = None
        if path_of(scope) not in self._public_paths:
            refusal = await self._refusal(scope, receive)
        await (refusal or self._app)(scope, receive, send)

    def _with_root(self, scope: Scope) -> Scope:
        """Add the path of [api] base_url if a probe or proxy left it out."""
        # ASGI's path includes the root path; the wrapped app strips it again (path_of).
        root = scope.get("root_path", "")
        if scope["path"].startswith(f"{root}/"):
            return scope
        return {**scope, "path": root + scope["path"].removeprefix(self._url_prefix)}

    async def _refusal(self, scope: Scope, receive: Receive) -> Response | None:
        request = Request(scope, receive)
        try:  # as Airflow's own routes do: the bearer token first, then the cookie
            user = await get_user(request, None, await bearer_scheme(request))
        except HTTPException as error:
            return _unauthenticated(request, error)
        # Synchronous, and it may query the metadata database: keep it off the event loop.
        allowed = await run_in_threadpool(
            get_auth_manager().is_authorized_view, access_view=AccessView.WEBSITE, user=user
        )
        if not allowed:
            return JSONResponse({"detail": "Forbidden"}, 403)
        scope["airflow.user"] = user
        return None


def _unauthenticated(request: Request, error: HTTPException) -> Response:
    """Redirect a browser to the login and back; answer a program with the status."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        query = f"?{request.url.query}" if request.url.query else ""
        target = urlencode({"next": request.url.path + query})
        login = f"{get_cookie_path().rstrip('/')}/api/v2/auth/login?{target}"
        return RedirectResponse(login, 302, headers={"Cache-Control": "no-store"})
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else None
    return JSONResponse({"detail": error.detail}, error.status_code, headers=headers)


def behind_gate(app: ASGIApp, url_prefix: str, send_seconds: float) -> ASGIApp:
    """Return the web app behind Airflow's login; refusals get the same security headers.

    ``send_seconds`` is the time a client has to read an answer.
    """
    return guarded(AirflowAuthGate(app, url_prefix), send_seconds)
