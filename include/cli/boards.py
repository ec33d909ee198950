"""``python -m include.cli boards``: list, add, remove or check companies' boards."""

from __future__ import annotations

import datetime as dt
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from include.terminal import console, printable

if TYPE_CHECKING:
    import duckdb

    from include.warehouse.company_boards import BoardRow

__all__ = ["boards"]

_STATES = ("all", "candidate", "active", "silent", "moved", "gone", "refused")


@click.group()
def boards() -> None:
    """List, add, remove or check companies' boards; names are such as greenhouse://acme."""


@boards.command("list")
@click.option("--system", "name", help="greenhouse, lever, ...")
@click.option("--state", type=click.Choice(_STATES), default="all", show_default=True)
@click.option("--evidence", is_flag=True, help="Add what shows each state: a posting, an answer.")
def list_(name: str | None, state: str, evidence: bool) -> None:
    """List the directory: each board's state, company and reason, with its last reading."""
    from rich.table import Table

    from include.warehouse.company_boards import last_readings, read_directory
    from include.warehouse.connection import open_warehouse

    with open_warehouse() as connection:
        rows = read_directory(connection, [name] if name else None)
        last = {source: last_readings(connection, source) for source in {r.source for r in rows}}
    table = Table("board", "state", "since", "company", "jobs", "last reading", "reason",
                  *(["evidence"] if evidence else []))  # fmt: skip
    for row in rows:
        if state not in ("all", row.state):
            continue
        read = last[row.source].get(row.board.lower())
        table.add_row(
            printable(row.name),
            str(row.state),
            f"{row.changed_at:%Y-%m-%d}" if row.changed_at else "",
            printable(row.company or ""),
            str(read.shown) if read else "",
            f"{read.read_at:%Y-%m-%d %H:%M} {read.outcome}" if read else "never",
            printable(" to ".join(filter(None, (row.reason, row.moved_to)))),
            *([printable(row.evidence or "")] if evidence else []),
        )
    console(200).print(table)


@boards.command()
@click.argument("name")
@click.option("--company", help="The company's name; it wins over any other.")
def add(name: str, company: str | None) -> None:
    """Add a board to the directory, or read a refused or gone one again."""
    _change(name, "candidate", "added by the operator", company)


@boards.command()
@click.argument("name")
def remove(name: str) -> None:
    """Refuse a board: it is not read again. What it has shown stays."""
    _change(name, "refused", "removed by the operator", None)


def _change(name: str, state: str, reason: str, company: str | None) -> None:
    from include.warehouse.company_boards import BoardRow, State, add_rows, read_directory
    from include.warehouse.connection import commit

    source, board = _parts(name)
    row = BoardRow(source, board, State(state), reason, company, "operator")

    def work(connection: duckdb.DuckDBPyConnection) -> BoardRow:
        known = {r.key: r for r in read_directory(connection, [source])}
        before = known.get(row.key)
        after = replace(row, board=before.board, company=company or before.company) \
            if before else row  # fmt: skip
        add_rows(connection, [after])
        return after

    done = commit(work, conflict_key="bronze.company_boards")
    click.echo(f"{printable(done.name)}: {done.state}")


@boards.command()
@click.argument("name")
def check(name: str) -> None:
    """Read a board once, and print what it shows. Nothing is stored."""
    with redirect_stdout(sys.stderr):  # importing Airflow logs to stdout, too
        from include.hooks.companies import board_clients
        from include.hooks.connections import use_airflow_connections
        from include.settings import get_settings
        from include.sources.company_boards import DueBoard, Outcome, read_board
        from include.sources.registry import system

    source, board = _parts(name)
    found, settings = system(source), get_settings()
    with redirect_stdout(sys.stderr):
        use_airflow_connections([home.connection for home in found.homes])
        with board_clients(found) as clients:
            due = DueBoard(board=board, home=0, etag=None, company=None)
            reading, records = read_board(
                found, due, clients(board), dt.datetime.now(dt.UTC),
                max_bytes=settings.max_record_bytes,
            )  # fmt: skip
    statuses = [str(record.status) for record in records]
    counts = ", ".join(f"{statuses.count(s)} {s}" for s in sorted(set(statuses))) or "no records"
    click.echo(f"{printable(name)}: {reading['outcome']}, {counts}")
    if reading["company"]:
        click.echo(f"company: {printable(reading['company'])}")
    if reading["message"]:
        click.echo(printable(reading["message"]))
    if reading["outcome"] in (Outcome.ABSENT, Outcome.FAILED):
        sys.exit(1)


def _parts(name: str) -> tuple[str, str]:
    """Return system and board of ``system://board``, or of a link to the board."""
    from include.errors import ConfigurationError
    from include.postings.ats_links import board_of
    from include.sources.registry import system, system_names

    source, mark, board = name.partition("://")
    if source in ("http", "https") and (link := board_of(name)):
        return link.system, system(link.system).board_name(link.slug)
    if not mark or source not in system_names() or not board:
        raise ConfigurationError(
            "This is no board",
            record=name,
            next_step="name it as greenhouse://acme, or by a link to it. Systems: "
            f"{', '.join(system_names())}.",
        )
    return source, system(source).board_name(board)
