"""Make Airflow's connections available outside a task, where only the environment is searched."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Mapping

__all__ = [
    "base_url",
    "database_trouble",
    "find_connection",
    "use_airflow_connections",
    "use_airflow_variable",
]

_PARTS = ("conn_type", "host", "schema", "login", "password", "port", "extra")

log = logging.getLogger(__name__)


def use_airflow_connections(conn_ids: Iterable[str] = ("hackernews_default",)) -> None:
    """Export the connections that a task would find to this process's environment.

    A connection that the environment already defines is left alone. If the metadata database
    cannot be read, a warning is logged, and only those are used.
    """
    missing = [name for name in conn_ids if f"AIRFLOW_CONN_{name.upper()}" not in os.environ]
    if missing and (trouble := database_trouble()):
        log.warning("%s: only connections of the environment are used.", trouble)
        return
    for conn_id in missing:
        if found := find_connection(conn_id):
            os.environ[f"AIRFLOW_CONN_{conn_id.upper()}"] = json.dumps(found)


def use_airflow_variable(name: str) -> None:
    """Export the Variable that a task would find to this process's environment, if there is one.

    Where the metadata database cannot be read, a warning is logged, and there is none.
    """
    variable = f"AIRFLOW_VAR_{name.upper()}"
    if variable in os.environ:
        return
    if trouble := database_trouble():
        log.warning("%s: the Airflow Variable %s is unavailable.", trouble, name)
        return
    from airflow.models.variable import Variable

    if (found := Variable.get_variable_from_secrets(name)) is not None:
        os.environ[variable] = found


def find_connection(conn_id: str) -> dict[str, str | int] | None:
    """Return a connection's parts, secrets included; None if it does not exist.

    Searches like Airflow's server: secrets backend, environment, metadata database.
    """
    # Imported late: importing airflow.models loads Airflow's ORM, which most commands do not need.
    from airflow.models.connection import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        found = Connection.get_connection_from_secrets(conn_id)
    except AirflowNotFoundException:
        return None
    return {name: value for name in _PARTS if (value := getattr(found, name))}


def base_url(parts: Mapping[str, str | int | None]) -> str:
    """Return the base URL of a connection's parts; "" if they have no host.

    ``host`` may be the whole base URL (``http://127.0.0.1:8799/v0``) or a bare host, with the
    scheme in ``schema`` and a ``port``, as the HTTP provider writes it.
    """
    host = str(parts.get("host") or "").rstrip("/")
    if not host or "://" in host:
        return host
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"{parts.get('schema') or 'https'}://{host}{port}"


def database_trouble() -> str | None:
    """Return the reason why Airflow's metadata database cannot be read; None if it can."""
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session
    from sqlalchemy import select
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with create_session() as session:
            # Selecting from the table also detects a database that was never migrated.
            session.execute(select(Connection.conn_id).limit(1))
    except SQLAlchemyError as error:
        return f"Airflow's database cannot be read ({type(error).__name__})"
    return None
