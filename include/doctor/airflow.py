"""Checks of Airflow: database, pools, consecutive failed runs, connections with host and key."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from include.alerts import FAILED_RUNS_LIMIT
from include.doctor.finding import Finding, fail, ok, warn
from include.hooks.connections import base_url, database_trouble, find_connection
from include.names import HACKERNEWS_POOL, WAREHOUSE_POOL, Tag
from include.settings import PROJECT_ROOT, Settings
from include.sources.boards import board_names
from include.sources.hacker_news.client import BASE_URL
from include.sources.registry import board, system

__all__ = ["airflow"]

_CONNECT_TIMEOUT_SECONDS = 5.0


def airflow(settings: Settings) -> Iterator[Finding]:
    """Check Airflow; without its database, only connections in the environment."""
    trouble = database_trouble()
    if trouble:
        yield warn(
            "airflow database",
            f"{trouble}; pools were not checked, and connections only in the environment",
            "run this where Airflow's scheduler runs, with its AIRFLOW_HOME and settings; "
            "`airflow db migrate` creates a new database.",
        )
    else:
        yield ok("airflow database", "can be read")
        yield from _pools(settings)
        yield from _failed_runs()
    yield _plugins_folder()
    yield from _connection("hackernews_default", BASE_URL, None)
    for name in board_names():
        source = board(name)
        yield from _connection(f"{name}_default", source.base_url, source.key_variable)
    for name in settings.company_systems:
        for home in system(name).homes:
            # A host per board is checked by reading one: `cli boards check`.
            if "{board}" not in home.url or find_connection(home.connection):
                yield from _connection(home.connection, home.url, None)


def _pools(settings: Settings) -> Iterator[Finding]:
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        slots = {pool.pool: pool.slots for pool in session.scalars(select(Pool))}
    yield _warehouse_pool(slots.get(WAREHOUSE_POOL), settings)
    if HACKERNEWS_POOL in slots:
        yield ok(f"pool {HACKERNEWS_POOL}", f"{slots[HACKERNEWS_POOL]} slots")
    else:
        fix = f"airflow pools set {HACKERNEWS_POOL} 4 'fetching tasks of all runs together'"
        yield fail(f"pool {HACKERNEWS_POOL}", "does not exist: its tasks never start", fix)


def _failed_runs() -> Iterator[Finding]:
    """Find our DAGs whose newest finished runs have all failed."""
    from airflow.models.dag import DagTag
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    count, none_failed = FAILED_RUNS_LIMIT, True
    # Finished ones only: a running one is no proof of recovery. The id orders equal end dates.
    ended = select(DagRun).where(DagRun.state.in_(("success", "failed")))
    newest = ended.order_by(DagRun.end_date.desc(), DagRun.id.desc()).limit(count)
    with create_session() as session:
        ours = session.scalars(select(DagTag.dag_id).where(DagTag.name == Tag.TECHPULSE)).all()
        for dag_id in sorted(set(ours)):
            runs = session.scalars(newest.where(DagRun.dag_id == dag_id)).all()
            if len(runs) == count and all(run.state == "failed" for run in runs):
                none_failed = False
                yield fail(
                    f"runs {dag_id}",
                    f"the last {count} have failed, the newest is {runs[0].run_id}",
                    "see the error of that run's failed task: it has a next step. The DAG keeps "
                    "running on schedule.",
                )
    if none_failed:
        yield ok("runs", f"no DAG has failed {count} times in a row")


def _warehouse_pool(slots: int | None, settings: Settings) -> Finding:
    check = f"pool {WAREHOUSE_POOL}"
    fix = f"airflow pools set {WAREHOUSE_POOL} 1 'one writing process'"
    if slots is None:
        return fail(check, "does not exist: its tasks never start", fix)
    if slots != 1 and not settings.warehouse_is_lake:
        message = f"has {slots} slots, but a warehouse file allows one writing process"
        return fail(check, message, fix)
    return ok(check, f"{slots} slots")


def _plugins_folder() -> Finding:
    from airflow.configuration import conf

    folder = Path(conf.get("core", "plugins_folder"))
    if (folder / "techpulse_plugin.py").exists():
        return ok("plugins folder", f"{folder} has the plugin")
    return warn(
        "plugins folder",
        f"{folder} has no techpulse_plugin.py: Airflow does not show the TechPulse page",
        f"set AIRFLOW__CORE__PLUGINS_FOLDER={PROJECT_ROOT / 'plugins'}",
    )


def _connection(conn_id: str, default: str, key_variable: str | None) -> Iterator[Finding]:
    found = find_connection(conn_id)
    url = _url(found, default)
    check = f"connection {conn_id}"
    if url is None:
        fix = f"set its host to the API's base URL ({default}), or delete it."
        yield fail(check, "has no host", fix)
        return
    has_password = bool(found and found.get("password"))
    if key_variable and not (has_password or os.environ.get(key_variable)):
        fix = f"set {key_variable} or the password of {conn_id}, unless you do not need the source."
        yield warn(check, "has no key: the source is skipped", fix)
        return
    said = "" if found else "not set, the public API is used: "
    trouble = _trouble(url)
    if trouble:
        yield fail(
            check, f"{said}{url} does not answer: {trouble}", "check host, proxy and firewall."
        )
    else:
        yield ok(check, f"{said}{url} answers{', and there is a key' if key_variable else ''}")


def _url(found: Mapping[str, str | int] | None, default: str) -> str | None:
    """Return the base URL without credentials; None if the connection has no host."""
    url = base_url(found) if found else default
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1]).geturl() if url else None


def _trouble(url: str) -> str | None:
    """Return why a host does not answer, None if it does.

    Only connects: a request would count against a budget, or cost money.
    """
    parts = urlsplit(url)
    # Behind a proxy the host itself may be unreachable: requests go to the proxy.
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        parts = urlsplit(proxy)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection(
            (parts.hostname or "", port), timeout=_CONNECT_TIMEOUT_SECONDS
        ).close()
    except (OSError, ValueError) as error:
        return str(error)
    return None
