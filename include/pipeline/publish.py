"""The last task of the DAG ``analytics``: gold to the serving store that the web reads."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from include.settings import get_settings
from include.storage.serving import publish
from include.storage.warehouse import open_warehouse

__all__ = ["publish_gold"]


def publish_gold() -> dict[str, Any]:
    """Make the serving store equal to gold; return inserted, updated, unchanged, removed by table."""
    settings = get_settings()
    with open_warehouse(settings) as warehouse:
        counts = publish(warehouse, settings.serving_database_url)
    return {table: asdict(count) for table, count in counts.items()}
