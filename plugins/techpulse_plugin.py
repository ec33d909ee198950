"""The Flask app under /techpulse in the API server, and dbt warmed up in a scheduler.

Every Airflow process imports this file, so nothing heavy (flask, duckdb, include) may be imported
here: `fastapi_apps` is a property, and only the API server reads it; the listener acts in a
scheduler that forks tasks.
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
    """Stand in for an app that could not be built: an error would stop the whole API server."""
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
    """Whether tasks are forks of the scheduler, which this is: not with Celery or Kubernetes."""
    import multiprocessing

    from airflow.executors.executor_loader import ExecutorLoader
    from airflow.executors.local_executor import LocalExecutor

    names = ExecutorLoader.get_executor_names()
    executors = [ExecutorLoader.import_executor_cls(name)[0] for name in names]
    local = any(issubclass(executor, LocalExecutor) for executor in executors)
    return local and multiprocessing.get_start_method() == "fork"


def _warm_dbt() -> None:
    known, began = set(sys.modules), time.monotonic()
    try:
        from include.dbt.preload import preload_dbt
        from include.settings import get_settings

        if not get_settings().preload_dbt:
            return
        preload_dbt(get_settings())
        log.info("dbt is warm after %.1f s: tasks need not start it", time.monotonic() - began)
    except Exception:  # without it tasks are slower, a scheduler that does not start is down
        log.warning("dbt could not be warmed; every task starts its own", exc_info=True)
    finally:
        # A task takes our own modules from its bundle, as they are when it runs.
        for name in set(sys.modules) - known:
            if name.split(".")[0] == "include":
                del sys.modules[name]


class SchedulerListener:
    """Warms dbt in a scheduler that starts, before it forks the workers that fork the tasks."""

    @hookimpl
    def on_starting(self, component: object) -> None:
        """Act in a scheduler alone; its tasks, which are told of too, have its arguments."""
        is_job = type(component).__name__ == "Job"
        if is_job and sys.argv[1:2] == ["scheduler"] and _tasks_are_forked():
            _warm_dbt()


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
