"""kill -9 at any moment, then the step again until it ends well: every row as if undisturbed."""

from __future__ import annotations

import random
import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from .arena import Arena
from .contents import rows_of
from .processes import Failpoint
from .report import note
from .steps import FIRST, SECOND, Day, Step, steps_of

_DBT = "dbt.adapters.duckdb.environments.local:DuckDBCursorWrapper"
_COMMIT = r"^\s*(/\*.*\*/)?\s*commit\b"

# Moments that last too short to be met by chance, in an order in which each can still be met when
# the step is killed at all of them, one after the other.
POINTS: dict[str, list[tuple[str, Failpoint]]] = {
    "hacker_news": [
        ("a file staged, not renamed", Failpoint("pathlib:Path", "replace", 3)),
        ("a file renamed, nobody told", Failpoint("pathlib:Path", "replace", 3, "after")),
        ("inside the load's transaction", Failpoint("include.warehouse.loads", "_write_ledger")),
        ("the load committed, nobody told",
         Failpoint("include.pipeline.hacker_news", "load", 1, "after")),
    ],
    "job_boards": [
        ("rows inserted, no rejects", Failpoint("include.warehouse.loads", "_insert", 1, "after")),
        ("a ledger row, no commit",
         Failpoint("include.warehouse.loads", "_write_ledger", 1, "after")),
        ("a board's load committed, nobody told",
         Failpoint("include.pipeline.job_boards", "load", 1, "after")),
    ],
    "analytics": [
        ("between dbt's delete and insert",
         Failpoint(_DBT, "execute", 1, "after", r"\bdelete\s+from\b")),
        ("between the two renames that swap a table",
         Failpoint(_DBT, "execute", 1, "after", r"\brename\s+to\s+\S*__dbt_backup\b")),
        ("before a commit of dbt's", Failpoint(_DBT, "execute", 2, "before", _COMMIT)),
        ("after a commit of dbt's", Failpoint(_DBT, "execute", 3, "after", _COMMIT)),
    ],
    "publish": [
        ("old rows deleted",
         Failpoint("include.serving.merge:Merge", "_delete", 1, "after")),
        ("new rows inserted",
         Failpoint("include.serving.merge:Merge", "_insert", 2, "after")),
        ("inside the publish's transaction", Failpoint("include.serving.publish", "_stamp")),
        ("published, nobody told", Failpoint("include.pipeline.publish", "publish", 1, "after")),
    ],
}  # fmt: skip
_SHORT = {
    "inside the load's transaction",
    "between dbt's delete and insert",
    "inside the publish's transaction",
}


@dataclass
class Round:
    """A day lived through: from which state, and how often each of its steps is killed."""

    before: str
    day: Day
    kills: Mapping[str, int] = field(default_factory=dict)
    points: Sequence[str] = ()


_EACH_TWICE = dict.fromkeys(POINTS, 2)


def rounds_of_kills(full: bool) -> list[Round]:
    """Five times a whole day, ten kills each at random: from nothing, or on top of a day before."""
    if not full:
        # The longest step is killed at its point alone: test_models.py has its other moments.
        kills = dict.fromkeys(POINTS.keys() - {"analytics"}, 1)
        return [Round("first", SECOND, kills, sorted(_SHORT))]
    from_nothing, next_day = Round("empty", FIRST, _EACH_TWICE), Round("first", SECOND, _EACH_TWICE)
    return [from_nothing, next_day, from_nothing, next_day, next_day]


def kill(arena: Arena, day: Day, step: Step, rng: random.Random) -> None:
    """Kill the step at a random moment of what it takes."""
    share = rng.uniform(0.03, 0.97)
    while True:
        child = arena.start(day, step)
        child.signal_after(share * arena.seconds[step])
        if child.end() == -signal.SIGKILL:
            return
        # It was faster than the one that was measured; done is done, and may be done again.
        assert child.end() == 0, child.words
        share *= 0.8


def kill_at(arena: Arena, day: Day, step: Step, names: Sequence[str]) -> int:
    """Kill the step at these of its points; return how many they were."""
    wanted = [(name, point) for name, point in POINTS[step[0]] if name in names]
    for name, point in wanted:
        child = arena.start(day, step, point)
        assert child.end() == -signal.SIGKILL, f"never came there: {name}\n{child.words}"
    return len(wanted)


def live_through(arena: Arena, plan: Round, rng: random.Random) -> tuple[Counter[str], int, int]:
    """Live through a day; return the kills by step, and the rows expected and found."""
    killed = Counter[str]()
    arena.restore(plan.before)
    for step in steps_of(plan.day):
        # The points first: a kill at random may come when all is done, and none is met after that.
        killed[step[0]] += kill_at(arena, plan.day, step, plan.points)
        for _ in range(plan.kills.get(step[0], 0)):
            kill(arena, plan.day, step, rng)
            killed[step[0]] += 1
        arena.finish(plan.day, step)
    assert arena.differences(plan.day.name) == []
    return killed, rows_of(arena.root / plan.day.name), rows_of(arena.data)


def test_a_day_killed_again_and_again_ends_with_the_same_rows(
    arena: Arena, full: bool, seed: int
) -> None:
    rng, killed = random.Random(seed), Counter[str]()
    expected = found = 0
    for plan in rounds_of_kills(full):
        kills, rows_expected, rows_found = live_through(arena, plan, rng)
        killed += kills
        expected, found = expected + rows_expected, found + rows_found
    steps = ", ".join(f"{count} in {step}" for step, count in killed.items())
    note(f"kill -9: {steps}", kills=killed.total(), expected=expected, found=found)
    assert killed.total() == (50 if full else 8)
    assert expected == found


def test_a_day_killed_at_its_worst_moments_ends_with_the_same_rows(
    arena: Arena, full: bool
) -> None:
    if not full:
        pytest.skip("in the short suite a part of the test above")
    names = [name for points in POINTS.values() for name, _ in points]
    plan = Round("first", SECOND, points=names)
    killed, expected, found = live_through(arena, plan, random.Random(0))
    note(f"kill -9 at {len(names)} named points", kills=killed.total(), expected=expected,
         found=found)  # fmt: skip
    assert killed.total() >= len(names)
    assert expected == found
