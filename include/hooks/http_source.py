"""From an Airflow HTTP connection to a client; the public API where there is no connection."""

from __future__ import annotations

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from include.errors import ConfigurationError
from include.hooks.connections import base_url
from include.http.client import HttpClient
from include.settings import Settings, get_settings
from include.sources.hacker_news.client import BASE_URL, SOURCE, HackerNews
from include.state.store import StateStore, open_state

__all__ = ["base_url_of", "hacker_news", "hacker_news_state"]


def base_url_of(conn_id: str, default: str) -> str:
    """Return the base URL that the connection names; ``default`` where there is none.

    Raises ConfigurationError for a connection without a host.
    """
    try:
        connection = Connection.get(conn_id)
    except AirflowNotFoundException:
        return default
    url = base_url({name: getattr(connection, name) for name in ("host", "schema", "port")})
    if not url:
        raise ConfigurationError(
            "The connection has no host",
            record=conn_id,
            next_step=f"set its host to the API's base URL ({default}), or delete it.",
        )
    return url


def hacker_news(settings: Settings | None = None) -> HackerNews:
    """Return a Hacker News source on the connection ``hackernews_default``."""
    settings = settings or get_settings()
    client = HttpClient(
        base_url_of("hackernews_default", BASE_URL),
        max_attempts=settings.http_max_attempts,
        connections=settings.hn_concurrency,
        settings=settings,
    )
    return HackerNews(
        client,
        concurrency=settings.hn_concurrency,
        max_items=settings.hn_max_items,
    )


def hacker_news_state(name: str) -> StateStore:
    """Return one of the small things that all Hacker News runs share, by its name."""
    return open_state(f"{SOURCE}_{name}")
