"""Airflow's hook for local settings, imported by every Airflow process that ``make up`` starts.

The scheduler and the triggerer serve task logs on all addresses, and no setting changes that
(``airflow/utils/serve_logs/core.py``: ``host=""``). On a laptop they belong on loopback.

The metadata database is SQLite, which has one writer at a time. Other writers time out after 5
seconds by default, which is too short on a busy laptop or in a long backfill.
"""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_SQLITE_WAIT_SECONDS = 60


def create_metadata_engine(
    sql_alchemy_conn: str, *, engine_args: dict[str, Any], connect_args: dict[str, Any]
) -> Engine:
    """Create the engine of the metadata database; Airflow calls this instead of its own."""
    patient = _patient(sql_alchemy_conn) | connect_args
    return create_engine(sql_alchemy_conn, connect_args=patient, **engine_args, future=True)


def create_async_metadata_engine(
    sql_alchemy_conn_async: str,
    *,
    connect_args: dict[str, Any],
    engine_args: dict[str, Any] | None = None,
) -> AsyncEngine:
    """Create the asynchronous engine likewise."""
    patient = _patient(sql_alchemy_conn_async) | connect_args
    return create_async_engine(sql_alchemy_conn_async, connect_args=patient, **(engine_args or {}))


def _patient(url: str) -> dict[str, Any]:
    return {"timeout": _SQLITE_WAIT_SECONDS} if url.startswith("sqlite") else {}


if sys.argv[1:2] in (["scheduler"], ["triggerer"]):
    import uvicorn

    _run = uvicorn.run

    def _run_on_loopback(app: Any, *, host: str = "", **options: Any) -> None:
        _run(app, host=host or "127.0.0.1", **options)

    uvicorn.run = _run_on_loopback
