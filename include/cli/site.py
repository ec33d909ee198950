"""``python -m include.cli site``: the dashboard as static files, for a public page."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["site"]


@click.command()
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder, replaced as a whole; it must be new, empty, or an earlier site.",
)
@click.option(
    "--filter",
    "filters",
    multiple=True,
    help='Instead of the usual filters: "Berlin: location=Berlin&days=365". May be repeated.',
)
def site(folder: Path, filters: tuple[str, ...]) -> None:
    """Write the dashboard as static files that any web server can serve, without a login.

    Sources whose terms forbid passing on are left out; docs/site.md.
    """
    from include.insights.store import ServingStore
    from include.settings import get_settings
    from include.web.site import write_site
    from include.web.site.choices import chosen

    settings = get_settings()
    store = ServingStore(settings.serving_database_url)
    try:
        written = write_site(store, settings.max_data_age_hours, folder, chosen(filters))
    finally:
        store.close()
    click.echo(
        f"{folder}: {written.filters} filters, {written.files:,} files, "
        f"{written.size_bytes / 1e6:.1f} MB"
    )
    if written.left_out:
        click.echo(f"Left out, by their terms (docs/sources.md): {', '.join(written.left_out)}.")
