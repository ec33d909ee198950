"""The tasks of the DAG ``upkeep``: replay, prune, back up, compact, export."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from include.maintenance.backup import create_backup, prune_backups
from include.maintenance.compaction import compact
from include.maintenance.export.create import create_export
from include.maintenance.retention import prune_staged
from include.pipeline.metrics import count_load
from include.pipeline.replay import Outcome, code_version, replay
from include.settings import get_settings
from include.warehouse.quarantine import Selection

__all__ = ["back_up", "compact_warehouse", "export_rows", "prune", "replay_rejects"]

log = logging.getLogger(__name__)


def replay_rejects(sources: Iterable[str], now: dt.datetime) -> list[dict[str, Any]]:
    """Replay the rejects that this code version has not tried yet; return the ledger rows."""
    # A load per source, so that one that is unreachable does not block those before it.
    outcome = Outcome()
    for source in sources:
        outcome += replay(Selection(source=source, not_attempted_by=code_version()), now)
    ledgers = [asdict(ledger) for ledger in outcome.loads]
    for ledger in ledgers:
        count_load(ledger)
    return ledgers


def prune(now: dt.datetime) -> dict[str, Any]:
    """Remove staged files that were loaded longer ago than the retention; return the counts."""
    pruned = asdict(prune_staged(get_settings(), now))
    log.info("pruned staged files: %s", pruned)
    return pruned


def back_up(now: dt.datetime) -> dict[str, Any]:
    """Create a backup and prune the oldest; return its path, size, loads and the pruned names."""
    settings = get_settings()
    # Create before pruning: a failed backup must not cost an old one.
    backup = create_backup(settings, now)
    removed = prune_backups(settings, now)
    log.info("backed up to %s; removed %s", backup["path"], removed or "none")
    files = [backup["warehouse"], *([backup["serving"]] if backup["serving"] else [])]
    return {
        "path": backup["path"],
        "size_bytes": sum(stored["size_bytes"] for stored in files),
        "loads": backup["loads"],
        "removed": removed,
    }


def compact_warehouse() -> dict[str, Any]:
    """Reclaim unused space in the warehouse; return its bytes before and after."""
    done = asdict(compact(get_settings()))
    log.info("compacted: %s", done)
    return done


def export_rows(to: str, now: dt.datetime) -> dict[str, Any]:
    """Export the rows for analysts to a folder or a URL; return what the export has."""
    settings = get_settings()
    manifest, changed = create_export(settings, to, now, settings.export_sources)
    log.info("%s to %s", "exported" if changed else "unchanged: nothing written", to)
    return {
        "export": manifest["export"],
        "as_of": manifest["as_of"],
        "changed": changed,
        "rows": sum(table["rows"] for table in manifest["tables"].values()),
        "left_out": manifest["left_out"],
    }
