"""Nothing that a source has sent reaches the terminal as a control character, by any command."""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import Any

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from rich.table import Table
from rich.text import Text

from include.cli.main import _Group, main
from include.insights.index import FacetIndex
from include.serving.engine import writing_engine
from include.settings import Settings
from include.terminal import console, printable_streams
from include.warehouse.connection import open_warehouse

HOSTILE = "\x1b[31m\x9b2J\r\x07\u202eevil\u2066\ud7ff\x00[red]:smile:"
NOW = dt.datetime.now(dt.UTC)


def is_safe(output: str) -> bool:
    return all(character.isprintable() or character in "\n\t" for character in output)


def store(settings: Settings) -> None:
    """A serving store whose every text is hostile."""
    from include.serving.schema import LOADS, POSTINGS, migrate, write_meta

    engine = writing_engine(settings.serving_database_url)
    with engine.begin() as connection:
        migrate(connection)
        write_meta(connection, {"content_version": "1", "published_at": NOW.isoformat()})
        for table in (LOADS, POSTINGS):
            row: dict[str, Any] = {
                column.name: 1 if isinstance(column.type, sa.BigInteger | sa.Float) else HOSTILE
                for column in table.columns
            }
            row |= {"locations": "[]", "roles": "[]", "levels": "[]", "raw_json": "{}"}
            row |= {"posted_day": f"{NOW:%Y-%m-%d}", "month": f"{NOW:%Y-%m-01}"}
            known = {column.name for column in table.columns}
            row = {name: value for name, value in row.items() if name in known}
            connection.execute(sa.insert(table), [row])
    engine.dispose()


def warehouse(settings: Settings) -> None:
    """A warehouse with a hostile reject and a hostile load that does not add up."""
    with open_warehouse(settings) as connection:
        for table in ("rejects", "loads"):
            kinds = connection.execute(f"describe bronze.{table}").fetchall()
            values = [value_of(name, kind) for name, kind, *_ in kinds]
            marks = ", ".join("?" for _ in values)
            connection.execute(f"insert into bronze.{table} values ({marks})", values)


def value_of(name: str, kind: str) -> Any:
    if kind.startswith("TIMESTAMP"):
        return NOW
    if name in {"state", "reason_code", "context"}:
        return {"state": "open", "reason_code": "http_401", "context": "{}"}[name]
    return {"VARCHAR": HOSTILE.replace("\x00", ""), "VARCHAR[]": [HOSTILE.replace("\x00", "")],
            "UUID": "11111111-1111-1111-1111-111111111111", "BIGINT": 7}.get(kind)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ["inspect"],
        ["loads"],
        ["loads", "--runs"],
        ["insights", "--table", "--location", HOSTILE.replace("\x00", "")],
        ["insights", "--location", HOSTILE.replace("\x00", "")],
        ["rejects", "list", "--state", "all"],
        ["rejects", "list", "--json"],
        ["rejects", "show", ""],
        ["rejects", "list", "--reason", HOSTILE],
        ["rejects", "show", HOSTILE],
        ["backup", "list"],
        ["backup", "check", HOSTILE.replace("\x00", "")],
        ["warehouse", "move", "--to", "/x\x1b[31m/main.duckdb"],
        ["insights", "--days", HOSTILE],
        [HOSTILE],
        ["inspect", f"--{HOSTILE}"],
    ],
    ids=lambda words: " ".join(words).encode("unicode_escape").decode()[:40],
)
def test_no_command_prints_a_control_character(settings: Settings, words: list[str]) -> None:
    store(settings)
    warehouse(settings)
    damaged = settings.backups_dir / "20261121T060000Z-\x1b[31m"
    damaged.mkdir(parents=True)
    (damaged / "manifest.json").write_text(json.dumps({"format": 1, HOSTILE: HOSTILE}))
    done = CliRunner().invoke(main, words)
    assert not isinstance(done.exception, AssertionError | TypeError)
    assert done.output
    assert is_safe(done.output), ascii(done.output)


def test_title_is_shown_with_its_escapes_written_out_and_its_markup_as_it_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(settings)
    # it has no bitmaps
    monkeypatch.setattr(FacetIndex, "newest", lambda *_: iter([(0, HOSTILE)]))
    output = CliRunner().invoke(main, ["inspect"]).output
    assert is_safe(output)
    cells = "".join(output.split("Newest postings")[1].split()).split("│")
    assert any(r"\x1b[31m" in cell for cell in cells)


def test_json_stays_json_and_what_it_says(settings: Settings) -> None:
    store(settings)
    done = CliRunner().invoke(main, ["insights", "--location", "é\x9b2J\u202e"])
    assert is_safe(done.output)
    assert json.loads(done.output)["filters"]["location"] == "é\x9b2J\u202e"
    line = json.dumps({"id": "é\x9b\u202e", "text": "Python"})
    classified = CliRunner().invoke(main, ["classify"], input=line)
    assert is_safe(classified.output)
    assert json.loads(classified.output)["id"] == "é\x9b\u202e"


@click.group(cls=_Group)
def group() -> None:
    """A command line of this kind."""


@group.command()
@click.argument("way")
def say(way: str) -> None:
    """Let a hostile text out by each way that there is."""
    if way == "echo":
        click.echo(HOSTILE)
        click.echo(HOSTILE, err=True)
    elif way == "print":
        print(HOSTILE)
    elif way == "log":
        logging.getLogger("include.test").warning("%s", HOSTILE)
    elif way == "error":
        raise click.ClickException(HOSTILE)
    else:
        table = Table(HOSTILE, title=HOSTILE, caption=HOSTILE)
        table.add_column(Text(HOSTILE))
        table.add_row(HOSTILE, Text(HOSTILE, style="red"))
        console().print(table, HOSTILE, [HOSTILE])


@pytest.mark.parametrize("way", ["echo", "print", "log", "error", "table"])
def test_every_way_to_the_terminal_is_guarded(way: str) -> None:
    done = CliRunner().invoke(group, ["say", way])
    assert is_safe(done.output), ascii(done.output)
    assert way == "log" or "evil" in done.output


def test_styles_of_our_own_still_reach_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with printable_streams():
        shown = console()
        shown._force_terminal, shown._color_system = True, None
        shown.print(Text("bold\x1b[31m", style="bold"))
    assert r"bold\x1b[31m" in capsys.readouterr().out


def test_streams_are_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with printable_streams():
            print("\x1b")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    print("\x1b")
    assert capsys.readouterr().out == "\\x1b\n\x1b\n"
