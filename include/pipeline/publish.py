"""The last task of the DAG ``analytics``: gold to the serving store that the web reads."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from include.settings import get_settings
from include.storage.disk import room_for
from include.storage.serving import publish
from include.storage.serving_engine import writing_engine
from include.storage.serving_schema import LOADS, migrate
from include.storage.warehouse import open_warehouse

__all__ = ["has_news", "publish_gold"]


def has_news() -> bool:
    """Whether a load was committed that the serving store does not know of yet."""
    settings = get_settings()
    with open_warehouse(settings) as warehouse:
        rows = warehouse.execute("select load_id from bronze.loads").fetchall()
    committed = {str(load_id) for (load_id,) in rows}
    return bool(committed - _published(settings.serving_database_url))


def _published(serving_url: str) -> set[str]:
    """Return the ids of the loads that were published; none where nothing ever was."""
    engine = writing_engine(serving_url)
    try:
        with engine.begin() as serving:
            migrate(serving)
            return set(serving.scalars(sa.select(LOADS.c.load_id)))
    finally:
        engine.dispose()


def publish_gold() -> dict[str, Any]:
    """Make the serving store equal to gold; return what was done, by table."""
    settings = get_settings()
    store = sa.make_url(settings.serving_database_url)
    with open_warehouse(settings) as warehouse, room_for(store.database or ""):
        counts = publish(warehouse, settings.serving_database_url)
    return {table: asdict(count) for table, count in counts.items()}
