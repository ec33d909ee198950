"""Everything that an upstream can do to us: the same rows as from one that behaves."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from include.errors import SourceUnavailableError
from include.pipeline import hacker_news as hn
from include.settings import Settings
from include.state.lock import RunName
from include.warehouse.connection import open_warehouse
from sample.boards import BOARDS
from sample.faults import Faults
from sample.world import World

from .contents import differences_of_warehouses, rows_of
from .report import note
from .steps import FIRST, run_step
from .upstream import MONTH, STEPS, at, leaf_of, reachable

# Each fault, with settings that keep it short. The client tries more often than it is hit.
FAULTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "503, every other answer": ({"fail_every": 2}, {}),
    "503, the first three of each address": ({"fail_first": 3}, {}),
    "429 with Retry-After in seconds": (
        {"rate_limit_every": 40, "retry_after": "1"}, {}),
    "429 with Retry-After as a date": (
        {"rate_limit_every": 40, "retry_after": "http-date", "retry_date_seconds": 1}, {}),
    "429 without Retry-After": ({"rate_limit_every": 3, "retry_after": "none"}, {}),
    "slow loris": (
        {"slow_loris_every": 29, "slow_loris_ms": 5},
        {"TECHPULSE_HTTP_TOTAL_TIMEOUT_SECONDS": "0.4"}),
    "truncated answers": ({"truncate_every": 3}, {}),
    "invalid JSON": ({"invalid_json_every": 7}, {}),
    "HTML with status 200": ({"html_every": 7}, {}),
    "a wrong content type": ({"wrong_type_every": 1}, {}),
    "connection resets": ({"reset_every": 3}, {}),
    "every page twice": ({"paging": "duplicated"}, {}),
    "every record twice, shuffled": ({"redeliver": True}, {}),
    "all of it": (
        {"fail_every": 5, "rate_limit_every": 7, "retry_after": "0", "truncate_every": 11,
         "invalid_json_every": 13, "html_every": 17, "reset_every": 19, "redeliver": True}, {}),
}  # fmt: skip
SHORT = (
    "503, every other answer", "429 with Retry-After as a date", "slow loris", "truncated answers",
    "every record twice, shuffled", "all of it",
)  # fmt: skip


def check(calm: Path, data: Path, what: str, faults: int, *, nameless: int = 0) -> None:
    """Compare with the quiet run; so many rejects more are of records that have no name."""
    differences = differences_of_warehouses(calm, data)
    if nameless:
        rejects = differences.pop()
        assert (rejects.table, rejects.lost, rejects.extra) == ('bronze."rejects"', 0, nameless)
        assert "nameless:" in rejects.example
    assert differences == []
    expected, found = rows_of(calm), rows_of(data) - nameless
    note(what, faults=faults, expected=expected, found=found)
    assert expected == found


def test_what_a_quiet_upstream_has_is_all_there(calm: Path, world: World) -> None:
    with open_warehouse(Settings(data_dir=calm)) as warehouse:
        stored = warehouse.execute("select item_id from bronze.raw_hn_items").fetchall()
        rejected = warehouse.execute(
            "select record_key::bigint from bronze.rejects where source = 'hacker_news'"
        ).fetchall()
    assert {key for (key,) in [*stored, *rejected]} == reachable(world, MONTH)
    assert len(stored) + len(rejected) == len(reachable(world, MONTH))


@pytest.mark.parametrize("name", FAULTS)
def test_faults_cost_time_but_no_row(
    name: str, full: bool, calm: Path, world: World, tmp_path: Path
) -> None:
    if not full and name not in SHORT:
        pytest.skip("in the full suite only")
    faults, settings = FAULTS[name]
    with at(world, Faults(**faults), tmp_path, **settings) as upstream:
        for step in STEPS:
            run_step(step)
        pages = sum(upstream.served[board, 200] for board in BOARDS)
    hit = pages if "paging" in faults else sum(upstream.faulted.values())
    assert hit
    if "paging" in faults:
        # TheirStack's page 2 came in page 3's place: what was not shown is asked for the next day.
        with at(world, Faults(), tmp_path, **settings):
            run_step(("job_boards", "first", "the_next_run"))
    # `null` twice on one page may be two records as well as one: both are kept, and counted.
    nameless = 2 * len(BOARDS) if "redeliver" in faults else 0
    check(calm, tmp_path, name, hit, nameless=nameless)


def test_an_item_that_always_answers_401_is_named_and_the_others_load(
    calm: Path, world: World, tmp_path: Path
) -> None:
    refused = leaf_of(world, MONTH)
    with at(world, Faults(unauthorized_items=frozenset((refused,))), tmp_path) as upstream:
        run_step(STEPS[0])
        with open_warehouse() as warehouse:
            rows = {key for (key,) in warehouse.execute(
                "select item_id from bronze.raw_hn_items").fetchall()}  # fmt: skip
            loads = warehouse.execute(
                "select expected, fetched, inserted, rejected, missing from bronze.loads"
            ).fetchall()
            reasons = warehouse.execute(
                "select reason_code from bronze.rejects where record_key = ?", [str(refused)]
            ).fetchall()
        asked = upstream.served["item", 401]
    expected, fetched, inserted, rejected, missing = loads[0]
    assert (expected, missing) == (len(reachable(world, MONTH)), 1)
    assert expected == fetched + missing == inserted + rejected + missing
    assert reachable(world, MONTH) - rows >= {refused}
    assert reasons == [("http_401",)]
    assert asked == 1  # a refusal is not asked again
    note("an item that always answers 401", faults=1, expected=inserted, found=len(rows))
    # It answers the next day: nothing is lost for good.
    with at(world, Faults(), tmp_path):
        run_step(("hacker_news", MONTH, "first", "a_later_run"))
        with open_warehouse() as warehouse:
            later = warehouse.execute(
                "select inserted, unchanged from bronze.loads order by committed_at desc limit 1"
            ).fetchall()
    assert later == [(1, inserted)]


def test_an_outage_longer_than_all_tries_fails_loudly_and_the_repeat_has_every_row(
    calm: Path, world: World, tmp_path: Path
) -> None:
    with at(world, Faults(fail_every=1), tmp_path, TECHPULSE_HTTP_MAX_ATTEMPTS="2") as upstream:
        with pytest.raises(SourceUnavailableError, match="Next step"):
            run_step(STEPS[0])
        assert not list(tmp_path.glob("staging/**/*.gz"))
        hit = upstream.faulted["fail"]
    with at(world, Faults(), tmp_path):
        for step in STEPS:
            run_step(step)
    check(calm, tmp_path, "an outage, then the run again", hit)


def test_files_delivered_twice_overlapping_and_shuffled_are_loaded_once(
    calm: Path, world: World, tmp_path: Path
) -> None:
    rng, run = random.Random(3), RunName("hacker_news", f"first__{MONTH}")
    with at(world, Faults(), tmp_path):
        thread = hn.stage_thread(hn.Month.parse(MONTH), run, FIRST.now, lambda _: False)
        staged = []
        for size, name in ((7, "sevens"), (11, "elevens")):
            comments = rng.sample(thread["comments"], len(thread["comments"]))
            for start in range(0, len(comments), size):
                chunk = hn.Chunk(name=f"{name} {start}", ids=comments[start : start + size])
                staged.append(hn.fetch_chunk(chunk, MONTH, run))
        hn.load_month(thread, rng.sample(staged * 2, 2 * len(staged)), run, FIRST.now)
        run_step(STEPS[1])
    check(calm, tmp_path, "every staged file twice, overlapping, shuffled", 2 * len(staged))
