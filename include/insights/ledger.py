"""The load ledger as a table for a terminal."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from include.insights.postings import loads
from include.insights.store import ServingStore
from include.settings import get_settings

__all__ = ["ledger_table"]

_COUNTS = (
    "expected",
    "fetched",
    "inserted",
    "unchanged",
    "rejected",
    "missing",
    "tombstones",
)


def ledger_table(limit: int, url: str | None = None) -> Table:
    """Return the newest loads, newest first, with their reconciliation.

    Raises ServingError when there is no serving store.
    """
    table = Table("source", "partition", "committed", title="Loads")
    for name in _COUNTS:
        table.add_column(name, justify="right")
    store = ServingStore(url or get_settings().serving_database_url)
    try:
        with store.read() as snapshot:
            for load in loads(snapshot, limit=limit).data:
                counts = (f"{getattr(load, name):,}" for name in _COUNTS)
                committed = load.committed_at[:19].replace("T", " ")
                table.add_row(escape(load.source), escape(load.partition or ""), committed, *counts)
    finally:
        store.close()
    return table
