"""The last task of the DAG ``analytics``: gold to the serving store that the web reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from include.code_version import code_version
from include.disk import raise_if_disk_full
from include.errors import StoreUnavailableError
from include.serving.engine import parsed_url, reading_engine
from include.serving.publish import publish
from include.serving.schema import LOADS, SCHEMA_VERSION, read_meta, require_current
from include.settings import PROJECT_ROOT, Settings, get_settings
from include.sources.registry import reading_version
from include.warehouse.connection import open_warehouse
from include.warehouse.schema import version_of

__all__ = ["analytics_version", "has_unpublished_loads", "publish_gold"]

FULL_COMPARE_DAYS = 7.0
"""A publish compares the months that changed; after so many days all rows, so that a store that
somebody else changed heals."""


@cache
def analytics_version() -> str:
    """Return the version of all the code between bronze and what is published."""
    folders = [PROJECT_ROOT / "dbt" / name for name in ("macros", "models", "seeds")]
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    entries = ("include.silver.postings", "include.pipeline.publish")
    return f"{reading_version()}{code_version(*entries, data=tuple(files))}"


def has_unpublished_loads() -> bool:
    """Whether the serving store lacks a load, or was made by other code than this.

    Reads both stores; takes no write lock, migrates nothing.
    """
    settings = get_settings()
    committed = _committed(settings)
    return bool(committed) and not committed <= _published(settings.serving_database_url)


def _committed(settings: Settings) -> set[str]:
    """Return the ids of all loads; none where nothing was ever loaded."""
    if not settings.warehouse_is_lake and not Path(settings.warehouse_path).exists():
        return set()
    with open_warehouse(settings, read_only=True) as warehouse:
        if not version_of(warehouse):
            return set()
        rows = warehouse.execute("select load_id from bronze.loads").fetchall()
    return {str(load_id) for (load_id,) in rows}


def _published(serving_url: str) -> set[str]:
    """Return the ids of the loads that were published by this code.

    None where nothing ever was, where other code has published, and where the store has an older
    schema: publish migrates it.
    """
    engine = reading_engine(serving_url)
    url = parsed_url(serving_url)
    try:
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
            return set()
        with _store(url), engine.begin() as serving:
            meta = read_meta(serving)
            if int(meta.get("schema_version", 0)) < SCHEMA_VERSION:
                return set()
            require_current(meta)
            if meta.get("made_by") != analytics_version():
                return set()
            return set(serving.scalars(sa.select(LOADS.c.load_id)))
    finally:
        engine.dispose()


def publish_gold() -> dict[str, Any]:
    """Make the serving store equal to gold; return what was done, by table."""
    settings = get_settings()
    store = parsed_url(settings.serving_database_url)
    with open_warehouse(settings) as warehouse, _store(store):
        counts = publish(
            warehouse,
            settings.serving_database_url,
            compare_all_every_days=FULL_COMPARE_DAYS,
            made_by=analytics_version(),
        )
    return {table: asdict(count) for table, count in counts.items()}


@contextmanager
def _store(store: sa.URL) -> Iterator[None]:
    """Say of a store that fails which one it is, without its password, and what to do."""
    try:
        with raise_if_disk_full(store.database or ""):
            yield
    except sa.exc.OperationalError as error:
        raise StoreUnavailableError(
            f"The serving store does not answer: {error.orig}",
            record=store.render_as_string(hide_password=True),
            next_step="see whether it is up and TECHPULSE_SERVING_URL is right; nothing of this "
            "publish is there.",
        ) from error
