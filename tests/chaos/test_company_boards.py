"""kill -9 of `company_boards` at ten points, then again to its end: every row as undisturbed."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sample.company_boards import SYSTEMS
from sample.server import Upstream
from sample.world import World

from .processes import Child, Failpoint, run
from .report import note
from .steps import FIRST

POINTS = {
    "the directory's new boards, no commit":
        Failpoint("include.pipeline.board_plan", "discovered", 1, "after"),
    "a request in flight": Failpoint("include.state.in_flight:InFlight", "_take", 3, "after"),
    "a board read": Failpoint("include.pipeline.company_boards", "read_board", 5, "after"),
    "a chunk staged": Failpoint("include.pipeline.company_boards", "stage", 3, "after"),
    "rows inserted": Failpoint("include.warehouse.loads", "_insert", 2, "after"),
    "a ledger row, no readings": Failpoint("include.warehouse.loads", "_write_ledger", 2, "after"),
    "readings, no states": Failpoint("include.warehouse.company_boards", "add_rows", 2),
    "states, no commit": Failpoint("include.warehouse.company_boards", "add_rows", 3, "after"),
    "one system committed": Failpoint("include.pipeline.company_boards", "load", 1, "after"),
    "all systems committed": Failpoint("include.pipeline.company_boards", "load", 6, "after"),
}  # fmt: skip
STEP = ("company_boards", FIRST.name)
# Whatever differs between two runs that do the same is left out: clocks, and ids of loads.
TABLES = {
    "raw_job_postings": "source, board, posting_id, payload_hash",
    "board_readings": "source, board, day, outcome, shown, shown_digest, shown_ids, records, "
    "inserted, updated, unchanged, rejected, filtered",
    "company_boards": "source, board, state, company, company_from, reason",
    "loads": "source, inserted, expected, fetched",
}


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """Twelve boards, which the operator's file names."""
    world = World(first_month="2026-09", last_month="2026-09", comments=0,
                  today=FIRST.now.date(), company_boards=12)  # fmt: skip
    lines = [f"{b.system},{b.slug},," for b in world.companies.linked()]
    with Upstream(world).serve() as url:
        yield {
            **{
                f"AIRFLOW_CONN_{name.upper()}_DEFAULT": json.dumps(
                    {"conn_type": "http", "host": f"{url}/ats/{name}"}
                )
                for name in (*SYSTEMS, "lever_eu")
            },
            "TECHPULSE_COMPANY_REQUESTS_PER_SECOND": "1000",
            # A killed request's place in flight expires after twice this.
            "TECHPULSE_HTTP_TOTAL_TIMEOUT_SECONDS": "2",
            "OPERATORS_FILE": "\n".join(["system,board,company,state", *lines, ""]),
        }


def start(environment: dict[str, str], data: Path) -> dict[str, str]:
    """Return the environment of a step in an empty folder that has the operator's file."""
    data.mkdir()
    (data / "company_boards.csv").write_text(environment["OPERATORS_FILE"])
    return {**environment, "TECHPULSE_DATA_DIR": str(data),
            "TECHPULSE_COMPANY_BOARDS_PATH": str(data / "company_boards.csv")}  # fmt: skip


def rows(data: Path) -> dict[str, list[Any]]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as warehouse:
        return {
            table: warehouse.execute(
                f"select {columns} from bronze.{table} order by all"
            ).fetchall()
            for table, columns in TABLES.items()
        }


def test_a_run_killed_at_ten_points_ends_with_the_same_rows(
    environment: dict[str, str], tmp_path: Path, full: bool
) -> None:
    if not full:
        pytest.skip("in the short suite: tests/unit/pipeline/test_company_boards.py")
    calm = tmp_path / "calm"
    run(STEP, start(environment, calm), tmp_path / "log")
    expected = rows(calm)
    assert all(expected.values())
    for number, (name, point) in enumerate(POINTS.items()):
        data = tmp_path / str(number)
        settings = start(environment, data)
        child = Child(STEP, settings, tmp_path / f"{number}.log", point)
        assert child.end() == -signal.SIGKILL, f"never came there: {name}\n{child.words}"
        run(STEP, settings, tmp_path / f"{number}.log")
        # The path of the operator's file is the only evidence that differs.
        assert rows(data) == expected, name
    count = sum(map(len, expected.values()))
    note("kill -9 of company_boards at ten points", kills=len(POINTS),
         expected=count * len(POINTS), found=count * len(POINTS))  # fmt: skip
