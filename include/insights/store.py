"""Reading the serving store: one version at a time, kept in memory while it is the newest."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from include.errors import ServingError
from include.insights.index import FacetIndex
from include.insights.series import SeriesCache
from include.storage.serving_engine import reading_engine
from include.storage.serving_schema import POSTING_FACETS, known_meta, require_current

__all__ = ["ServingStore", "Snapshot"]


@dataclass(frozen=True)
class Snapshot:
    """One published version: a read transaction, the store's facts, and the bitmaps."""

    connection: sa.Connection
    meta: Mapping[str, str]
    store: ServingStore

    @property
    def version(self) -> str:
        """Names the content; another one means that something changed."""
        return self.meta["content_version"]

    @property
    def index(self) -> FacetIndex:
        """The bitmaps of this version; read from the store once a version."""
        return self.store.index_for(self)

    @property
    def series(self) -> SeriesCache:
        """The technologies' months of this version that were asked for before."""
        return self.store.series_for(self)

    @property
    def names(self) -> Mapping[str, str]:
        """Names of technologies by their id."""
        return self.store.names_for(self)


class ServingStore:
    """A serving store that is only read. Safe to share between threads."""

    def __init__(self, url: str, check_seconds: float = 1.0) -> None:
        self._engine = reading_engine(url)
        self._check_seconds = check_seconds
        self._lock = threading.Lock()
        self._index: tuple[str, FacetIndex] | None = None
        self._names: tuple[str, dict[str, str]] | None = None
        self._series: tuple[str, SeriesCache] | None = None
        self._checked: tuple[float, str] | None = None

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        """Read one version, whatever is published meanwhile.

        Raises ServingError when there is no store, or not one that this code reads.
        """
        try:
            connection = self._engine.connect()
        except sa.exc.SQLAlchemyError as error:
            raise _unreadable() from error
        with connection, _as_serving_error():
            try:
                meta = known_meta(connection)
            except sa.exc.DBAPIError as error:
                raise _unreadable() from error
            require_current(meta)
            if "content_version" not in meta:
                raise _unreadable()
            yield Snapshot(connection, meta, self)

    def version(self) -> str:
        """Return the newest version, asking the store at most once in ``check_seconds``."""
        now = time.monotonic()
        if self._checked is None or now - self._checked[0] >= self._check_seconds:
            with self.read() as snapshot:
                self._checked = now, snapshot.version
        return self._checked[1]

    def index_for(self, snapshot: Snapshot) -> FacetIndex:
        """Return the bitmaps of a snapshot's version."""
        with self._lock:
            if self._index is None or self._index[0] != snapshot.version:
                columns = POSTING_FACETS.c
                rows = snapshot.connection.execute(
                    sa.select(columns.facet, columns.value, columns.postings_count, columns.payload)
                )
                self._index = snapshot.version, FacetIndex(row._tuple() for row in rows)
            return self._index[1]

    def names_for(self, snapshot: Snapshot) -> Mapping[str, str]:
        """Return the technologies' names of a snapshot's version."""
        with self._lock:
            if self._names is None or self._names[0] != snapshot.version:
                rows = snapshot.connection.exec_driver_sql(
                    "select technology_id, name from dim_technologies"
                )
                self._names = snapshot.version, {row[0]: row[1] for row in rows}
            return self._names[1]

    def series_for(self, snapshot: Snapshot) -> SeriesCache:
        """Return the months that were read of a snapshot's version."""
        with self._lock:
            if self._series is None or self._series[0] != snapshot.version:
                self._series = snapshot.version, SeriesCache()
            return self._series[1]

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


@contextmanager
def _as_serving_error() -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise ServingError(
            "The serving store could not be read.",
            next_step="see the log for the database's own words; run the analytics DAG.",
        ) from error


def _unreadable() -> ServingError:
    return ServingError(
        "There is no serving store yet.",
        next_step="run the analytics DAG: its publish task makes it.",
    )
