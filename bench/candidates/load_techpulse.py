"""TechPulse's own load: staged files to bronze in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from bench.candidates.digest import digest
from include.settings import Settings
from include.staging.files import Manifest
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import hn_items, load

__all__ = ["prepare", "rows", "work"]

_TARGET = hn_items(dt.date(2026, 5, 1), 48_000_000)


def prepare(job: dict[str, Any]) -> None:
    """Load what is already there."""
    _load(job, Path(job["there"]))


def work(job: dict[str, Any]) -> None:
    """Load all staged files."""
    _load(job, Path(job["news"]))


def _load(job: dict[str, Any], files: Path) -> None:
    manifests = [_manifest(path) for path in sorted(files.iterdir())]
    now = dt.datetime.now(dt.UTC)
    load(_TARGET, manifests, run_id=files.name, started_at=now, settings=_settings(job))


def _manifest(path: Path) -> Manifest:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Manifest(path=str(path), sha256=digest, size_bytes=len(content), counts={})


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return the newest version of each item."""
    with open_warehouse(_settings(job), read_only=True) as connection:
        newest = connection.execute(
            "select item_id, arg_max(payload_hash, ingested_at) "
            "from bronze.raw_hn_items group by item_id"
        )
        return digest(newest.fetchall())


def _settings(job: dict[str, Any]) -> Settings:
    return Settings(data_dir=Path(job["folder"]))
