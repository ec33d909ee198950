"""A job board that charges by the record: what is paid for once is neither lost nor paid for again.

A run plans its pages within a budget, notes each that is staged, and moves a cursor in the
transaction that loads them. include/sources/boards/theirstack is the one there is.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from include.sources.source import Chunk, ChunkResult, FetchContext, Source

__all__ = ["PaidSource", "Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run asks of a source; ``pending`` was staged by earlier runs and is not yet loaded."""

    chunks: list[Chunk]
    pending: list[ChunkResult] = field(default_factory=list)
    query_key: str | None = None
    note: str = ""


class PaidSource(Source):
    """A board with a plan and a cursor, beside ``pages`` and ``parse``.

    A run calls ``plan``; ``already_staged``, ``pages`` and ``on_staged`` for each chunk;
    ``next_cursor`` and ``on_committed`` around the load. A kill may come between any two of them.
    """

    @abstractmethod
    def plan(self, context: FetchContext) -> Plan:
        """Return what to ask for; raise SourceSkipped where there is no budget for it."""

    @abstractmethod
    def estimate(self, context: FetchContext) -> str:
        """Say what a run would ask and cost, without paying for a record."""

    @abstractmethod
    def already_staged(self, context: FetchContext, chunk: Chunk) -> ChunkResult | None:
        """Return the result of a chunk that need not be asked for again."""

    @abstractmethod
    def on_staged(self, context: FetchContext, chunk: Chunk, report: ChunkResult) -> None:
        """Note that a chunk is staged."""

    @abstractmethod
    def next_cursor(
        self, context: FetchContext, plan: Plan, reports: Sequence[ChunkResult]
    ) -> dict[str, Any] | None:
        """Return the cursor to commit with the load of the reports, None to leave it."""

    @abstractmethod
    def on_committed(
        self, context: FetchContext, plan: Plan, position: dict[str, Any] | None
    ) -> None:
        """Note that the load of the plan is committed."""
