"""Replay rejects: parse them with today's code, refetching where the source supports it.

Records that are valid now go through a normal load (staged file, ledger row, reconciliation), which
closes their rejects in its transaction. The run id is derived from the rejects and the code's
version, so repeating a killed replay is idempotent. Records that are still bad stay open.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from uuid import UUID

import duckdb

from include.code_version import code_version as digest_of
from include.errors import ConfigurationError
from include.hooks.http_source import hacker_news
from include.months import Month
from include.postings.model import IngestionQuery
from include.postings.taxonomy import SEED_PATH
from include.settings import Settings, get_settings
from include.sources import page_reader, record
from include.sources.answers import read_value
from include.sources.company_boards import company_record
from include.sources.hacker_news import client as hn
from include.sources.hacker_news import seekers
from include.sources.parsing import parse_or_reject
from include.sources.record import Record, Status
from include.sources.registry import board, reading_version, system, system_names
from include.sources.source import UnreadableRecordError
from include.staging.files import stage
from include.terminal import printable
from include.warehouse.connection import commit, open_warehouse
from include.warehouse.loads import (
    BronzeTable,
    Ledger,
    company_postings,
    hn_items,
    hn_seekers,
    job_postings,
    load,
)
from include.warehouse.quarantine import (
    Reject,
    Selection,
    State,
    close_superseded,
    list_rejects,
    mark_attempted,
    superseded,
)

__all__ = ["Outcome", "code_version", "replay"]

_DIGEST_CHARACTERS = 12
_ITEMS = (hn.SOURCE, seekers.SOURCE)
_GOOD = (Status.FETCHED, Status.TOMBSTONE, Status.FILTERED)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a replay, in records.

    ``replayed`` were loaded; ``filtered`` are valid, but excluded by their run's query;
    ``superseded`` were stored by another load meanwhile. ``loads`` are the ledger rows.
    """

    tried: int = 0
    replayed: int = 0
    filtered: int = 0
    superseded: int = 0
    still_bad: int = 0
    loads: tuple[Ledger, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            *(getattr(self, name) + getattr(other, name) for name in Outcome.__dataclass_fields__)
        )


@dataclass(slots=True)
class _Reading:
    """A group of rejects as parsed now.

    ``good`` are the valid records by the reject's key, ``more`` the replies found below them,
    ``asked`` the keys that were refetched.
    """

    good: dict[str, Record] = field(default_factory=dict)
    more: list[Record] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    @property
    def staged(self) -> list[Record]:
        return [*self.good.values(), *self.more]


@cache
def code_version() -> str:
    """Return the version of all the code that decides whether a record can be parsed."""
    return f"{reading_version()}{digest_of('include.pipeline.replay', data=(SEED_PATH,))}"


def replay(selection: Selection, now: dt.datetime, settings: Settings | None = None) -> Outcome:
    """Replay the open ones of the selected rejects, one load per source and partition.

    Raises SourceUnavailableError when a source does not answer: earlier loads stay committed, the
    other rejects stay open.
    """
    settings = settings or get_settings()
    # Closed again before anything is fetched: an open connection would block every other load.
    with open_warehouse(settings) as connection:
        wanted = replace(selection, state=State.OPEN)
        rejects = list_rejects(connection, wanted, with_payload=True)
    outcome = Outcome()
    for target, group in _by_target(rejects):
        outcome += _replay_group(target, group, now, settings)
    log.info("replayed: %s", outcome)
    return outcome


def _by_target(rejects: Iterable[Reject]) -> Iterator[tuple[BronzeTable, list[Reject]]]:
    """Yield the rejects of each target, newest first; those without a target stay open."""
    groups: defaultdict[tuple[str, str, int], list[Reject]] = defaultdict(list)
    for reject in rejects:
        thread = reject.context.get("thread_id", 0)
        if reject.partition is None or (reject.source in _ITEMS and not thread):
            log.warning("%s: its partition is unknown; it stays open", reject.reject_id)
            continue
        groups[reject.source, reject.partition, thread].append(reject)
    for (source, partition, thread), group in sorted(groups.items()):
        if source == hn.SOURCE:
            yield hn_items(Month.parse(partition).start.date(), thread), group
        elif source == seekers.SOURCE:
            kind, month = seekers.read_partition(partition)
            yield hn_seekers(kind, Month.parse(month).start.date(), thread), group
        else:
            is_board = source in system_names()
            yield (company_postings if is_board else job_postings)(source, partition), group


def _replay_group(
    target: BronzeTable, group: list[Reject], now: dt.datetime, settings: Settings
) -> Outcome:
    newest: dict[str, Reject] = {}
    # A record may have several rejects, one per reason: the newest has its latest payload.
    for reject in group:
        newest.setdefault(reject.record_key, reject)
    if target.source == seekers.SOURCE:
        reading = _read_seekers(newest)
    elif target.source == hn.SOURCE:
        reading = _read_items(newest)
    else:
        reading = _read_postings(newest, settings)
    newer = _superseded_by(target, newest, reading, settings)
    # Loading an older payload would make it the latest version.
    for key in newer:
        del reading.good[key]
    # A valid record closes all of its rejects, whatever their reasons.
    closed = {r.reject_id: _note(reading.good[r.record_key]) for r in group
              if r.record_key in reading.good}  # fmt: skip
    ledger = _load(target, group, reading, closed, now, settings) if reading.good else None
    bad = [r for r in group if r.record_key not in {*reading.good, *newer}]
    _note_rest(group, bad, newer, reading.asked, settings)
    filtered = sum(r.status is Status.FILTERED for r in reading.good.values())
    return Outcome(
        tried=len(newest),
        replayed=len(reading.good) - filtered,
        filtered=filtered,
        superseded=len(newer),
        still_bad=len({reject.record_key for reject in bad}),
        loads=(ledger,) if ledger else (),
    )


def _read_items(newest: Mapping[str, Reject]) -> _Reading:
    """Parse Hacker News items from their payloads, else from the source, with their replies."""
    reading, replies = _Reading(), set[int]()
    for key, reject in newest.items():
        kept, item = hn.read_item(int(key), reject.payload or "")
        if reject.payload is not None and kept.status in _GOOD:
            reading.good[key] = kept
            # While the item was a reject its replies were unknown, so they were never fetched.
            replies |= hn.kids_of(item)
        else:
            reading.asked.add(key)
    if not reading.asked and not replies:
        return reading
    with hacker_news() as source:
        for found in source.walk({*map(int, reading.asked), *replies}):
            if found.key not in reading.asked:
                reading.more.append(found)
            elif found.status in _GOOD:
                reading.good[found.key] = found
    return reading


def _read_seekers(newest: Mapping[str, Reject]) -> _Reading:
    """Read the comments of seekers from the source: nothing of a bad record was kept."""
    with hacker_news() as source:
        records = list(map(seekers.kept, source.read_all(sorted(map(int, newest)))))
    good = {record.key: record for record in records if record.status in _GOOD}
    return _Reading(good=good, asked=set(newest))


def _read_postings(newest: Mapping[str, Reject], settings: Settings) -> _Reading:
    """Parse a board's records from their payloads: boards cannot be queried for one record."""
    reading = _Reading()
    for key, reject in newest.items():
        try:
            good = _to_record(reject, settings)
            # With the key "<posting id> named <own id>", the link still belongs to another record.
            if not key.startswith(f"{good.key}{record.NAMED}"):
                reading.good[key] = good
        except (UnreadableRecordError, ConfigurationError) as error:
            log.info("%s %s is still bad: %s", reject.source, printable(key), printable(error))
    return reading


def _to_record(reject: Reject, settings: Settings) -> Record:
    """Parse a record with the query and clock of the run that rejected it, or as its board's."""
    text = reject.payload or ""
    if name := reject.context.get("board"):
        return company_record(
            system(reject.source),
            name,
            parse_or_reject(read_value, text),
            text,
            max_bytes=settings.max_record_bytes,
        )
    query, now = reject.context.get("query"), reject.context.get("now")
    return page_reader.to_record(
        board(reject.source),
        parse_or_reject(read_value, text),
        text,
        IngestionQuery.model_validate(query) if query else _default_query(settings),
        dt.datetime.fromisoformat(now) if now else reject.last_seen_at,
        max_bytes=settings.max_record_bytes,
    )


def _default_query(settings: Settings) -> IngestionQuery:
    return IngestionQuery(
        location=settings.board_location,
        role_bucket=settings.board_role,
        level_bucket=settings.board_level,
        days=settings.board_days,
    )


def _superseded_by(
    target: BronzeTable, newest: Mapping[str, Reject], reading: _Reading, settings: Settings
) -> dict[str, UUID]:
    """Return the keys whose payload is older than bronze's version, with that version's load."""
    # Refetched records are current by definition; only stored payloads may be outdated.
    names = {record.key: key for key, record in reading.good.items() if key not in reading.asked}
    if not names:
        return {}
    since = {name: newest[key].last_seen_at for name, key in names.items()}
    with open_warehouse(settings) as connection:
        return {names[n]: load_id for n, load_id in superseded(connection, target, since).items()}


def _note(good: Record) -> str:
    return f"filtered: {good.reason}" if good.status is Status.FILTERED else ""


def _load(
    target: BronzeTable,
    group: Iterable[Reject],
    reading: _Reading,
    closed: Mapping[str, str],
    now: dt.datetime,
    settings: Settings,
) -> Ledger:
    run_id = f"replay__{code_version()}__{_digest(group)}"
    manifest = stage(
        reading.staged,
        settings.staging_root,
        source=target.source,
        partition=target.partition,
        run=run_id,
        name="replayed",
    )
    return load(
        target, [manifest], run_id=run_id, started_at=now, replayed=closed, settings=settings
    )


def _digest(group: Iterable[Reject]) -> str:
    """Return a digest of the rejects and when each was last seen: the identity of a replay."""
    sights = sorted(f"{r.reject_id} {r.last_seen_at.isoformat()}" for r in group)
    return hashlib.sha256("\n".join(sights).encode()).hexdigest()[:_DIGEST_CHARACTERS]


def _note_rest(
    group: Iterable[Reject],
    bad: Iterable[Reject],
    newer: Mapping[str, UUID],
    asked: set[str],
    settings: Settings,
) -> None:
    """Close superseded rejects, and record that this code could not parse the others."""
    tried = [reject.reject_id for reject in bad]
    seen = [reject.reject_id for reject in bad if reject.record_key in asked]
    loads = {r.reject_id: newer[r.record_key] for r in group if r.record_key in newer}

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        close_superseded(connection, loads)
        mark_attempted(connection, tried, code_version(), seen)

    # A transaction of its own: these rejects belong to no load.
    if tried or loads:
        commit(work, conflict_key="bronze.rejects", settings=settings)
