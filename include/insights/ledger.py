"""The load ledger as a table for a terminal."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from include.insights.models import LoadRow
from include.insights.postings import loads
from include.insights.store import ServingStore
from include.settings import get_settings
from include.storage.bronze import LEDGER_COUNTS

__all__ = ["ledger_table"]


def ledger_table(limit: int, url: str | None = None) -> Table:
    """Return the newest loads, newest first, with their reconciliation.

    Raises ServingError when there is no serving store.
    """
    table = Table(
        "source",
        "partition",
        "run",
        "started",
        "committed",
        title="Loads",
        caption="expected = fetched + missing; fetched = inserted + unchanged + rejected. "
        "Updated are among the inserted, tombstones among the fetched, filtered beside them.",
    )
    for name in LEDGER_COUNTS:
        table.add_column(name, justify="right")
    table.add_column("adds up")
    store = ServingStore(url or get_settings().serving_database_url)
    try:
        with store.read() as snapshot:
            for load in loads(snapshot, limit=limit).data:
                table.add_row(*_cells(load))
    finally:
        store.close()
    return table


def _cells(load: LoadRow) -> list[str]:
    words = (load.source, load.partition, load.run_id)
    return [
        *(escape(word or "") for word in words),
        *(_minute(moment) for moment in (load.started_at, load.committed_at)),
        *(f"{getattr(load, name):,}" for name in LEDGER_COUNTS),
        "yes" if load.reconciled else "[bold red]NO[/]",
    ]


def _minute(moment: str | None) -> str:
    return (moment or "")[:16].replace("T", " ")
