"""The load ledger as a table for a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from include.insights.models import LoadRow
from include.insights.postings import loads
from include.insights.store import ServingStore
from include.settings import get_settings
from include.warehouse.bronze import LEDGER_COUNTS

__all__ = ["ledger_table"]


def ledger_table(limit: int, url: str | None = None, *, runs: bool = False) -> Table:
    """Return the newest loads, newest first, with their reconciliation.

    ``runs`` adds the columns run and started. Raises ServingError when there is no serving store.
    """
    table = Table(
        "source",
        "partition",
        *(("run", "started") if runs else ()),
        "committed",
        title="Loads",
        caption="expected = fetched + missing; fetched = inserted + unchanged + rejected. "
        "inserted includes updated, fetched includes tombstones but not filtered.",
    )
    for name in LEDGER_COUNTS:
        table.add_column(name, justify="right")
    table.add_column("adds up")
    store = ServingStore(url or get_settings().serving_database_url)
    try:
        with store.read() as snapshot:
            for load in loads(snapshot, limit=limit).data:
                table.add_row(*_cells(load, runs))
    finally:
        store.close()
    return table


def _cells(load: LoadRow, runs: bool) -> list[Text]:
    run = (load.run_id or "", _minute(load.started_at)) if runs else ()
    texts = [load.source, load.partition or "", *run, _minute(load.committed_at)]
    counts = [f"{getattr(load, name):,}" for name in LEDGER_COUNTS]
    adds_up = Text("yes") if load.reconciled else Text("NO", style="bold red")
    return [*map(Text, (*texts, *counts)), adds_up]


def _minute(timestamp: str | None) -> str:
    return (timestamp or "")[:16].replace("T", " ")
