"""The command line, ``python -m include.cli``; ``--help`` lists the commands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

import click
from pydantic import ValidationError

from include import __version__
from include.cli.backup import backup
from include.cli.boards import boards
from include.cli.companies import companies
from include.cli.doctor import doctor
from include.cli.export import export
from include.cli.filters import filter_options
from include.cli.findings import findings
from include.cli.mcp import mcp
from include.cli.rejects import rejects
from include.cli.searches import searches
from include.cli.site import site
from include.cli.warehouse import warehouse
from include.errors import TechPulseError
from include.terminal import console, printable_streams

if TYPE_CHECKING:
    from io import BufferedReader

__all__ = ["main"]


class _Group(click.Group):
    """Print our own errors without a traceback, and escape control characters in all output."""

    def main(self, *args: Any, **extra: Any) -> Any:
        # Outermost: click's own messages repeat arguments, which may hold control characters, too.
        with printable_streams():
            return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (TechPulseError, ValidationError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="TechPulse")
def main() -> None:
    """Query and maintain TechPulse from the command line.

    Uses the data in TECHPULSE_DATA_DIR (default: data/ in the project).
    """


@main.command()
@filter_options
@click.option("--top", type=click.IntRange(1, 25), default=25, show_default=True)
@click.option("--table", is_flag=True, help="Print a table instead of JSON.")
def insights(top: int, table: bool, **filters: str | int | None) -> None:
    """Print the skills that jobs ask for; by default those of the last 30 days."""
    from include.cli.insights import insights as ask
    from include.cli.insights import insights_table

    answer = ask(top=top, **_given(filters))
    if table:
        console().print(insights_table(answer))
    else:
        # ASCII: control characters of a source's text stay escaped.
        click.echo(answer.model_dump_json(indent=2, ensure_ascii=True))


@main.command()
@filter_options
@click.option("--limit", type=click.IntRange(0), default=5, show_default=True, help="Sample rows.")
def inspect(limit: int, **filters: str | int | None) -> None:
    """Count postings by source, role and level, and print sample rows."""
    from include.cli.insights import inspect as ask
    from include.cli.insights import inspect_table

    for part in inspect_table(ask(limit, **_given(filters))):
        console().print(part)


def _given(filters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value is not None}


@main.command()
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@click.option("--runs", is_flag=True, help="Add each load's run and start time.")
def loads(limit: int, runs: bool) -> None:
    """Print the load ledger, newest load first."""
    from include.cli.ledger import ledger_table

    console(220 if runs else 160).print(ledger_table(limit, runs=runs))


@main.command()
@click.option(
    "--explain",
    is_flag=False,
    flag_value="json",
    type=click.Choice(["json", "text"]),
    help="Add the words that gave each answer: as JSON, or one line an answer.",
)
def classify(explain: str | None) -> None:
    """Classify postings from stdin, one JSON object per line; write the results to stdout.

    Fields of a line: {id, text, title?, company?, source?, stated?}. "stated" has the fields of a
    board's record, as its API sends them, or is the text of its place.
    """
    from include.cli.classify import as_json_explained, as_text, classify_stream, lines_of

    answers = {None: None, "json": as_json_explained, "text": as_text}
    lines = lines_of(cast("BufferedReader", sys.stdin.buffer))
    sys.exit(classify_stream(lines, sys.stdout, sys.stderr, answers[explain]))


main.add_command(boards)
main.add_command(companies)
main.add_command(rejects)
main.add_command(searches)
main.add_command(backup)
main.add_command(doctor)
main.add_command(export)
main.add_command(findings)
main.add_command(site)
main.add_command(mcp)
main.add_command(warehouse)
