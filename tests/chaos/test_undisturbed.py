"""The two days that all is compared with are themselves what the world says."""

from __future__ import annotations

import duckdb
import pytest

from include.postings.model import posting_id
from include.sources.hacker_news.client import SOURCE
from sample.board_records import canonical_url
from sample.boards import BOARDS

from .arena import Arena
from .steps import FIRST, SECOND, Day
from .upstream import leaf_of, reachable, world_of


@pytest.mark.parametrize("day", [FIRST, SECOND], ids=lambda day: day.name)
def test_a_day_brings_all_that_the_world_has(arena: Arena, day: Day) -> None:
    world = world_of(day)
    with duckdb.connect(str(arena.root / day.name / "warehouse.duckdb"), read_only=True) as bronze:
        for month in day.months:
            kept = reachable(world, month) - {leaf_of(world, month)}
            stored = bronze.execute(
                "select item_id from bronze.raw_hn_items where month = ? union "
                "select record_key::bigint from bronze.rejects where source = ? "
                "and reason_code <> 'http_401'",
                [f"{month}-01", SOURCE],
            ).fetchall()
            assert kept <= {key for (key,) in stored}
        for board in BOARDS:
            good = [
                entry for entry in world.listed(board) if not entry.defect and entry.hostile < 0
            ]
            wanted = {posting_id(board, canonical_url(board, entry.job)) for entry in good}
            held = bronze.execute(
                "select posting_id from bronze.raw_job_postings where source = ?", [board]
            ).fetchall()
            # TheirStack is read on from where the day before has ended: each record is paid for
            whole = board != "theirstack" or day is FIRST
            assert wanted <= {key for (key,) in held} or not whole
            expected, fetched, missing, adds_up = bronze.execute(
                "select expected, fetched, missing, fetched = inserted + unchanged + rejected "
                "from bronze.loads where source = ? and run_id = ?",
                [board, f"{day.name}__boards"],
            ).fetchall()[0]
            assert expected == len(world.listed(board)) or not whole
            assert expected == fetched + missing
            assert adds_up


def test_a_repeated_day_changes_nothing(arena: Arena) -> None:
    arena.restore("second")
    for step in (("hacker_news", SECOND.months[0], SECOND.name), ("publish",)):
        arena.finish(SECOND, step)
    assert arena.differences("second") == []
