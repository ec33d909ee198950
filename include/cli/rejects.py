"""``python -m include.cli rejects``: list, replay or dismiss quarantined records."""

from __future__ import annotations

import datetime as dt
import json
import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from include.errors import ConfigurationError
from include.terminal import console, printable

if TYPE_CHECKING:
    from include.warehouse.quarantine import Reject, Selection

__all__ = ["rejects"]

_STATES = ("open", "replayed", "dismissed", "all")
_MESSAGE_CHARACTERS = 60
_PAYLOAD_CHARACTERS = 4_000


@click.group()
def rejects() -> None:
    """List, replay or dismiss quarantined records."""


@rejects.command("list")
@click.option("--source", help="hacker_news, remotive, ...")
@click.option("--reason", help="A reason code (docs/data-model.md), such as http_401.")
@click.option("--state", type=click.Choice(_STATES), default="open", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, without payload.")
def list_(source: str | None, reason: str | None, state: str, limit: int, as_json: bool) -> None:
    """List quarantined records, last seen first."""
    from include.warehouse.connection import open_warehouse
    from include.warehouse.quarantine import list_rejects

    with open_warehouse() as connection:
        found = list_rejects(connection, _selection(source, reason, state), limit=limit)
    if as_json:
        for reject in found:
            click.echo(_as_json(reject))
    else:
        _print_table(found)


@rejects.command()
@click.argument("reject_id")
@click.option("--json", "as_json", is_flag=True, help="All fields as JSON, with the full payload.")
def show(reject_id: str, as_json: bool) -> None:
    """Print one record with its payload; a prefix of its id is enough."""
    from include.warehouse.connection import open_warehouse
    from include.warehouse.quarantine import find_reject

    with open_warehouse() as connection:
        reject = find_reject(connection, reject_id)
    if as_json:
        click.echo(_as_json(reject))
        return
    payload = reject.payload
    for name, value in {**asdict(reject), "payload": None}.items():
        if value not in (None, {}):
            click.echo(f"{name + ':':<15}{printable(value)}")
    if payload is not None:
        click.echo(f"payload:       {len(payload):,} characters")
        click.echo(printable(payload, _PAYLOAD_CHARACTERS))


@rejects.command()
@click.argument("reject_ids", nargs=-1)
@click.option("--source", help="All open records of this source.")
@click.option("--reason", help="All open records with this reason.")
def replay(reject_ids: tuple[str, ...], source: str | None, reason: str | None) -> None:
    """Parse or fetch quarantined records again, and load those that are valid now.

    Without ids: all open records, or those of a source or reason.
    """
    # Importing Airflow logs to stdout, too.
    with redirect_stdout(sys.stderr):
        from include.hooks.connections import use_airflow_connections
        from include.pipeline.replay import replay as run

    selection = _selection(source, reason, "open", _full_ids(reject_ids))
    with redirect_stdout(sys.stderr):  # Airflow logs to stdout, which is for the result
        use_airflow_connections()
        outcome = run(selection, dt.datetime.now(dt.UTC))
    click.echo(
        f"{outcome.tried} tried: {outcome.replayed} replayed, {outcome.filtered} filtered out, "
        f"{outcome.superseded} superseded by a later load, {outcome.still_bad} still invalid"
    )
    for ledger in outcome.loads:
        click.echo(
            f"{ledger.source} {ledger.partition}: {ledger.inserted} inserted, "
            f"{ledger.unchanged} unchanged (load {ledger.load_id})"
        )
    if outcome.loads:
        click.echo("Next: run the DAG analytics, which publishes them.")


@rejects.command()
@click.argument("reject_ids", nargs=-1, required=True)
@click.option("--reason-text", required=True, help="Why they will never be valid; it is stored.")
def dismiss(reject_ids: tuple[str, ...], reason_text: str) -> None:
    """Close open records permanently, even if a later load sees them again."""
    from include.warehouse.connection import commit
    from include.warehouse.quarantine import dismiss as close

    ids = _full_ids(reject_ids)
    # The conflict key of a replay, which also updates rejects outside a load.
    closed = commit(
        lambda connection: close(connection, ids, reason_text), conflict_key="bronze.rejects"
    )
    click.echo(f"{closed} of {len(ids)} dismissed; the others were not open.")


def _full_ids(prefixes: tuple[str, ...]) -> list[str]:
    from include.warehouse.connection import open_warehouse
    from include.warehouse.quarantine import find_reject

    if not prefixes:
        return []
    with open_warehouse() as connection:
        return [find_reject(connection, prefix).reject_id for prefix in prefixes]


def _selection(
    source: str | None, reason: str | None, state: str, ids: list[str] | None = None
) -> Selection:
    from include.sources.record import Reason
    from include.warehouse.quarantine import Selection, State

    if reason is not None and reason not in set(Reason):
        raise ConfigurationError(
            "Unknown reason",
            record=reason,
            next_step=f"use one of {', '.join(Reason)}.",
        )
    wanted = None if state == "all" else State(state)
    return Selection(source=source, reason=reason, state=wanted, ids=ids or ())


def _as_json(reject: Reject) -> str:
    # ASCII: control characters of a payload stay escaped.
    return json.dumps(asdict(reject), default=str)


def _print_table(found: list[Reject]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not found:
        click.echo("No matching record is in quarantine.")
        return
    table = Table(title="Records in quarantine")
    for name in ("id", "source", "partition", "record", "reason", "last seen", "state", "message"):
        table.add_column(name, overflow="fold", no_wrap=name in ("id", "last seen"))
    for reject in found:
        cells: list[Any] = [
            reject.reject_id,
            reject.source,
            reject.partition or "",
            reject.record_key,
            reject.reason_code,
            f"{reject.last_seen_at:%Y-%m-%d %H:%M}",
            reject.state,
            printable(reject.message, _MESSAGE_CHARACTERS).replace("\n", " "),
        ]
        # Text, not str: rich would interpret markup in a record.
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console(160).print(table)
