"""``python -m local demo|run|backfill|up|down|clean``: the Makefile's targets of these names."""

from __future__ import annotations

import os
import shutil
import sys

import click

from include.errors import TechPulseError
from include.months import Month
from local.backfill import backfill as read_months
from local.demo import run_demo
from local.environment import AIRFLOW_HOME, DATA_DIR, airflow_environment
from local.pipeline import run_month
from local.standalone import is_running, local_api, start, stop
from local.steps import StepFailedError


@click.group()
def main() -> None:
    """TechPulse on this machine."""


@main.command()
@click.option("--months", default=4, show_default=True, type=click.IntRange(1, 24))
def demo(months: int) -> None:
    """Run the whole pipeline on generated data."""
    run_demo(months)


@main.command()
@click.option("--month", required=True, help="YYYY-MM, from 2011-04.")
def run(month: str) -> None:
    """Run the pipeline for a month, on the configured connections."""
    run_month(month)


@main.command()
@click.option("--first", required=True, help="YYYY-MM, from 2011-04.")
@click.option("--last", required=True, help="YYYY-MM.")
@click.option("--again", is_flag=True, help="Also the months that are read already.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
def backfill(first: str, last: str, again: bool, port: int) -> None:
    """Read a range of months; rerun it to resume, or to watch it."""
    months = Month.parse(first), Month.parse(last)
    if not is_running():
        start(port, DATA_DIR)
    read_months(local_api(port), *months, again=again)


@main.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--demo", is_flag=True, help="On the demo's data and upstream.")
def up(port: int, demo: bool) -> None:
    """Start Airflow with the bundle."""
    start(port, DATA_DIR / "demo" if demo else DATA_DIR, demo=demo)


@main.command()
def down() -> None:
    """End Airflow and all of its processes."""
    stop()


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def airflow(arguments: tuple[str, ...]) -> None:
    """Run any Airflow command in the bundle's environment."""
    os.execve(  # noqa: S606 -- a command of our own
        sys.executable, [sys.executable, "-m", "airflow", *arguments], airflow_environment()
    )


@main.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def clean(yes: bool) -> None:
    """Delete Airflow's files and all data, after saying what that is."""
    there = [path for path in (AIRFLOW_HOME, DATA_DIR) if path.exists()]
    if not there:
        click.echo("There is nothing to delete.")
        return
    click.echo("This deletes:")
    for path in there:
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        click.echo(f"  {path}  ({size / 1e6:.1f} MB)")
    if yes or click.confirm("Delete it?"):
        stop()
        for path in there:
            shutil.rmtree(path)


if __name__ == "__main__":
    try:
        main(prog_name="python -m local")
    except (StepFailedError, TechPulseError) as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(1)
