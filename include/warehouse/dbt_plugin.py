"""Attach the lake in dbt as everywhere else. Named in dbt/profiles.yml and imported by dbt."""

from __future__ import annotations

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from include.settings import Settings
from include.warehouse import lake

__all__ = ["Plugin"]


class Plugin(BasePlugin):
    """Attaches the lake to the connection of dbt's process.

    https://github.com/duckdb/dbt-duckdb#writing-your-own-plugins
    """

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Attach the lake before dbt looks for its catalog."""
        # Not get_settings(): dbt runs in an environment of its own, set after that was cached.
        lake.attach(conn, Settings())
