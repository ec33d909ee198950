"""Create a job board's fetch context from its Airflow connection."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from include.hooks.http_source import base_url_of
from include.http.client import HttpClient
from include.postings.model import IngestionQuery
from include.settings import get_settings
from include.sources.source import ChunkResult, FetchContext, Source, SourceSkipped
from include.state.budget import CallBudget
from include.state.store import StateStore, open_state

__all__ = ["budget_of", "fetch_context"]


def budget_of(source: Source) -> CallBudget:
    """Return the source's call budget, shared by all processes."""
    return CallBudget(_state(source), source.call_limits, record=source.name)


def _state(source: Source) -> StateStore:
    return open_state(source.name)


@contextmanager
def fetch_context(
    source: Source,
    query: IngestionQuery,
    *,
    now: dt.datetime,
    run_id: str,
    cursor: Callable[[str], dict[str, Any] | None] = lambda _: None,
    known_ids: Callable[[str, str], list[int]] = lambda _, __: [],
    unloaded: Callable[[list[ChunkResult]], list[ChunkResult]] = lambda found: found,
) -> Iterator[FetchContext]:
    """Yield the source's fetch context; its HTTP client is closed on exit.

    The client uses the connection ``<source>_default`` or, if there is none, the public API.
    Raises SourceSkipped if the source needs an API key and none is set.
    """
    settings = get_settings()
    client = HttpClient(
        base_url_of(f"{source.name}_default", source.base_url),
        # One attempt fewer than for Hacker News: board quotas are small, and each try uses them.
        max_attempts=max(1, settings.http_max_attempts - 1),
        headers=_authorization(source),
        redirect_hosts=source.redirect_hosts,
        # Counted per try, not per request: the vendors count retries too.
        before_try=budget_of(source).take if source.call_limits else None,
        settings=settings,
    )
    try:
        yield FetchContext(
            client=client,
            query=query,
            now=now,
            run_id=run_id,
            settings=settings,
            state=_state(source),
            cursor=cursor,
            known_ids=known_ids,
            unloaded=unloaded,
        )
    finally:
        client.close()


def _authorization(source: Source) -> dict[str, str]:
    if source.key_variable is None:
        return {}
    # The connection comes first: it is what an operator sees and edits in the UI.
    key = _password(f"{source.name}_default") or os.environ.get(source.key_variable)
    if not key:
        raise SourceSkipped(
            f"no API key: set {source.key_variable} or the password of the connection "
            f"{source.name}_default."
        )
    return {"Authorization": f"Bearer {key}"}


def _password(conn_id: str) -> str | None:
    try:
        password: str | None = Connection.get(conn_id).password
        return password
    except AirflowNotFoundException:
        return None
