"""Where loads go: the bronze tables, their ledger's counts, and where a latest version is found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["LEDGER_COUNTS", "BronzeTable", "hn_items", "job_postings"]

LEDGER_COUNTS: Final = (
    "expected", "fetched", "inserted", "unchanged", "tombstones", "rejected", "missing", "updated",
    "filtered",
)  # fmt: skip
"""What bronze.loads counts of each load, wherever it is shown, published or compared."""


@dataclass(frozen=True, slots=True)
class BronzeTable:
    """Where a load goes: the table, its key column, and the columns that are the same for all.

    ``scope`` names those of the constants within which a key's latest version is looked up, and
    within which loads commit one after the other: there ``ingested_at`` rises from load to load,
    in the order of their commits. Between two scopes it need not, where many machines load.
    ``context`` is what a rejected record is kept with, so that it can be read again: small JSON.
    """

    name: str
    source: str
    partition: str
    key_column: str
    key_type: str
    constants: dict[str, Any]
    scope: tuple[str, ...]
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def conflict_key(self) -> str:
        """What loads of the same scope share, and no others."""
        return "/".join((self.name, *(str(self.constants[column]) for column in self.scope)))


def hn_items(month: dt.date, thread_id: int) -> BronzeTable:
    """Return the target of a Hacker News month, read under ``thread_id``."""
    return BronzeTable(
        name="bronze.raw_hn_items",
        source="hacker_news",
        partition=f"{month:%Y-%m}",
        key_column="item_id",
        key_type="bigint",
        constants={"thread_id": thread_id, "month": month},
        scope=("month",),
        context={"thread_id": thread_id},
    )


def job_postings(source: str, partition: str, context: dict[str, Any] | None = None) -> BronzeTable:
    """Return the target of one job board's postings; ``context`` has the run's query and clock."""
    return BronzeTable(
        name="bronze.raw_job_postings",
        source=source,
        partition=partition,
        key_column="posting_id",
        key_type="varchar",
        constants={"source": source},
        scope=("source",),
        context=context or {},
    )
