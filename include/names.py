"""Names that the DAGs and what looks at them from outside share; imports no Airflow."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["HACKERNEWS_POOL", "WAREHOUSE_POOL", "Tag"]


class Tag(StrEnum):
    """The tags by which the DAGs are found in the UI."""

    TECHPULSE = "techpulse"
    INGEST = "ingest"
    ANALYTICS = "analytics"
    UPKEEP = "upkeep"


WAREHOUSE_POOL: Final = "techpulse_warehouse"
"""One slot where the warehouse is a file: DuckDB has one writing process."""

HACKERNEWS_POOL: Final = "techpulse_hackernews"
"""Bounds the fetching tasks of all runs together."""
