"""Prune staged files: delete those that a load has committed, after a retention period.

``bronze.loads.files`` names the files of each load. A file that no load names, because its run
failed or is still under way, is kept whatever its age.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import duckdb

from include.settings import Settings
from include.staging.files import StagedFile, list_staged, remove_staged
from include.warehouse.connection import open_warehouse

__all__ = ["PruneResult", "UncommittedRun", "prune_staged", "uncommitted_runs"]

# A temporary file of a killed writer, such as "hn/2026-05/run/.part-0.ab12": never in a manifest.
_TEMPORARY = re.compile(r"/\.[^/]+$")


@dataclass(frozen=True, slots=True)
class PruneResult:
    """Files removed, and files kept because they are young or no load has committed them."""

    removed: int
    removed_bytes: int
    kept_young: int
    kept_uncommitted: int


@dataclass(frozen=True, slots=True)
class UncommittedRun:
    """A run's folder with files that no load has committed; ``name``: source/partition/run."""

    name: str
    files: int
    size_bytes: int
    newest_at: dt.datetime


def prune_staged(settings: Settings, now: dt.datetime) -> PruneResult:
    """Remove committed staged files that are older than ``staged_retention_days``."""
    # Listed before the ledger is read: a file staged in between is not considered.
    files = list(list_staged(settings.staging_root))
    with open_warehouse(settings) as connection:
        committed = _committed(connection)
    limit = now - dt.timedelta(days=settings.staged_retention_days)
    old = [f for f in files if f.modified_at < limit]
    expired = [f for f in old if f.name in committed or _TEMPORARY.search(f.name)]
    remove_staged(settings.staging_root, (f.name for f in expired))
    return PruneResult(
        removed=len(expired),
        removed_bytes=sum(f.size_bytes for f in expired),
        kept_young=len(files) - len(old),
        kept_uncommitted=len(old) - len(expired),
    )


def uncommitted_runs(
    connection: duckdb.DuckDBPyConnection, settings: Settings
) -> list[UncommittedRun]:
    """Return the runs with files that no load has committed, oldest first."""
    # Listed first, as above: a load in between makes a file committed, never the reverse.
    files = list(list_staged(settings.staging_root))
    committed = _committed(connection)
    runs: dict[str, list[StagedFile]] = {}
    for file in files:
        if file.name not in committed and not _TEMPORARY.search(file.name):
            runs.setdefault(file.name.rsplit("/", 1)[0], []).append(file)
    found = [
        UncommittedRun(name, len(f), sum(x.size_bytes for x in f), max(x.modified_at for x in f))
        for name, f in runs.items()
    ]
    return sorted(found, key=lambda run: run.newest_at)


def _committed(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute("select unnest(files) from bronze.loads").fetchall()
    return {name for (name,) in rows}
