"""Interface of a job board that charges per record: a bought record is never lost or bought twice.

A run plans its pages within a budget, records each staged page, and advances a cursor in the
transaction that loads them. The only such board is include/sources/boards/theirstack.
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
    """The chunks of a run; ``pending`` are results that earlier runs staged but did not load."""

    chunks: list[Chunk]
    pending: list[ChunkResult] = field(default_factory=list)
    query_key: str | None = None
    note: str = ""


class PaidSource(Source):
    """A board with a plan and a cursor in addition to ``pages`` and ``parse``.

    A run calls ``plan``; ``already_staged``, ``pages`` and ``on_staged`` for each chunk;
    ``next_cursor`` and ``on_committed`` around the load. The process may be killed between any
    two calls.
    """

    @abstractmethod
    def plan(self, context: FetchContext) -> Plan:
        """Return the chunks to request; raises SourceSkipped if the budget allows none."""

    @abstractmethod
    def estimate(self, context: FetchContext) -> str:
        """Return a sentence on what a run would request and cost, without buying a record."""

    @abstractmethod
    def already_staged(self, context: FetchContext, chunk: Chunk) -> ChunkResult | None:
        """Return the result of a chunk that is already staged; None if it must be requested."""

    @abstractmethod
    def on_staged(self, context: FetchContext, chunk: Chunk, report: ChunkResult) -> None:
        """Record a chunk as staged."""

    @abstractmethod
    def next_cursor(
        self, context: FetchContext, plan: Plan, reports: Sequence[ChunkResult]
    ) -> dict[str, Any] | None:
        """Return the cursor to commit with the load of the reports; None to keep the old one."""

    @abstractmethod
    def on_committed(
        self,
        context: FetchContext,
        plan: Plan,
        reports: Sequence[ChunkResult],
        position: dict[str, Any] | None,
    ) -> None:
        """Record that the load of the plan's pending results and of the reports is committed."""
