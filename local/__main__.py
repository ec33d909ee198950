"""``python -m local demo|run|backfill|up|down|clean``: the Makefile targets of the same names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from include.errors import ConfigurationError, TechPulseError
from include.months import Month
from local.backfill import backfill as read_months
from local.demo import run_demo
from local.environment import AIRFLOW_HOME, DATA_DIR, DEMO_DATA_DIR, airflow_environment
from local.folders import contents, delete_data, delete_folder, may_delete, size_bytes
from local.pipeline import new_steps, run_month
from local.standalone import is_running, local_api, start, stop
from local.steps import StepFailedError


@click.group()
def main() -> None:
    """Run TechPulse on this machine."""


@main.command()
@click.option("--months", default=4, show_default=True, type=click.IntRange(1, 24))
def demo(months: int) -> None:
    """Run the whole pipeline on generated data."""
    run_demo(months)


@main.command()
@click.option("--month", required=True, help="YYYY-MM, from 2011-04.")
def run(month: str) -> None:
    """Run the pipeline for one month on the configured connections."""
    run_month(month)


@main.command()
@click.option("--first", required=True, help="YYYY-MM, from 2011-04.")
@click.option("--last", required=True, help="YYYY-MM.")
@click.option("--again", is_flag=True, help="Also read months that are loaded already.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
def backfill(first: str, last: str, again: bool, port: int) -> None:
    """Backfill a range of months; run it again to resume or to watch it."""
    months = Month.parse(first), Month.parse(last)
    if not is_running():
        start(port, DATA_DIR)
    read_months(new_steps("backfill", DATA_DIR), local_api(port), *months, again=again)


@main.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--demo", is_flag=True, help="Use the demo's data and upstream.")
def up(port: int, demo: bool) -> None:
    """Start Airflow with the bundle."""
    start(port, DEMO_DATA_DIR if demo else DATA_DIR, demo=demo)


@main.command()
def down() -> None:
    """Stop Airflow and all of its processes."""
    stop()


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def airflow(arguments: tuple[str, ...]) -> None:
    """Run an Airflow command in the bundle's environment."""
    os.execve(  # noqa: S606 -- a command of our own
        sys.executable, [sys.executable, "-m", "airflow", *arguments], airflow_environment()
    )


@main.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def clean(yes: bool) -> None:
    """List Airflow's files and all data, ask, and delete them."""
    data = contents(DATA_DIR)
    found = [*([AIRFLOW_HOME] if AIRFLOW_HOME.exists() else []), *data]
    if not found:
        click.echo("Nothing to delete.")
        return
    click.echo("This deletes:")
    for path in found:
        click.echo(f"  {path}  ({size_bytes(path) / 1e6:.1f} MB)")
    if data and not may_delete(DATA_DIR, _retype):
        raise ConfigurationError(
            "The data is outside the project and its path was not typed: nothing was deleted",
            record=DATA_DIR,
            next_step="run make clean in a terminal and type the path, or delete it by hand.",
        )
    if yes or click.confirm("Delete it?"):
        stop()
        delete_folder(AIRFLOW_HOME)
        for path in delete_data(DATA_DIR):
            click.echo(f"Kept, because TechPulse did not create it: {path}")


def _retype(folder: Path) -> str:
    """Ask for the folder's path; "" without a terminal."""
    if not sys.stdin.isatty():
        return ""
    click.echo(f"{folder} is outside the project.")
    return str(click.prompt("Type its path to delete the data in it", default=""))


if __name__ == "__main__":
    # Password, database and data are written below: readable by their owner only.
    os.umask(0o077)
    try:
        main(prog_name="python -m local")
    except (StepFailedError, TechPulseError) as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(1)
