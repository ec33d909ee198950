"""The bronze tables: target, key and scope of each load, and the counts of the load ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any, Final

__all__ = [
    "LEDGER_COUNTS",
    "BronzeTable",
    "company_postings",
    "hn_items",
    "hn_seekers",
    "job_postings",
]

LEDGER_COUNTS: Final = (
    "expected", "fetched", "inserted", "unchanged", "tombstones", "rejected", "missing", "updated",
    "filtered",
)  # fmt: skip
"""The count columns of bronze.loads, wherever they are shown, published or compared."""


@dataclass(frozen=True, slots=True)
class BronzeTable:
    """The target of a load: table, key column, and ``constants``, columns equal in all of its rows.

    ``scope`` names the constants within which a key's latest version is looked up and loads are
    serialized: within a scope, ``ingested_at`` rises in the order of the commits. Across scopes it
    may not, if several machines load. ``row_columns`` are columns that each staged record has.
    ``context`` is small JSON, stored with rejected records so that a replay can parse them as this
    load did.
    """

    name: str
    source: str
    partition: str
    key_column: str
    key_type: str
    constants: dict[str, Any]
    scope: tuple[str, ...]
    context: dict[str, Any] = field(default_factory=dict)
    row_columns: tuple[str, ...] = ()

    @property
    def conflict_key(self) -> str:
        """The key that serializes loads of the same scope, and only those."""
        return "/".join((self.name, *(str(self.constants[column]) for column in self.scope)))


def hn_items(month: dt.date, thread_id: int) -> BronzeTable:
    """Return the target of a Hacker News month whose thread is ``thread_id``."""
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


def hn_seekers(kind: str, month: dt.date, thread_id: int) -> BronzeTable:
    """Return the target of a sister thread's month; ``kind`` is wants or freelancer."""
    return BronzeTable(
        name="bronze.raw_hn_seekers",
        source="hacker_news_seekers",
        partition=f"{kind}-{month:%Y-%m}",
        key_column="item_id",
        key_type="bigint",
        constants={"kind": kind, "thread_id": thread_id, "month": month},
        scope=("kind", "month"),
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


def company_postings(system: str, day: str) -> BronzeTable:
    """Return the target of the postings of one system's boards; each record names its board."""
    return replace(job_postings(system, day), row_columns=("board",))
