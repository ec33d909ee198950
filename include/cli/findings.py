"""``python -m include.cli findings``: answers about the whole history, as Markdown."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["findings"]


@click.command()
@click.argument("keys", nargs=-1)
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="A file.")
def findings(keys: tuple[str, ...], file: Path | None) -> None:
    """Answer questions about the whole history, as Markdown, with 95 % intervals.

    All of them without KEYS: remote, frontend, pay, stated-pay, seniority, first-time, new-skills,
    ai, volume, places.
    """
    from include.cli.insights import snapshot_of
    from include.errors import ConfigurationError
    from include.insights.findings import QUESTIONS, page, section
    from include.insights.findings import findings as answers

    if unknown := [key for key in keys if key not in QUESTIONS]:
        raise ConfigurationError(
            "There is no such finding.",
            record=unknown[0],
            next_step=f"name one of {', '.join(QUESTIONS)}.",
        )
    with snapshot_of(None) as snapshot:
        found = answers(snapshot, keys or tuple(QUESTIONS))
    text = "\n".join(map(section, found)) if keys else page(found)
    if file:
        file.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
