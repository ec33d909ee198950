"""Mount the web app under /techpulse in the API server, and preload dbt in a scheduler.

Every Airflow process imports this file, so it must not import anything heavy (flask, duckdb,
include) at module level: only the API server reads the property `fastapi_apps`, and the listener
acts only in a scheduler that forks tasks.
"""

from __future__ import annotations

import logging
import sys
import time
from functools import cached_property
from typing import Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

URL_PREFIX = "/techpulse"

log = logging.getLogger(__name__)


async def _unavailable(scope: Any, receive: Any, send: Any) -> None:
    """Answer 503 in place of an app that failed to build; raising would stop the API server."""
    if scope["type"] == "websocket":  # closed before it is accepted: 403
        await send({"type": "websocket.close", "code": 1008})
    if scope["type"] != "http":
        return
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'self'"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"SAMEORIGIN"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    body = b'{"status":"unavailable","system":"TechPulse"}'
    await send({"type": "http.response.body", "body": body})


def _build_app() -> Any:
    try:
        from include.settings import get_settings
        from include.web.airflow_gate import behind_gate
        from include.web.asgi import create_web_app

        settings = get_settings()
        return behind_gate(create_web_app(settings), URL_PREFIX, settings.web_send_seconds)
    except Exception:
        log.exception("TechPulse could not be started; %s answers 503", URL_PREFIX)
        return _unavailable


def _tasks_are_forked() -> bool:
    """Return whether this scheduler forks its tasks, as the LocalExecutor does on Linux."""
    import multiprocessing

    from airflow.executors.executor_loader import ExecutorLoader
    from airflow.executors.local_executor import LocalExecutor

    names = ExecutorLoader.get_executor_names()
    executors = [ExecutorLoader.import_executor_cls(name)[0] for name in names]
    local = any(issubclass(executor, LocalExecutor) for executor in executors)
    return local and multiprocessing.get_start_method() == "fork"


def _preload_dbt() -> None:
    known, began = set(sys.modules), time.monotonic()
    try:
        from include.dbt.preload import preload_dbt
        from include.settings import get_settings

        if not get_settings().preload_dbt:
            return
        preload_dbt(get_settings())
        log.info("dbt preloaded in %.1f s: tasks inherit it", time.monotonic() - began)
    except Exception:  # slower tasks are better than a scheduler that does not start
        log.warning("dbt could not be preloaded; every task starts it itself", exc_info=True)
    finally:
        # Tasks must import our own modules from their bundle's current version.
        for name in set(sys.modules) - known:
            if name.split(".")[0] == "include":
                del sys.modules[name]


class SchedulerListener:
    """Preload dbt when a scheduler starts, before it forks the workers that fork the tasks."""

    @hookimpl
    def on_starting(self, component: object) -> None:
        """Preload dbt in a scheduler."""
        # Tasks call this listener, too, with the scheduler's arguments; their component differs.
        is_job = type(component).__name__ == "Job"
        if is_job and sys.argv[1:2] == ["scheduler"] and _tasks_are_forked():
            _preload_dbt()


class TechPulsePlugin(AirflowPlugin):
    """The page in Airflow's menu, and the app behind it."""

    name = "techpulse"
    listeners = [SchedulerListener()]  # noqa: RUF012  Airflow reads a plain list
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
