"""Create a client from an Airflow HTTP connection, or for the public API if there is none."""

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
    """Return the base URL of the connection; ``default`` if it does not exist.

    Raises ConfigurationError if the connection has no host.
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
    """Return a Hacker News source that uses the connection ``hackernews_default``."""
    settings = settings or get_settings()
    client = HttpClient(
        base_url_of("hackernews_default", BASE_URL),
        max_attempts=settings.http_max_attempts,
        # One pooled connection per thread: a smaller pool would make threads wait for each other.
        connections=settings.hn_concurrency,
        settings=settings,
    )
    return HackerNews(
        client,
        concurrency=settings.hn_concurrency,
        max_items=settings.hn_max_items,
    )


def hacker_news_state(name: str) -> StateStore:
    """Return the named state store that all Hacker News runs share."""
    return open_state(f"{SOURCE}_{name}")
