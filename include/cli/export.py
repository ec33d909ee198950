"""``python -m include.cli export``: rows for analysts, as Parquet and CSV."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from include.maintenance.export.manifest import Manifest

__all__ = ["export"]


@click.command()
@click.option("--to", default="", help="A folder, or s3://connection@bucket/prefix.")
@click.option(
    "--include-source",
    "include_sources",
    multiple=True,
    help="Export a source although its terms forbid passing its postings on; repeatable.",
)
@click.option("--check", "checked", default="", help="Check the export in a folder or at a URL.")
def export(to: str, include_sources: tuple[str, ...], checked: str) -> None:
    """Export gold and the postings' facts, or check an export.

    Parquet by month and CSV, with datapackage.json, a data contract and views for DuckDB, in a
    folder of their own that manifest.json names. Texts of postings are never exported.
    """
    from include.maintenance.export.create import check_export, create_export
    from include.settings import get_settings

    if bool(to) == bool(checked):
        raise click.UsageError("Give one of --to and --check.")
    if checked:
        click.echo(f"Valid: {_line(check_export(checked))}")
        return
    now = dt.datetime.now(dt.UTC)
    manifest, changed = create_export(get_settings(), to, now, include_sources)
    click.echo(f"{'Exported' if changed else 'Unchanged'}: {_line(manifest)}")
    _print_left_out(manifest)


def _line(manifest: Manifest) -> str:
    size = sum(file["bytes"] for file in manifest["files"]) / 1e6
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return (
        f"{manifest['export']}  as of {manifest['as_of']}, {len(manifest['tables'])} tables, "
        f"{rows:,} rows, {len(manifest['files'])} files, {size:,.1f} MB"
    )


def _print_left_out(manifest: Manifest) -> None:
    from include.sources.registry import attribution_of, terms_of

    for source, postings in manifest["left_out"].items():
        terms = terms_of(source)
        click.echo(
            f"Left out: {postings:,} postings of {attribution_of(source).name}. {terms} "
            f"{terms.url}\n  For your own use: --include-source {source}"
        )
