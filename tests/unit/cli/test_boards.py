from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from include.cli.main import main
from include.settings import Settings
from sample.server import serve
from sample.world import World


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["boards", *arguments])


def test_boards_are_added_listed_and_removed(settings: Settings) -> None:
    assert run("add", "lever://Acorn", "--company", "Acorn Works").exit_code == 0
    assert run("add", "https://jobs.ashbyhq.com/Birch/1").output == "ashby://Birch: candidate\n"
    shown = run("list").output
    assert "lever://acorn" in shown
    assert "Acorn Works" in shown
    assert "never" in shown
    assert run("remove", "lever://ACORN").output == "lever://acorn: refused\n"
    assert "ashby" not in run("list", "--state", "refused", "--evidence").output
    assert run("add", "lever://acorn").output == "lever://acorn: candidate\n"
    assert "Acorn Works" in run("list", "--system", "lever").output


@pytest.mark.parametrize("name", ["monster://acorn", "acorn", "lever://", "https://acorn.test/"])
def test_a_name_that_is_no_board_is_refused_with_an_example(settings: Settings, name: str) -> None:
    done = run("add", name)
    assert done.exit_code == 1
    assert "greenhouse://acme" in done.output


def test_check_reads_a_board_and_stores_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(first_month="2026-10", last_month="2026-10", comments=0, company_boards=1)
    (board,) = world.companies.linked()
    with serve(world) as url:
        connection = {"conn_type": "http", "host": f"{url}/ats/{board.system}"}
        monkeypatch.setenv("AIRFLOW_CONN_GREENHOUSE_DEFAULT", json.dumps(connection))
        done = run("check", f"greenhouse://{board.slug}")
        absent = run("check", "greenhouse://nobody")
    assert done.exit_code == 0
    assert "whole, " in done.output
    assert board.company in done.output
    assert (absent.exit_code, "absent, no records" in absent.output) == (1, True)
    assert not (settings.data_dir / "warehouse.duckdb").exists()
