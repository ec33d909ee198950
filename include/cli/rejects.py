"""``python -m include.cli rejects``: see, replay or dismiss the records in quarantine."""

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
    """See, replay or dismiss the records in quarantine."""


@rejects.command("list")
@click.option("--source", help="hacker_news, remotive, ...")
@click.option("--reason", help="A code of docs/data-model.md, such as http_401.")
@click.option("--state", type=click.Choice(_STATES), default="open", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, without payload.")
def list_(source: str | None, reason: str | None, state: str, limit: int, as_json: bool) -> None:
    """List records in quarantine, last seen first."""
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
@click.option("--json", "as_json", is_flag=True, help="All of it, with the whole payload.")
def show(reject_id: str, as_json: bool) -> None:
    """Show one record, with what the source sent; the first letters of its id are enough."""
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
@click.option("--source", help="All open ones of this source.")
@click.option("--reason", help="All open ones with this reason.")
def replay(reject_ids: tuple[str, ...], source: str | None, reason: str | None) -> None:
    """Read records again, by today's code or from the source; what is good now is loaded.

    Without ids: all open ones, or those of a source or reason.
    """
    with redirect_stdout(sys.stderr):
        from include.hooks.connections import use_airflow_connections
        from include.pipeline.replay import replay as run

    selection = _selection(source, reason, "open", _whole_ids(reject_ids))
    with redirect_stdout(sys.stderr):  # Airflow logs to stdout, which is for the result
        use_airflow_connections()
        outcome = run(selection, dt.datetime.now(dt.UTC))
    click.echo(
        f"{outcome.tried} tried: {outcome.replayed} replayed, {outcome.filtered} not asked for, "
        f"{outcome.superseded} had come well meanwhile, {outcome.still_bad} still bad"
    )
    for ledger in outcome.loads:
        click.echo(
            f"{ledger.source} {ledger.partition}: {ledger.inserted} inserted, "
            f"{ledger.unchanged} unchanged (load {ledger.load_id})"
        )
    if outcome.loads:
        click.echo("Next: run the DAG analytics, which takes them in.")


@rejects.command()
@click.argument("reject_ids", nargs=-1, required=True)
@click.option("--reason-text", required=True, help="Why it will never come well; it is kept.")
def dismiss(reject_ids: tuple[str, ...], reason_text: str) -> None:
    """Close open records for good: they stay closed when they are seen again."""
    from include.warehouse.connection import commit
    from include.warehouse.quarantine import dismiss as close

    ids = _whole_ids(reject_ids)
    closed = commit(
        lambda connection: close(connection, ids, reason_text), conflict_key="bronze.rejects"
    )
    click.echo(f"{closed} of {len(ids)} dismissed; the others were not open.")


def _whole_ids(prefixes: tuple[str, ...]) -> list[str]:
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
            "There is no such reason",
            record=reason,
            next_step=f"name one of {', '.join(Reason)}.",
        )
    wanted = None if state == "all" else State(state)
    return Selection(source=source, reason=reason, state=wanted, ids=ids or ())


def _as_json(reject: Reject) -> str:
    # ASCII: a payload's own control characters stay escapes.
    return json.dumps(asdict(reject), default=str)


def _print_table(found: list[Reject]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not found:
        click.echo("No record of this kind is in quarantine.")
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
        # Text, not str: what looks like markup is printed as it is.
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console(160).print(table)
