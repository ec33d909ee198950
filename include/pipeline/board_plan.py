"""The plan of a run of ``company_boards``: which boards are due, cut into chunks."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any, TypedDict

import duckdb

from include.errors import ConfigurationError
from include.pipeline.board_directory import discovered
from include.settings import Settings, get_settings
from include.sources.company_boards import DueBoard
from include.sources.company_texts import HASH_CHARACTERS
from include.sources.registry import system, system_names
from include.warehouse.company_boards import (
    BoardRow,
    add_rows,
    due_boards,
    known_hashes,
    read_directory,
)
from include.warehouse.connection import commit, open_warehouse

__all__ = ["BoardChunk", "RunPlan", "enabled_systems", "plan_boards"]

_MAX_CHUNKS = 1_000  # Airflow maps a task over 1,024 at most

log = logging.getLogger(__name__)


class BoardChunk(TypedDict):
    """The boards of one mapped task; ``name`` is for the UI.

    ``texts`` is how many texts of new jobs it may request, where the list has none.
    """

    name: str
    system: str
    boards: list[DueBoard]
    texts: int


class RunPlan(TypedDict):
    """A run's plan; ``now`` is the run's clock (ISO 8601), ``day`` its partition."""

    now: str
    day: str
    chunks: list[BoardChunk]


def enabled_systems(settings: Settings) -> tuple[str, ...]:
    """Return the systems that are read; raise ConfigurationError for an unknown one."""
    if unknown := set(settings.company_systems) - set(system_names()):
        raise ConfigurationError(
            "Unknown system",
            record=f"TECHPULSE_COMPANY_SYSTEMS: {', '.join(sorted(unknown))}",
            next_step=f"choose among {', '.join(system_names())}.",
        )
    return tuple(sorted(set(settings.company_systems)))


def plan_boards(params: Mapping[str, Any], now: dt.datetime) -> RunPlan:
    """Add the boards that postings link to, and return the chunks of the boards that are due.

    ``params``: systems; boards (``system://board`` or a board's name: read even if they were read
    today); limit (boards in all, 0: no limit); dry_run: log the plan, change nothing.
    """
    settings = get_settings()
    systems = [name for name in enabled_systems(settings) if name in params["systems"]]
    changes: list[BoardRow] = []

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        changes[:] = discovered(connection, settings, now)
        add_rows(connection, changes)

    if not params["dry_run"]:
        commit(work, conflict_key="bronze.company_boards", settings=settings)
    with open_warehouse(settings) as connection:
        due = {name: _due(connection, name, params["boards"], now) for name in systems}
        _require_known(params["boards"], read_directory(connection, systems))
    boards = _limited(due, params["limit"] or sum(map(len, due.values())))
    log.info(
        "directory: %s changes; due: %s",
        len(changes),
        {name: len(found) for name, found in boards.items()} or "none",
    )
    if params["dry_run"]:
        for name, found in boards.items():
            log.info("dry run: would read %s: %s", name, ", ".join(b["board"] for b in found))
        boards = {}
    return RunPlan(
        now=now.isoformat(), day=f"{now:%Y-%m-%d}", chunks=list(_chunks(boards, settings))
    )


def _require_known(wanted: Sequence[str], rows: Iterable[BoardRow]) -> None:
    """Raise ConfigurationError for boards of the run's parameters that the directory lacks."""
    known = {name for row in rows for name in (row.board.lower(), row.name.lower())}
    if unknown := [written for written in wanted if written.lower() not in known]:
        raise ConfigurationError(
            "The directory has no such board of this run's systems",
            record=", ".join(unknown),
            next_step="see `python -m include.cli boards list`; `boards add` adds one.",
        )


def _due(
    connection: duckdb.DuckDBPyConnection, name: str, wanted: Sequence[str], now: dt.datetime
) -> list[DueBoard]:
    due = due_boards(connection, name, now.date())
    found = list(_named(connection, name, wanted, due) if wanted else due.values())
    if found and system(name).text_path("", ""):
        hashes = known_hashes(connection, name, HASH_CHARACTERS)
        for board in found:
            board["known"] = hashes.get(board["board"].lower(), [])
    return found


def _named(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    wanted: Sequence[str],
    due: Mapping[str, DueBoard],
) -> Iterator[DueBoard]:
    """Yield the boards of the run's parameters that the directory knows, due or not, each once."""
    known = {row.board.lower(): row for row in read_directory(connection, [name])}
    asked = (written.lower().rpartition("://") for written in wanted)
    for board in dict.fromkeys(board for source, _, board in asked if source in ("", name)):
        if row := known.get(board):
            fresh = DueBoard(board=row.board, home=0, etag=None, company=None)
            yield due.get(board, fresh)


def _limited(due: Mapping[str, list[DueBoard]], limit: int) -> dict[str, list[DueBoard]]:
    """Return the first ``limit`` boards, by turns from each system."""
    turns = zip_longest(*([(name, board) for board in found] for name, found in due.items()))
    taken = [pair for pair in chain.from_iterable(turns) if pair][:limit]
    return {
        name: [b for n, b in taken if n == name] for name in due if any(n == name for n, _ in taken)
    }


def _chunks(boards: Mapping[str, list[DueBoard]], settings: Settings) -> Iterator[BoardChunk]:
    """Yield the chunks, by turns from each system: tasks of one system wait for its rate."""
    total = sum(map(len, boards.values()))
    size = max(settings.company_boards_per_chunk, -(-total // _MAX_CHUNKS))
    by_system = [
        [
            BoardChunk(name=f"{name} {start // size + 1}", system=name,
                       boards=found[start : start + size],
                       texts=_share(settings.company_texts_per_run, start // size,
                                    -(-len(found) // size)))
            for start in range(0, len(found), size)
        ]
        for name, found in boards.items()
    ]  # fmt: skip
    yield from filter(None, chain.from_iterable(zip_longest(*by_system)))


def _share(total: int, number: int, chunks: int) -> int:
    """Return a chunk's share of a total: of fewer than one each, the first chunks have one."""
    return total // chunks + (number < total % chunks)
