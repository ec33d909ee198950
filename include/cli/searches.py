"""``python -m include.cli searches``: list, test or preview the saved searches."""

from __future__ import annotations

import datetime as dt
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import click

from include.terminal import console, printable

if TYPE_CHECKING:
    from include.searches.definition import SavedSearch

__all__ = ["searches"]


@click.group()
def searches() -> None:
    """List, test or preview the saved searches of searches.toml, or of the Airflow Variable."""


@searches.command("list")
def list_() -> None:
    """List each search: its state, when it was last sent and when it is next due.

    Exits with 1 if one of them is wrong.
    """
    from rich.table import Table

    from include.searches.definition import SavedSearch
    from include.searches.due import next_due
    from include.searches.ledger import Ledger

    found = _read()
    if not found:
        click.echo("There are no saved searches: docs/operations.md shows how to write them.")
        return
    table = Table("search", "every", "to", "state", "sent", "last run", "last sent", "next due")
    errors = []
    for name, search in found.items():
        if not isinstance(search, SavedSearch):
            errors.append(search)
            table.add_row(printable(name[:64]), "", "", "wrong", "", "", "", "")
            continue
        state = Ledger(search).standing()
        due = next_due(search.every, None if state.has_other_filter else state.last_run)
        table.add_row(
            name,
            search.every,
            _target(search),
            "message under way" if state.is_under_way
            else "new filter" if state.has_other_filter
            else "ok" if state.last_run else "new",
            f"{state.sent:,}",
            _minute(state.last_run),
            _minute(state.last_sent),
            _minute(due) or "next run",
        )  # fmt: skip
    console(160).print(table)
    for error in errors:
        click.echo(printable(error), err=True)
    sys.exit(1 if errors else 0)


@searches.command()
@click.argument("names", nargs=-1)
def test(names: tuple[str, ...]) -> None:
    """Check the searches, and send a test message for each, or for NAMES.

    A test shows the newest postings that match. Nothing is marked as sent, no feed is changed.
    """
    from include.errors import TechPulseError

    failed = False
    found = _read()
    for name in names or found:
        try:
            click.echo(_test(name))
        except TechPulseError as error:  # the others are tested all the same
            failed = True
            click.echo(printable(error), err=True)
    sys.exit(1 if failed else 0)


def _test(name: str) -> str:
    with redirect_stdout(sys.stderr):
        from include.hooks.connections import use_airflow_connections
        from include.searches.lookup import read_search
        from include.searches.notify import connections
        from include.searches.sending import send_test

        search = read_search(name)
        if search.notifier:
            use_airflow_connections(connections(search))
        matching = send_test(search, dt.datetime.now(dt.UTC))
    done = (
        f"sent by {_target(search, feed=False)}" if search.notifier else "",
        "its feed can be written" if search.feed else "",
    )
    return f"{name}: {matching:,} postings match; {', '.join(filter(None, done))}"


@searches.command()
@click.argument("name")
@click.option("--html", is_flag=True, help="Print the HTML of the messages, not their text.")
def preview(name: str, html: bool) -> None:
    """Print what would be sent now. Nothing is sent or marked."""
    _read()
    with redirect_stdout(sys.stderr):
        from include.searches.sending import preview_search

        news = preview_search(name, dt.datetime.now(dt.UTC))
    for one in news:
        click.echo(one.html if html else f"Subject: {one.subject}\n\n{one.text}")
    if not news:
        click.echo(f"{name}: nothing is new", err=True)


def _read() -> dict[str, SavedSearch | Exception]:
    with redirect_stdout(sys.stderr):  # importing Airflow logs to stdout, too
        from include.hooks.connections import use_airflow_variable
        from include.searches.lookup import FILE, VARIABLE, read_searches
        from include.settings import get_settings

        if not (get_settings().data_dir / FILE).exists():
            use_airflow_variable(VARIABLE)
        return dict(read_searches())


def _target(search: SavedSearch, *, feed: bool = True) -> str:
    notifier = (search.notifier or "").rpartition(".")[2]
    file = f"feed {search.feed}" if search.feed and feed else ""
    return ", ".join(filter(None, (notifier, file)))


def _minute(when: dt.datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else ""
