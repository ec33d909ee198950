"""Interface of a job board: fetch its pages, parse its records.

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
    "Terms",
    "UnreadableRecordError",
]

Chunk = dict[str, Any]
"""The request of one mapped task: small JSON with a ``name`` for the UI."""


class SourceSkipped(Exception):  # noqa: N818 -- a reason not to ask, not an error
    """The source is skipped in this run; str() has the reason and how to enable it."""


class UnreadableRecordError(Exception):
    """A record cannot become a posting; ``reason`` says why."""

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason = reason
        super().__init__(message)


@pydantic_dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Attribution:
    """The name and link to show with every posting of a source."""

    name: str
    url: str


@pydantic_dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Terms:
    """What a source says about the use of its postings.

    ``quote`` is its own words, "" if it states none; ``note`` is ours; ``url`` is where its terms
    are. Postings of a source that may not be passed on leave the installation only if the operator
    names it (``cli export --include-source``).
    """

    url: str
    may_be_passed_on: bool
    quote: str = ""
    note: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.quote and f'"{self.quote}"', self.note)))


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """The fields that a record states, before anything is extracted from its text.

    ``key`` is the record's id at its source; ``url`` is its page, None if it has none.
    ``date_posted`` is aware. ``country`` is ISO 3166-1 alpha-2. A field that the record does not
    state for certain is None; the classifier may find it in the text.
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

    ``stop_reason`` says why the source ended early, such as exhausted credits; received records
    are kept.
    """

    records: Sequence[tuple[Any, str]]
    stop_reason: str = ""


@dataclass(frozen=True, slots=True)
class FetchContext:
    """The tools and parameters of a source in one task.

    ``now`` is the run's clock, the same in all its tasks. ``cursor(query_key)`` returns the cursor
    that the last load committed for this source and query. ``known_ids(field, since)`` returns the
    ids of bronze records with a payload ``field`` at or after ``since`` (ISO 8601, UTC).
    ``unloaded(results)`` returns those whose staged files no load has committed.
    """

    client: HttpClient
    query: IngestionQuery
    now: dt.datetime
    run_id: str
    settings: Settings
    state: StateStore
    cursor: Callable[[str], dict[str, Any] | None] = field(default=lambda _: None)
    known_ids: Callable[[str, str], list[int]] = field(default=lambda _, __: [])
    unloaded: Callable[[list[ChunkResult]], list[ChunkResult]] = field(default=lambda found: found)


class ChunkResult(TypedDict):
    """The result of a mapped task; ``ids`` are the records' own numeric ids."""

    manifest: dict[str, Any]
    records_seen: int
    ids: list[int]
    stop_reason: str


class Source(ABC):
    """A job board."""

    name: ClassVar[str]
    """Identifies the source in ids, in bronze and in the UI. Never change it."""
    attribution: ClassVar[Attribution]
    terms: ClassVar[Terms]
    base_url: ClassVar[str]
    """URL of the public API; the connection ``<name>_default`` may override it."""
    redirect_hosts: ClassVar[tuple[str, ...]] = ()
    """Other hosts that the API may redirect to; the key is not sent there."""
    call_limits: ClassVar[tuple[CallLimit, ...]] = ()
    """Limits shared by all processes, runs and retries."""
    key_variable: ClassVar[str | None] = None
    """Environment variable of the API key; None if the source needs none."""

    @abstractmethod
    def pages(self, context: FetchContext, chunk: Chunk) -> Iterator[Page]:
        """Request the chunk and yield its pages, newest records first.

        The caller may stop early, once it has enough records or a whole page is too old.
        """

    @abstractmethod
    def parse(self, payload: dict[str, Any]) -> ParsedRecord:
        """Return the stated fields; raise UnreadableRecordError if it cannot be a posting."""
