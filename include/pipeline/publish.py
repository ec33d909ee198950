"""The first and last tasks of the DAG ``analytics``: find unpublished loads, publish gold."""

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
"""A publish compares only the months that changed. Once in this many days it compares all rows,
which repairs a store that another program has changed."""


@cache
def analytics_version() -> str:
    """Return the version of all the code between bronze and the serving store."""
    folders = [PROJECT_ROOT / "dbt" / name for name in ("macros", "models", "seeds")]
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    entries = ("include.silver.postings", "include.pipeline.publish")
    return f"{reading_version()}{code_version(*entries, data=tuple(files))}"


def has_unpublished_loads() -> bool:
    """Return whether the serving store lacks a load, or was published by another code version.

    Reads both stores without a write lock, and migrates nothing.
    """
    settings = get_settings()
    committed = _committed(settings)
    # A subset test: after a restore the serving store may have loads that the warehouse lacks.
    return bool(committed) and not committed <= _published(settings.serving_database_url)


def migrate_warehouse() -> None:
    """Bring the bronze tables to this code's version; make no warehouse where there is none.

    dbt reads them, and the first run after an upgrade may come before the first load.
    """
    settings = get_settings()
    if _is_there(settings):
        with open_warehouse(settings):
            pass


def _is_there(settings: Settings) -> bool:
    return settings.warehouse_is_lake or Path(settings.warehouse_path).exists()


def _committed(settings: Settings) -> set[str]:
    """Return the ids of all loads; empty before the first one."""
    if not _is_there(settings):
        return set()
    with open_warehouse(settings, read_only=True) as warehouse:
        # A file without our tables: a task was killed between creating and migrating it.
        if not version_of(warehouse):
            return set()
        rows = warehouse.execute("select load_id from bronze.loads").fetchall()
    return {str(load_id) for (load_id,) in rows}


def _published(serving_url: str) -> set[str]:
    """Return the ids of the loads that this code version has published.

    Empty before the first publish, after one by another version, and for a store with an older
    schema, which publish migrates.
    """
    engine = reading_engine(serving_url)
    url = parsed_url(serving_url)
    try:
        # Checked first: opening an absent file read-only is an error in SQLite.
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
            return set()
        with _store(url), engine.begin() as serving:
            meta = read_meta(serving)
            if int(meta.get("schema_version", 0)) < SCHEMA_VERSION:
                return set()
            require_current(meta)
            # Other code may build other rows of the same loads: none of them counts.
            if meta.get("made_by") != analytics_version():
                return set()
            return set(serving.scalars(sa.select(LOADS.c.load_id)))
    finally:
        engine.dispose()


def publish_gold() -> dict[str, Any]:
    """Make the serving store equal to gold; return the row counts by table."""
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
    """Turn a database error into StoreUnavailableError, which names the store, not its password."""
    try:
        with raise_if_disk_full(store.database or ""):
            yield
    except sa.exc.OperationalError as error:
        raise StoreUnavailableError(
            f"The serving store does not answer: {error.orig}",
            record=store.render_as_string(hide_password=True),
            next_step="check that it is up and TECHPULSE_SERVING_URL is right; this publish was "
            "rolled back.",
        ) from error
