"""Read the serving store, with a memory cache for each published version."""

from __future__ import annotations

import json
import threading
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pyroaring import BitMap

from include.errors import ServingError
from include.insights.cache import SegmentedLRU
from include.insights.index import FacetIndex
from include.insights.index.sets import bytes_of
from include.insights.models import Counted, JobSkill
from include.insights.series import SeriesCache
from include.postings.taxonomy import load_taxonomy
from include.serving.engine import reading_engine
from include.serving.schema import (
    DIM_TECHNOLOGIES,
    MONTHLY_TRENDS,
    POSTING_FACETS,
    POSTING_TEXTS,
    known_meta,
    require_current,
)
from include.serving.text.query import Phrase
from include.serving.text.sqlite import stored_starts

__all__ = ["VERSION_CHECK_SECONDS", "ServingStore", "Snapshot", "Tally", "VersionCache", "spelled"]

VERSION_CHECK_SECONDS = 1.0
"""How often a web process checks for newly published data; in between it uses its cache."""

_MATCHES_BYTES = 16 << 20  # phrases of searches: of a frequent one its set is read in a millisecond
_CACHED_PREMIUMS = 4  # each has some 100 bytes a job that states pay
_CACHED_CHANGES = 16_384  # of a technology between two windows, some 400 bytes each
_CACHED_TALLIES = 128


@dataclass(frozen=True)
class Tally:
    """Counts of a set of postings: postings, distinct companies, most mentioned skills."""

    postings_count: int
    companies_count: int
    skills: Sequence[tuple[str, int]]


class VersionCache:
    """The cache of one published version: filled on first use, shared by threads."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.is_warm = False
        """Set by include/insights/warm_up.py."""
        self.series = SeriesCache()
        # Sets stand in the keys as their digests.
        self.tallies: SegmentedLRU[bytes, Tally] = SegmentedLRU(_CACHED_TALLIES)
        self.job_skills: SegmentedLRU[tuple[bytes, str], list[JobSkill]] = SegmentedLRU(
            _CACHED_TALLIES
        )
        self.counted: SegmentedLRU[tuple[bytes, bool, bool], Counted] = SegmentedLRU(
            _CACHED_TALLIES
        )
        self.matches: SegmentedLRU[Phrase, BitMap] = SegmentedLRU(_MATCHES_BYTES, bytes_of)
        self._text_starts: array[int] | None = None
        self.changes: SegmentedLRU[tuple[bytes, bytes, str], Any] = SegmentedLRU(_CACHED_CHANGES)
        self.premiums: SegmentedLRU[tuple[bytes, str], Any] = SegmentedLRU(_CACHED_PREMIUMS)
        # Held while a value is read: other threads wait for it instead of reading it again.
        self._lock = threading.Lock()
        self._index: FacetIndex | None = None
        self._names: dict[str, str] | None = None
        self._spellings: dict[str, str] | None = None
        self._newest_months: dict[bool, str | None] = {}

    def index(self, connection: sa.Connection) -> FacetIndex:
        """Return the bitmaps."""
        # Under the lock: building it takes a second, which ten threads must not all spend.
        with self._lock:
            if self._index is None:
                columns = POSTING_FACETS.c
                rows = connection.execute(
                    sa.select(columns.facet, columns.value, columns.postings_count, columns.payload)
                )
                self._index = FacetIndex((row[0], row[1], row[2], row[3]) for row in rows)
            return self._index

    def text_starts(self, connection: sa.Connection) -> array[int]:
        """Return the position of each posting's first job by its number in the text index."""
        index = self.index(connection)
        with self._lock:
            if self._text_starts is None:
                self._text_starts = _text_starts(connection, index)
            return self._text_starts

    def names(self, connection: sa.Connection) -> Mapping[str, str]:
        """Return the technologies' names by their id."""
        with self._lock:
            if self._names is None:
                columns = DIM_TECHNOLOGIES.c
                rows = connection.execute(sa.select(columns.technology_id, columns.name))
                self._names = {row.technology_id: row.name for row in rows}
            return self._names

    def spellings(self, connection: sa.Connection) -> Mapping[str, str]:
        """Return the technologies' ids by id, name and every spelling, folded by ``spelled``."""
        with self._lock:
            if self._spellings is None:
                columns = DIM_TECHNOLOGIES.c
                query = sa.select(columns.technology_id, columns.name, columns.aliases)
                rows = connection.execute(query).all()
                # An id comes before a name, a name before other spellings.
                ids = {spelled(row[0]): row[0] for row in rows}
                names = {spelled(row.name): row[0] for row in rows}
                aliases = {spelled(a): row[0] for row in rows for a in json.loads(row.aliases)}
                known = {row[0]: load_taxonomy().by_id.get(row[0]) for row in rows}
                cased = {spelled(c): i for i, one in known.items() if one for c in one.cased}
                self._spellings = cased | aliases | names | ids
            return self._spellings

    def newest_month(self, connection: sa.Connection, *, complete: bool = False) -> str | None:
        """Return the newest month with trends, ``YYYY-MM``; ``complete``: of complete months."""
        with self._lock:
            if complete not in self._newest_months:
                columns = MONTHLY_TRENDS.c
                # The table is dense: a month without a load has rows with no jobs.
                query = sa.select(sa.func.max(columns.month)).where(columns.total_jobs > 0)
                month = connection.scalar(query.where(columns.is_complete >= int(complete)))
                self._newest_months[complete] = month[:7] if month else None
            return self._newest_months[complete]


@dataclass(frozen=True)
class Snapshot:
    """One published version: a read transaction, the store's metadata, and the version's cache."""

    connection: sa.Connection
    meta: Mapping[str, str]
    memory: VersionCache

    @property
    def version(self) -> str:
        """Id of the content; it changes whenever the content does."""
        return self.memory.version

    @property
    def index(self) -> FacetIndex:
        """The bitmaps."""
        return self.memory.index(self.connection)

    @property
    def names(self) -> Mapping[str, str]:
        """Names of technologies by their id."""
        return self.memory.names(self.connection)

    @property
    def spellings(self) -> Mapping[str, str]:
        """Ids of technologies by each spelling of theirs, folded by ``spelled``."""
        return self.memory.spellings(self.connection)

    @property
    def newest_month(self) -> str | None:
        """The newest month with trends, ``YYYY-MM``."""
        return self.memory.newest_month(self.connection)

    @property
    def newest_complete_month(self) -> str | None:
        """The newest complete month with trends, ``YYYY-MM``."""
        return self.memory.newest_month(self.connection, complete=True)


def _text_starts(connection: sa.Connection, index: FacetIndex) -> array[int]:
    if connection.dialect.name == "sqlite" and (stored := stored_starts(connection)) is not None:
        return stored
    columns = POSTING_TEXTS.c
    rows = connection.execute(sa.select(columns.posting_id, columns.number))
    numbers = array("I")

    def ids() -> Iterator[str]:
        # A row at a time: all at once are 300 bytes each.
        for row in rows:
            numbers.append(row.number)
            yield row.posting_id

    firsts = array("I", index.postings.starts_of(ids()))
    starts = array("I", [0]) * (max(numbers, default=0) + 1)
    for number, first in zip(numbers, firsts, strict=True):
        starts[number] = first
    return starts


def spelled(text: str) -> str:
    """Return a technology's spelling as it is compared: in any case, with single blanks."""
    return " ".join(text.casefold().split())


class ServingStore:
    """A read-only serving store. Thread-safe."""

    def __init__(self, url: str, check_seconds: float = VERSION_CHECK_SECONDS) -> None:
        self._engine = reading_engine(url)
        self._check_seconds = check_seconds
        self._memory: VersionCache | None = None
        self._checked: tuple[float, str] | None = None

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        """Yield a consistent snapshot, even while another version is published.

        Raises ServingError when there is no store, or one with another schema version.
        """
        try:
            connection = self._engine.connect()
        except sa.exc.SQLAlchemyError as error:
            raise _unreadable() from error
        with connection, _as_serving_error():
            # The transaction's first query fixes its snapshot; the version in it selects the
            # cache, so that cached and queried data always belong together.
            meta = _meta(connection)
            yield Snapshot(connection, meta, self._memory_of(meta["content_version"]))

    def version(self) -> str:
        """Return the newest version, asking the store at most once in ``check_seconds``."""
        # No lock: threads that check at the same time store equally valid results.
        now = time.monotonic()
        checked = self._checked
        if checked is None or now - checked[0] >= self._check_seconds:
            with self.read() as snapshot:
                self._checked = checked = now, snapshot.version
        return checked[1]

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _memory_of(self, version: str) -> VersionCache:
        # No lock: two threads may each create one for a new version; both are valid, one stays.
        memory = self._memory
        if memory is None or memory.version != version:
            self._memory = memory = VersionCache(version)
        return memory


def _meta(connection: sa.Connection) -> dict[str, str]:
    try:
        meta = known_meta(connection)
    except sa.exc.DBAPIError as error:
        raise _unreadable() from error
    require_current(meta)
    if "content_version" not in meta:
        raise _unreadable()
    return meta


@contextmanager
def _as_serving_error() -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise ServingError(
            "The serving store could not be read.",
            next_step="see the log for the database's own message; run the analytics DAG.",
        ) from error


def _unreadable() -> ServingError:
    return ServingError(
        "There is no serving store yet.",
        next_step="run the analytics DAG: its publish task creates it.",
    )
