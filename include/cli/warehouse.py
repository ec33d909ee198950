"""``python -m include.cli warehouse``: the warehouse by hand."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

__all__ = ["warehouse"]


@click.group()
def warehouse() -> None:
    """Move the warehouse to its other home."""


@warehouse.command()
@click.option("--to", "uri", required=True, help="A file, or `ducklake:postgres:host=... ...`.")
@click.option("--data-path", default="", help="A lake's: a folder, or s3://connection@bucket/path.")
@click.option("--meta-schema", default="public", show_default=True, help="A lake's, in PostgreSQL.")
def move(uri: str, data_path: str, meta_schema: str) -> None:
    """Copy the warehouse that the settings name, with its history, to where --to says.

    The target must be empty. Pause the DAGs first. Killed, it has moved nothing; run it again.
    """
    from include.maintenance.move import move_warehouse
    from include.settings import Settings, get_settings

    source = get_settings()
    if not uri.startswith("ducklake:"):
        uri = str(Path(uri).resolve())  # every process of Airflow has a working folder of its own
    changed = {
        "warehouse_uri": uri,
        "warehouse_data_path": data_path,
        "warehouse_meta_schema": meta_schema,
    }
    moved = move_warehouse(source, Settings(**{**source.model_dump(), **changed}))
    for name, rows in sorted(moved.rows.items()):
        click.echo(f"{rows:>12,}  {name}")
    total = sum(moved.rows.values())
    click.echo(f"{total:>12,}  rows in {len(moved.rows)} tables, the same on both sides.")
    click.echo("Nothing opens it yet. Set wherever Airflow runs, empty as not set:")
    for name, value in changed.items():
        click.echo(f"  TECHPULSE_{name.upper()}={shlex.quote(value) if value else ''}")
