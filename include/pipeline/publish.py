"""The last task of the DAG ``analytics``: gold to the serving store that the web reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from include.errors import StoreUnavailableError
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
        with _store(serving_url), engine.begin() as serving:
            migrate(serving)
            return set(serving.scalars(sa.select(LOADS.c.load_id)))
    finally:
        engine.dispose()


def publish_gold() -> dict[str, Any]:
    """Make the serving store equal to gold; return what was done, by table."""
    settings = get_settings()
    with open_warehouse(settings) as warehouse, _store(settings.serving_database_url):
        counts = publish(
            warehouse,
            settings.serving_database_url,
            compare_all_every_days=settings.publish_compare_all_days,
        )
    return {table: asdict(count) for table, count in counts.items()}


@contextmanager
def _store(url: str) -> Iterator[None]:
    """Say of a store that fails which one it is, without its password, and what to do."""
    store = writing_engine(url).url
    try:
        with room_for(store.database or ""):
            yield
    except sa.exc.OperationalError as error:
        raise StoreUnavailableError(
            f"The serving store does not answer: {error.orig}",
            record=store.render_as_string(hide_password=True),
            next_step="see whether it is up and TECHPULSE_SERVING_URL is right; nothing of this "
            "publish is there.",
        ) from error
