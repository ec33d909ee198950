"""``python -m include.cli doctor``: run all checks; exit code 1 if one fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import asdict

import click

from include.doctor.finding import Finding, Level, fail
from include.errors import TechPulseError
from include.settings import Settings

__all__ = ["doctor"]

Check = Callable[[Settings], Iterable[Finding]]
_STYLE = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of a table.")
def doctor(as_json: bool) -> None:
    """Check this installation and print how to fix each problem; exit code 1 if a check fails."""
    with redirect_stdout(sys.stderr):  # Airflow logs to stdout, which is for the result
        findings = list(_examine(Settings()))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        _print(findings)
    if any(finding.level is Level.FAIL for finding in findings):
        raise SystemExit(1)


def _examine(settings: Settings) -> Iterator[Finding]:
    from include.doctor import airflow, machine, stores

    checks: dict[str, Check] = {
        "versions": machine.versions,
        "settings": machine.variables,
        "imports": machine.imports,
        "paths": machine.paths,
        "disks": machine.disks,
        "airflow": airflow.airflow,
        "stores": stores.warehouse_and_serving,
        "modes": stores.modes,
        "backups": stores.backups,
    }
    for name, check in checks.items():
        try:
            yield from check(settings)
        except TechPulseError as error:
            message = error.message if error.record is None else f"{error.message} [{error.record}]"
            yield fail(name, message, error.next_step)
        except Exception as error:  # a crashed check is a finding; the others still run
            message = f"cannot be checked: {type(error).__name__}: {error}"
            yield fail(name, message, "fix this first; report it if it recurs.")


def _print(findings: Iterable[Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    from include.terminal import console, printable

    table = Table("", "check", "finding and next step", title="Doctor")
    for finding in findings:
        message = Text(printable(finding.message))
        if finding.fix:
            message.append(f"\n-> {printable(finding.fix)}", style="italic")
        table.add_row(
            Text(finding.level, style=_STYLE[finding.level]), Text(finding.check), message
        )
    console().print(table)
