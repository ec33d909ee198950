"""Mount the TechPulse Flask app in the Airflow API server under /techpulse.

Every Airflow process imports this file, so nothing heavy (flask, duckdb, include) may be imported
here: `fastapi_apps` is a property, and only the API server reads it.
"""

from __future__ import annotations

import logging
from functools import cached_property
from typing import Any

from airflow.plugins_manager import AirflowPlugin

URL_PREFIX = "/techpulse"

log = logging.getLogger(__name__)


async def _unavailable(scope: Any, receive: Any, send: Any) -> None:
    """Stand in for an app that could not be built: an error would stop the whole API server."""
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    body = b'{"status":"unavailable","system":"TechPulse"}'
    await send({"type": "http.response.body", "body": body})


def _build_app() -> Any:
    try:
        from include.settings import get_settings
        from include.web.airflow_gate import build_asgi_app
        from include.web.app import create_app

        settings = get_settings()
        return build_asgi_app(create_app(settings), URL_PREFIX, settings.web_threads)
    except Exception:
        log.exception("TechPulse could not be started; %s answers 503", URL_PREFIX)
        return _unavailable


class TechPulsePlugin(AirflowPlugin):
    """The page in Airflow's menu, and the app behind it."""

    name = "techpulse"
    external_views = [  # noqa: RUF012  Airflow reads a plain list
        {
            "name": "TechPulse",
            # Without a leading slash: relative to Airflow's <base href>, whatever path it has.
            "href": "techpulse/dashboard",
            "icon": "techpulse/static/icon.svg",
            "url_route": "techpulse",
            "destination": "nav",
            "nav_top_level": True,
        }
    ]

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The app; read by the API server only."""
        return [{"name": "techpulse", "url_prefix": URL_PREFIX, "app": _build_app()}]
