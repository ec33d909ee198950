"""What a job board is to the pipeline: how to ask it, and what its records state.

A board has two methods, ``pages`` and ``parse``; docs/adding-a-source.md walks through one. A board
that charges by the record has more (include/sources/paid.py).
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypedDict

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as pydantic_dataclass

from include.http.client import HttpClient
from include.postings.model import IngestionQuery, LevelBucket
from include.postings.places import Place
from include.postings.result import Remote, Salary
from include.settings import Settings
from include.sources.record import Reason
from include.state.budget import CallLimit
from include.state.store import StateStore

__all__ = [
    "Attribution",
    "Chunk",
    "ChunkResult",
    "FetchContext",
    "Page",
    "ParsedRecord",
    "Source",
    "SourceSkipped",
    "UnreadableRecordError",
]

Chunk = dict[str, Any]
"""What one mapped task asks for: small JSON with a ``name`` for the UI."""


class SourceSkipped(Exception):  # noqa: N818 -- a reason not to ask, not an error
    """The source is not read in this run; str() says why, and what to do if that is not wanted."""


class UnreadableRecordError(Exception):
    """A record cannot become a posting, for this reason."""

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason = reason
        super().__init__(message)


@pydantic_dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Attribution:
    """Whom to name, and where to link, wherever a posting is shown."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """What a record itself states, before anything is read out of its text.

    ``key`` is the record's id at its source; ``url`` is where it can be read, None where there is
    no such page. ``date_posted`` is aware. ``country`` is ISO 3166-1 alpha-2. What the record does
    not state for certain is None: the classifier may find it in the text.
    """

    key: str
    url: str | None
    title: str
    company: str
    description: str
    location: str | None = None
    date_posted: dt.datetime | None = None
    country: str | None = None
    places: tuple[Place, ...] = ()
    places_stated: list[Any] | None = None
    remote: Remote | None = None
    salary: Salary | None = None
    level: LevelBucket | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its records as (value, text) in the order sent.

    ``stop_reason`` says why the source ended early, such as credits that are used up; the records
    that came are kept.
    """

    records: Sequence[tuple[Any, str]]
    stop_reason: str = ""


@dataclass(frozen=True, slots=True)
class FetchContext:
    """All that a source works with in one task.

    ``now`` is the run's clock, the same in all its tasks. ``cursor(query_key)`` returns what the
    last load has committed for this source and query. ``known_ids(field, since)`` returns the ids
    of the records in bronze whose payload has ``field`` at or after ``since`` (ISO 8601, UTC).
    """

    client: HttpClient
    query: IngestionQuery
    now: dt.datetime
    run_id: str
    settings: Settings
    state: StateStore
    cursor: Callable[[str], dict[str, Any] | None] = field(default=lambda _: None)
    known_ids: Callable[[str, str], list[int]] = field(default=lambda _, __: [])


class ChunkResult(TypedDict):
    """What a mapped task has staged; ``ids`` are the records' own ids, where they can be read."""

    manifest: dict[str, Any]
    records_seen: int
    ids: list[int]
    stop_reason: str


class Source(ABC):
    """A job board."""

    name: ClassVar[str]
    """Its key everywhere: in ids, in bronze, in the UI. Never change it."""
    attribution: ClassVar[Attribution]
    base_url: ClassVar[str]
    """Of the public API; the connection ``<name>_default`` may name another."""
    redirect_hosts: ClassVar[tuple[str, ...]] = ()
    """Hosts that the API's redirects may lead to, besides its own; no key goes there."""
    call_limits: ClassVar[tuple[CallLimit, ...]] = ()
    """Counted over all processes, runs and retries."""
    key_variable: ClassVar[str | None] = None
    """Environment variable of the API key, for a source that has one."""

    @abstractmethod
    def pages(self, context: FetchContext, chunk: Chunk) -> Iterator[Page]:
        """Ask for the chunk and yield its pages, newest records first, until there are no more.

        The reader may stop early: when it has what the query asks for, or all is too old.
        """

    @abstractmethod
    def parse(self, payload: dict[str, Any]) -> ParsedRecord:
        """Return what a record states; raise UnreadableRecordError if it cannot be a posting."""
