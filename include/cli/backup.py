"""``python -m include.cli backup``: create, list, check and restore backups."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from include.maintenance.backup import Backup

__all__ = ["backup"]


@click.group()
def backup() -> None:
    """Create, list, check and restore backups of both stores."""


@backup.command()
def create() -> None:
    """Back up warehouse and serving store."""
    from include.maintenance.backup import create_backup
    from include.settings import get_settings

    click.echo(_line(create_backup(get_settings(), dt.datetime.now(dt.UTC))))


@backup.command("list")
def list_backups() -> None:
    """List the backups, newest first."""
    from include.maintenance.backup import find_backups
    from include.settings import get_settings

    found, damaged = find_backups(get_settings())
    for made in found:
        click.echo(_line(made))
    for error in damaged:
        click.echo(str(error))
    if damaged:
        click.echo(f"{len(damaged)} of {len(damaged) + len(found)} cannot be read.")
    if not (found or damaged):
        click.echo(f"No backup in {get_settings().backups_dir}.")


@backup.command()
@click.argument("folder", type=click.Path(path_type=Path))
def check(folder: Path) -> None:
    """Check a backup's files, rows and ledger against its manifest."""
    from include.maintenance.backup import check_backup

    click.echo(f"Valid: {_line(check_backup(folder))}")


@backup.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--to", "to", type=click.Path(path_type=Path), required=True, help="A new folder.")
def restore(folder: Path, to: Path) -> None:
    """Check a backup, copy its files into a new folder, and check the copies.

    Prints the settings that open the restored stores.
    """
    from include.maintenance.backup import restore as restore_backup
    from include.maintenance.backup import settings_to_open
    from include.settings import get_settings

    loads = restore_backup(folder, to)["loads"]
    click.echo(f"Restored {loads} loads to {to.resolve()} and checked them.")
    settings = get_settings()
    variables = settings_to_open(to, settings)
    if not variables:
        click.echo("The settings name these stores already: unpause the DAGs.")
        return
    click.echo("TechPulse does not use it yet. Pause the DAGs and set, wherever Airflow runs:")
    for name, value in variables.items():
        click.echo(f"  {name}={shlex.quote(value)}")
    click.echo("Do not change TECHPULSE_DATA_DIR: staged files, budgets and backups stay there.")
    if settings.warehouse_is_lake:
        click.echo(
            "To restore into a lake instead, keep the old settings but use an empty meta schema "
            "and data path. With the two lines above in the environment, run\n"
            f"  python -m include.cli warehouse move --to {shlex.quote(settings.warehouse_uri)} "
            "--data-path PATH --meta-schema SCHEMA"
        )
    if not settings.serving_database_url.startswith("sqlite"):
        click.echo(
            "To keep the current serving store, leave TECHPULSE_SERVING_URL unchanged and run the "
            "DAG analytics, which publishes the restored warehouse to it."
        )


def _line(made: Backup) -> str:
    stored = [made["warehouse"], *([made["serving"]] if made["serving"] else [])]
    size = sum(file["size_bytes"] for file in stored) / 1e6
    tables = sum(len(file["tables"]) for file in stored)
    line = (
        f"{made['path']}  {made['made_at']}  {size:,.1f} MB, {tables} tables, "
        f"{made['loads']} loads ({made['loads_unpublished']} not yet published)"
    )
    times = made.get("moments")
    if times and not times["are_one"]:
        line += f"; warehouse as of {times['warehouse']}, serving store slightly older"
    return line
