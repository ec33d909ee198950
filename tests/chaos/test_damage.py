"""Staged files that rot, and a clock that is set back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from include.errors import StagedFileError
from include.pipeline import hacker_news as hn
from include.settings import PROJECT_ROOT
from include.state.lock import RunName
from include.warehouse.connection import open_warehouse
from sample.faults import Faults
from sample.world import World

from .arena import Arena
from .contents import differences_of_warehouses, rows_of
from .report import note
from .steps import FIRST, SECOND, Step, run_step, steps_of
from .upstream import MONTH, STEPS, at

_LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def swap_for_an_older_one(path: Path) -> None:
    other = next(p for p in path.parent.iterdir() if p != path)
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize(
    "damage", [flip_a_bit, truncate, swap_for_an_older_one, Path.unlink], ids=lambda d: d.__name__
)
def test_a_damaged_staged_file_is_named_and_the_repeat_has_every_row(
    damage: Callable[[Path], None], calm: Path, world: World, tmp_path: Path
) -> None:
    run = RunName("hacker_news", f"first__{MONTH}")
    with at(world, Faults(), tmp_path):
        thread = hn.stage_thread(hn.Month.parse(MONTH), run, FIRST.now, lambda _: False)
        chunks = list(hn.chunks(thread["comments"]))
        staged = [hn.fetch_chunk(chunk, MONTH, run) for chunk in chunks]
        damage(Path(staged[0]["path"]))
        with pytest.raises(StagedFileError, match="Next step: clear the fetch task") as raised:
            hn.load_month(thread, staged, run, FIRST.now)
        assert staged[0]["path"] in str(raised.value)
        with open_warehouse() as warehouse:
            for table in ("raw_hn_items", "loads", "rejects"):
                assert warehouse.execute(f"from bronze.{table}").fetchall() == []
        staged[0] = hn.fetch_chunk(chunks[0], MONTH, run)
        hn.load_month(thread, staged, run, FIRST.now)
        run_step(STEPS[1])
    assert differences_of_warehouses(calm, tmp_path) == []
    expected, found = (rows_of(folder) for folder in (calm, tmp_path))
    note(f"a staged file: {damage.__name__}", faults=1, expected=expected, found=found)


def with_the_clock_set_back(steps: list[Step], environment: dict[str, str]) -> None:
    """Run steps in a process whose clock, DuckDB's too, is forty days behind."""
    fake = {
        "LD_PRELOAD": str(_LIBRARY),
        "FAKETIME": "-40d",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    words = " + ".join(" ".join(step) for step in steps).split()
    command = [sys.executable, str(Path(__file__).with_name("steps.py")), *words]
    done = subprocess.run(
        command, env={**os.environ, **environment, **fake}, capture_output=True, text=True,
        timeout=900,  # the library makes DuckDB slow
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]


@pytest.mark.skipif(not _LIBRARY.exists(), reason="no libfaketime: apt-get install faketime")
def test_a_clock_set_back_between_two_loads_changes_no_row(arena: Arena, full: bool) -> None:
    if not full:
        pytest.skip("in the full suite only")
    steps = steps_of(SECOND)
    arena.restore("first")
    with_the_clock_set_back(steps, arena.environment(SECOND))
    assert newest_of(arena.data) == newest_of(arena.root / "second")
    assert arena.differences("second") == []
    expected, found = (len(newest_of(path)) for path in (arena.root / "second", arena.data))
    note("records read with the clock set back by 40 days", faults=len(steps),
         expected=expected, found=found)  # fmt: skip
    # Nor does it, once the clock is right again.
    for step in steps:
        arena.finish(SECOND, step)
    assert newest_of(arena.data) == newest_of(arena.root / "second")
    assert arena.differences("second") == []


def newest_of(data: Path) -> list[tuple[Any, ...]]:
    """Return the newest version of every record, by the clock that loads have written."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as bronze:
        return bronze.execute(
            "select 'item ' || month || item_id as record, arg_max(payload_hash, ingested_at) "
            "from bronze.raw_hn_items group by 1 union all "
            "select source || ' ' || posting_id, arg_max(payload_hash, ingested_at) "
            "from bronze.raw_job_postings group by 1 union all "
            "select source || ' ' || query_key, arg_max(position::varchar, committed_at) "
            "from bronze.cursors group by 1 order by 1"
        ).fetchall()
