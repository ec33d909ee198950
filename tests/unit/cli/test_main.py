from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from include.cli.filters import FILTER_OPTIONS
from include.cli.main import main
from include.settings import get_settings
from include.web.params import FilterParams


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()


@pytest.mark.parametrize("command", ["insights", "inspect", "loads"])
def test_without_data_the_next_step_is_told_in_one_line(empty: None, command: str) -> None:
    done = CliRunner().invoke(main, [command])
    assert done.exit_code == 1
    assert "Next step" in done.output
    assert "Traceback" not in done.output


def test_unknown_role_is_refused_with_the_choices() -> None:
    done = CliRunner().invoke(main, ["insights", "--role", "wizard"])
    assert done.exit_code == 2
    assert "fullstack" in done.output


def test_classify_answers_line_by_line() -> None:
    lines = json.dumps({"id": 1, "text": "Acme | Senior Go Engineer | Berlin | ONSITE"})
    done = CliRunner().invoke(main, ["classify"], input=f"{lines}\nrubbish\n")
    assert done.exit_code != 0  # a line was no record
    answer = json.loads(done.stdout.splitlines()[0])
    assert (answer["id"], answer["company"], answer["remote"]) == (1, "Acme", "onsite")
    assert "2" in done.stderr


def test_the_commands_take_the_filter_of_the_api() -> None:
    assert {*FILTER_OPTIONS} == {*FilterParams.model_fields}
