"""``python -m include.cli warehouse``: move the warehouse between a file and a lake."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

__all__ = ["warehouse"]


@click.group()
def warehouse() -> None:
    """Move the warehouse between a file and a lake."""


@warehouse.command()
@click.option("--to", "uri", required=True, help="A file, or `ducklake:postgres:host=...`.")
@click.option("--data-path", default="", help="Of a lake: a folder or s3://connection@bucket/path.")
@click.option(
    "--meta-schema", default="public", show_default=True, help="Of a lake, in PostgreSQL."
)
def move(uri: str, data_path: str, meta_schema: str) -> None:
    """Copy the configured warehouse, with its history, to --to.

    The target must be empty. Pause the DAGs first. A killed move changes nothing: run it again.
    """
    from include.maintenance.move import move_warehouse
    from include.settings import Settings, get_settings

    source = get_settings()
    if not uri.startswith("ducklake:"):
        uri = str(Path(uri).resolve())  # Airflow's processes have different working directories
    changed = {
        "warehouse_uri": uri,
        "warehouse_data_path": data_path,
        "warehouse_meta_schema": meta_schema,
    }
    moved = move_warehouse(source, Settings(**{**source.model_dump(), **changed}))
    for name, rows in sorted(moved.rows.items()):
        click.echo(f"{rows:>12,}  {name}")
    total = sum(moved.rows.values())
    click.echo(f"{total:>12,}  rows in {len(moved.rows)} tables, verified.")
    click.echo("TechPulse does not use it yet. Set, wherever Airflow runs (empty means unset):")
    for name, value in changed.items():
        click.echo(f"  TECHPULSE_{name.upper()}={shlex.quote(value) if value else ''}")
