"""Locations in an object store, ``s3://connection@bucket/prefix``, and their credentials.

The name before the ``@`` is an Airflow connection, as in Airflow's own object storage
(https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/objectstorage.html). Without
one, the credentials come from the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Location", "S3Keys", "credentials_for"]


@dataclass(frozen=True, slots=True)
class Location:
    """A location: ``url`` without credentials, and ``conn_id``, the connection that has them."""

    url: str
    conn_id: str | None = None

    @classmethod
    def parse(cls, text: str) -> Location:
        """Return the location of ``scheme://connection@bucket/prefix`` or of a folder's path."""
        scheme, found, rest = text.partition("://")
        conn_id, at, address = rest.partition("@")
        # An @ after the first slash belongs to the path, not to a connection.
        if not (found and at) or "/" in conn_id:
            return cls(text)
        return cls(f"{scheme}://{address}", conn_id)

    @property
    def is_s3(self) -> bool:
        """Whether it is in an S3 store."""
        return self.url.startswith("s3://")


@dataclass(frozen=True, slots=True)
class S3Keys:
    """Credentials, endpoint and region of an S3 store; ``repr`` omits the secrets."""

    key: str = ""
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    endpoint_url: str = ""
    region: str = "us-east-1"

    def for_duckdb(self) -> dict[str, str | bool]:
        """Return the options of a DuckDB secret of type s3.

        https://duckdb.org/docs/stable/core_extensions/httpfs/s3api
        """
        options: dict[str, str | bool] = {
            "key_id": self.key,
            "secret": self.secret,
            "session_token": self.token,
            "region": self.region,
        }
        if self.endpoint_url:
            # Stores other than AWS rarely resolve bucket.host, hence the path style.
            endpoint = urlsplit(self.endpoint_url)
            options |= {
                "endpoint": endpoint.netloc or self.endpoint_url,
                "use_ssl": endpoint.scheme != "http",
                "url_style": "path",
            }
        # An empty session token is not the same as none: leave it out.
        return {name: value for name, value in options.items() if value != ""}


def credentials_for(location: Location) -> S3Keys:
    """Return the credentials for an S3 location, from its connection or the environment."""
    if location.conn_id is None:
        return S3Keys(
            key=os.environ.get("AWS_ACCESS_KEY_ID", ""),
            secret=os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
            token=os.environ.get("AWS_SESSION_TOKEN", ""),
            endpoint_url=os.environ.get("AWS_ENDPOINT_URL", ""),
            region=os.environ.get("AWS_REGION", "us-east-1"),
        )
    # Imported late: without a named connection, reading the warehouse needs no Airflow.
    from airflow.sdk import Connection

    connection = Connection.get(location.conn_id)
    extra: dict[str, Any] = connection.extra_dejson
    return S3Keys(
        key=connection.login or "",
        secret=connection.password or "",
        token=extra.get("aws_session_token", ""),
        endpoint_url=extra.get("endpoint_url", ""),
        region=extra.get("region_name") or "us-east-1",
    )
