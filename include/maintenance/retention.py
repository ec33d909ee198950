"""Which staged files may go: those that a committed load has taken in, after a while.

The ledger decides, not the clock: ``bronze.loads.files`` names each file that a load committed. A
file that no load names, of a run that failed or is still going on, is kept however old it is.
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

_ASIDE = re.compile(r"/\.[^/]+$")  # what a killed writer has left: no manifest ever names it


@dataclass(frozen=True, slots=True)
class PruneResult:
    """What pruning removed and what it kept; kept for they are young, or for no load has them."""

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
    # Listed before the ledger is read: a file that comes later is not touched.
    files = list(list_staged(settings.staging_root))
    with open_warehouse(settings) as connection:
        committed = _committed(connection)
    limit = now - dt.timedelta(days=settings.staged_retention_days)
    old = [f for f in files if f.modified_at < limit]
    gone = [f for f in old if f.name in committed or _ASIDE.search(f.name)]
    remove_staged(settings.staging_root, (f.name for f in gone))
    return PruneResult(
        removed=len(gone),
        removed_bytes=sum(f.size_bytes for f in gone),
        kept_young=len(files) - len(old),
        kept_uncommitted=len(old) - len(gone),
    )


def uncommitted_runs(
    connection: duckdb.DuckDBPyConnection, settings: Settings
) -> list[UncommittedRun]:
    """Return the runs with files that no load has committed, oldest first."""
    files = list(list_staged(settings.staging_root))
    committed = _committed(connection)
    runs: dict[str, list[StagedFile]] = {}
    for file in files:
        if file.name not in committed and not _ASIDE.search(file.name):
            runs.setdefault(file.name.rsplit("/", 1)[0], []).append(file)
    found = [
        UncommittedRun(name, len(f), sum(x.size_bytes for x in f), max(x.modified_at for x in f))
        for name, f in runs.items()
    ]
    return sorted(found, key=lambda run: run.newest_at)


def _committed(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute("select unnest(files) from bronze.loads").fetchall()
    return {name for (name,) in rows}
