"""Names that DAGs share with code outside Airflow; imports no Airflow."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["HACKERNEWS_POOL", "WAREHOUSE_POOL", "Tag"]


class Tag(StrEnum):
    """Tags of the DAGs in the UI."""

    TECHPULSE = "techpulse"
    INGEST = "ingest"
    ANALYTICS = "analytics"
    UPKEEP = "upkeep"
    SEARCHES = "searches"


WAREHOUSE_POOL: Final = "techpulse_warehouse"
"""One slot if the warehouse is a file, because DuckDB allows one writing process."""

HACKERNEWS_POOL: Final = "techpulse_hackernews"
"""Limits the fetching tasks of all runs together."""
