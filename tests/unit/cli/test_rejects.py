from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from include.cli.main import main
from include.settings import PROJECT_ROOT, Settings
from include.sources.record import Reason, Record
from include.staging.files import stage
from include.terminal import printable
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load
from include.warehouse.quarantine import Selection, list_rejects

HOSTILE = '{"id": 7, "title": "\x1b]0;owned\x07\x1b[31m[bold]<b>\u202egnp.exe\x9b2J\r\x00"}'
STARTED = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def quarantine(settings: Settings) -> dict[str, str]:
    """Three records in quarantine; returns their ids by key."""
    records = [
        Record.rejected("id:7", Reason.NO_TITLE, f"no title in {HOSTILE}", HOSTILE),
        Record.rejected("\x1b[2Jslug", Reason.INVALID_UNICODE, "bad", "\ud800"),
        Record.missing("9", Reason.HTTP_401, "refused"),
    ]
    manifest = stage(
        records, settings.staging_dir, source="remotive", partition="d", run="r", name="all"
    )
    load(
        job_postings("remotive", "d"), [manifest], run_id="r", started_at=STARTED, settings=settings
    )
    with open_warehouse(settings) as connection:
        return {r.record_key: r.reject_id for r in list_rejects(connection, Selection())}


def harmless(output: str) -> bool:
    return all(character.isprintable() or character in "\n\t" for character in output)


def test_list_shows_each_record_and_prints_hostile_text_as_text(quarantine: dict[str, str]) -> None:
    done = run("rejects", "list")
    assert done.exit_code == 0
    assert all(reject_id in done.output for reject_id in quarantine.values())
    assert harmless(done.output)
    assert "\\x1b[2Jslug" in done.output


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        (("--reason", "http_401"), {"9"}),
        (("--source", "himalayas"), set()),
        (("--state", "dismissed"), set()),
        (("--state", "all", "--source", "remotive"), {"id:7", "\x1b[2Jslug", "9"}),
    ],
)
def test_list_selects(quarantine: dict[str, str], options: tuple[str, ...], keys: set[str]) -> None:
    lines = run("rejects", "list", "--json", *options).output.splitlines()
    assert {json.loads(line)["record_key"] for line in lines} == keys
    assert len(run("rejects", "list", "--json", "--limit", "2").output.splitlines()) == 2


def test_unknown_reason_is_refused_with_the_known_ones(settings: Settings) -> None:
    done = run("rejects", "list", "--reason", "bad_luck")
    assert done.exit_code == 1
    assert "malformed_json" in done.output


def test_show_prints_the_payload_harmlessly_and_whole_as_json(quarantine: dict[str, str]) -> None:
    shown = run("rejects", "show", quarantine["id:7"][:6])
    assert harmless(shown.output)
    assert "\\x1b]0;owned" in shown.output
    assert "[bold]<b>" in shown.output
    whole = run("rejects", "show", "--json", quarantine["id:7"])
    assert harmless(whole.output)
    assert json.loads(whole.output)["payload"] == HOSTILE


def test_show_of_an_unknown_id_tells_how_to_find_one(settings: Settings) -> None:
    done = run("rejects", "show", "0123456789")
    assert done.exit_code == 1
    assert "rejects list" in done.output


def test_dismissed_records_are_named_with_the_reason(quarantine: dict[str, str]) -> None:
    ids = quarantine["9"], quarantine["id:7"]
    assert run("rejects", "dismiss", *ids).exit_code == 2  # a reason is wanted
    done = run("rejects", "dismiss", *ids, "--reason-text", "gone for good")
    assert "2 of 2 dismissed" in done.output
    assert run("rejects", "dismiss", ids[0], "--reason-text", "x").output.startswith("0 of 1")
    told = [json.loads(line) for line in run("rejects", "list", "--state", "dismissed", "--json")
            .output.splitlines()]  # fmt: skip
    assert {row["note"] for row in told} == {"gone for good"}


def test_replay_tells_what_became_of_each(quarantine: dict[str, str]) -> None:
    done = run("rejects", "replay", *quarantine.values(), "--source", "remotive")
    assert harmless(done.output)
    assert (
        "3 tried: 0 replayed, 0 filtered out, 0 superseded by a later load, 3 still invalid"
        in done.output
    )


def test_backup_is_made_listed_checked_and_restored(
    quarantine: dict[str, str], tmp_path: Path
) -> None:
    assert "No backup" in run("backup", "list").output
    folder = run("backup", "create").output.split()[0]
    assert run("backup", "list").output.split()[0] == folder
    assert run("backup", "check", folder).output.startswith("Valid")
    done = run("backup", "restore", folder, "--to", str(tmp_path / "to"))
    assert done.exit_code == 0, done.output
    assert (tmp_path / "to" / "warehouse.duckdb").exists()
    again = run("backup", "restore", folder, "--to", str(tmp_path / "to"))
    assert again.exit_code == 1
    assert "Next step" in again.output


def test_reasons_are_the_closed_set_that_the_docs_list() -> None:
    text = (PROJECT_ROOT / "docs" / "data-model.md").read_text()
    table = text.split("### Reasons for quarantine")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(Reason)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, Reason.HTTP_401), (418, Reason.HTTP_OTHER), (301, Reason.HTTP_OTHER)],
)
def test_every_status_has_a_reason(status: int, reason: Reason) -> None:
    assert Reason.of_status(status) is reason


def test_printable_keeps_words_and_lines_and_cuts() -> None:
    assert printable("héllo 😀\n\tx") == "héllo 😀\n\tx"
    assert printable("a" * 10, 5) == "aaaa…"
    assert printable("\ud800\u2066") == "\\ud800\\u2066"
