"""The tasks of the DAG ``company_boards`` that read the planned boards in chunks and load them."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from threading import Lock
from typing import Any, TypedDict, cast

import duckdb

from include.errors import ConfigurationError, ReconciliationError
from include.hooks.companies import Clients, board_clients
from include.pipeline.board_directory import states_after
from include.pipeline.board_plan import BoardChunk, RunPlan
from include.pipeline.metrics import count_load
from include.settings import Settings, get_settings
from include.sources.company_boards import BoardReading, DueBoard, Outcome, read_board
from include.sources.company_texts import TextBudget
from include.sources.record import Record
from include.sources.registry import system
from include.sources.system import System
from include.staging.files import Manifest, stage
from include.warehouse.company_boards import (
    BoardRow,
    last_readings,
    read_directory,
    write_readings,
)
from include.warehouse.loads import Ledger, company_postings, load

__all__ = [
    "ChunkRead",
    "SystemSummary",
    "load_system",
    "read_chunk",
    "report_lines",
    "require_answers",
]

_SILENT_BOARDS = 5
"""After so many boards in a row without an answer, a chunk asks no more: the system is down."""

log = logging.getLogger(__name__)


class ChunkRead(TypedDict):
    """The result of a mapped task."""

    system: str
    manifest: dict[str, Any]
    readings: list[BoardReading]


class SystemSummary(TypedDict):
    """What a run did for one system: boards by outcome, and the ledger row of their records."""

    system: str
    boards: int
    outcomes: dict[str, int]
    ledger: dict[str, Any]


def read_chunk(plan: RunPlan, chunk: BoardChunk, run_id: str) -> ChunkRead:
    """Read a chunk's boards and stage the records of all of them as one file."""
    found, settings = system(chunk["system"]), get_settings()
    with board_clients(found) as clients:
        now = dt.datetime.fromisoformat(plan["now"])
        reader = _ChunkReader(found, clients, now, settings, TextBudget(chunk["texts"]))
        with ThreadPoolExecutor(settings.company_requests_in_flight) as pool:
            pairs = list(pool.map(reader.read, chunk["boards"]))
    readings = [reading for reading, _ in pairs]
    manifest = stage(
        (record for _, records in pairs for record in records),
        source=found.name,
        partition=plan["day"],
        run=run_id,
        name=chunk["name"],
    )
    log.info("%s: %s, staged %s", chunk["name"], _outcomes(readings), manifest["counts"])
    for reading in readings:
        if reading["message"]:
            log.warning("%s %s: %s", found.name, reading["board"], reading["message"])
    return ChunkRead(system=found.name, manifest=dict(manifest), readings=readings)


class _ChunkReader:
    """Reads boards, and gives up on a system that answers none of several in a row."""

    def __init__(
        self,
        source: System,
        clients: Clients,
        now: dt.datetime,
        settings: Settings,
        texts: TextBudget,
    ) -> None:
        self._system, self._clients, self._now, self._texts = source, clients, now, texts
        self._max_bytes = settings.max_record_bytes
        self._lock, self._silent = Lock(), 0

    def read(self, due: DueBoard) -> tuple[BoardReading, list[Record]]:
        if self._silent >= _SILENT_BOARDS:
            message = f"not asked: {_SILENT_BOARDS} boards in a row gave no answer"
            return self._failed(due, message), []
        try:
            clients = self._clients(due["board"])
        except ConfigurationError as error:  # such as a name that no host can have
            return self._failed(due, str(error)), []
        # The clock of the reading, not of the run: a run of thousands of boards takes an hour.
        now = max(dt.datetime.now(dt.UTC), self._now)
        reading, records = read_board(
            self._system,
            due,
            clients,
            now,
            max_bytes=self._max_bytes,
            texts=self._texts,
        )
        with self._lock:
            is_silent = reading["outcome"] == Outcome.FAILED and reading["http_status"] is None
            self._silent = self._silent + 1 if is_silent else 0
        return reading, records

    def _failed(self, due: DueBoard, message: str) -> BoardReading:
        return BoardReading(
            board=due["board"],
            read_at=max(dt.datetime.now(dt.UTC), self._now).isoformat(),
            outcome=Outcome.FAILED,
            http_status=None,
            message=message,
            company=None,
            home=due["home"],
            etag=None,
        )


def load_system(
    name: str,
    plan: RunPlan,
    chunks: Sequence[ChunkRead],
    run_id: str,
    started_at: dt.datetime,
) -> SystemSummary:
    """Commit a system's staged records, its boards' readings and their states in one transaction.

    A board whose chunk failed is counted as failed. Loads are idempotent.
    """
    mine = [chunk for chunk in chunks if chunk["system"] == name]
    readings = [reading for chunk in mine for reading in chunk["readings"]]
    readings += _lost(name, plan, readings)
    day = dt.date.fromisoformat(plan["day"])
    manifests = [cast(Manifest, chunk["manifest"]) for chunk in mine]
    if not manifests:
        # An empty file: a load needs one, and the ledger row says that its boards failed.
        manifests = [stage([], source=name, partition=plan["day"], run=run_id, name="nothing new")]

    def states(connection: duckdb.DuckDBPyConnection) -> Iterator[BoardRow]:
        rows = {row.key: row for row in read_directory(connection, [name])}
        return states_after(rows, name, readings, last_readings(connection, name))

    ledger = load(
        company_postings(name, plan["day"]),
        manifests,
        run_id=run_id,
        started_at=started_at,
        also=write_readings(name, day, readings, states),
        also_id=_id_of(readings),
        # Each board was judged when it was read: bad records of some keep no others out.
        settings=get_settings().model_copy(update={"max_error_ratio": 1.0}),
    )
    count_load(asdict(ledger))
    return SystemSummary(
        system=name,
        boards=len(readings),
        outcomes=_outcomes(readings),
        ledger=asdict(ledger),
    )


def _lost(name: str, plan: RunPlan, readings: Sequence[BoardReading]) -> list[BoardReading]:
    """Return a failed reading for each planned board that no chunk has brought."""
    read = {reading["board"] for reading in readings}
    planned = [b for chunk in plan["chunks"] if chunk["system"] == name for b in chunk["boards"]]
    return [
        BoardReading(
            board=due["board"], read_at=plan["now"], outcome=Outcome.FAILED, http_status=None,
            message="its task failed", company=None, home=due["home"], etag=None,
        )
        for due in planned
        if due["board"] not in read
    ]  # fmt: skip


def _id_of(readings: Iterable[BoardReading]) -> str:
    """Return a digest of what came of each board: the same, however often the run is repeated."""
    lines = sorted(f"{reading['board']} {reading['outcome']}" for reading in readings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _outcomes(readings: Iterable[BoardReading]) -> dict[str, int]:
    return dict(Counter(str(reading["outcome"]) for reading in readings))


def require_answers(summary: SystemSummary) -> None:
    """Raise ReconciliationError if most of the boards failed, or too many records are bad.

    That is the system's failure. What else was shown is loaded already.
    """
    failed = summary["outcomes"].get(Outcome.FAILED, 0)
    if 2 * failed > summary["boards"]:
        raise ReconciliationError(
            f"{failed} of {summary['boards']} boards failed",
            record=summary["system"],
            next_step="see the warnings of its read tasks. What came is loaded; a later run of "
            "the day reads the others.",
        )
    ledger = Ledger(**summary["ledger"])
    if bad := ledger.too_many_bad(get_settings()):
        raise ReconciliationError(
            f"{bad} of {ledger.served} records cannot be read",
            record=summary["system"],
            next_step=f"see `python -m include.cli rejects list --source {summary['system']}`. "
            "They are in quarantine, all others are loaded.",
        )


def report_lines(summaries: Iterable[SystemSummary]) -> list[str]:
    """Return the run's report, one line a system: its boards by outcome, its records."""
    return [
        f"{s['system']}: {s['boards']} boards ("
        + ", ".join(f"{count} {outcome}" for outcome, count in sorted(s["outcomes"].items()))
        + f"), {s['ledger']['expected'] + s['ledger']['filtered']} records = "
        + " + ".join(f"{count} {word}" for word, count in _counts(s["ledger"]).items())
        for s in summaries
    ]


def _counts(ledger: Mapping[str, Any]) -> dict[str, int]:
    return {
        "inserted": ledger["inserted"] - ledger["updated"],
        **{word: ledger[word] for word in ("updated", "unchanged", "filtered", "rejected")},
    }
